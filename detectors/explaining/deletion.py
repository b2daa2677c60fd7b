"""The deletion test: are the objects we show those that the score rests on? Taking them away must bring it down."""

from dataclasses import dataclass

from detectors.explaining.minimal import first_at
from detectors.explaining.score import Kept, ScoreOf
from detectors.explaining.what_ifs import Keys

FALL = 0.8  # share of the risk that must go with the objects shown (DETECTORS 5)


@dataclass(frozen=True, slots=True)
class Deletion:
    """`drop`: the share of the risk that goes with the `shown` strongest objects; `needed`: how many bring it to FALL."""

    shown: int
    drop: float
    needed: int
    of: int

    @property
    def passed(self) -> bool:
        return self.drop >= FALL


def deletion_test(score_of: ScoreOf, objects: Keys, shown: int) -> Deletion:
    """Take away the first `shown` of `objects` (strongest first) and look at what is left of the risk."""
    risk = score_of(Kept()).risk

    def drop(taken: int) -> float:
        left = score_of(Kept(objects=frozenset(objects[:taken]))).risk
        return round(1 - left / risk, 6) if risk else 0.0

    shown = min(shown, len(objects))
    return Deletion(shown, drop(shown), first_at(lambda taken: drop(taken) >= FALL, len(objects)), len(objects))
