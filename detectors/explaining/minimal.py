"""The smallest evidence that a cluster stands on: how many of its strongest objects must go before it falls."""

from collections.abc import Callable
from dataclasses import dataclass

from detectors.explaining.score import Kept, Outcome, ScoreOf
from detectors.explaining.what_ifs import Keys
from detectors.sentences import plural


@dataclass(frozen=True, slots=True)
class Minimal:
    """Without the first `count` of `of` objects, strongest first, the cluster falls: `fall` says from where to where."""

    count: int
    of: int
    fall: str
    before: float
    after: float

    @property
    def sentence(self) -> str:
        return (
            f"Without {plural(self.count, 'object', 'objects')} of {self.of:,}, the strongest, {self.fall}: "
            f"the risk falls from {self.before:.2f} to {self.after:.2f}."
        )


def minimal_explanation(score_of: ScoreOf, objects: Keys) -> Minimal:
    """Greedy by what was seen less what chance explains: the shortest beginning of `objects` without which it falls.

    An alert falls when it would be an alert no longer, a cluster for review when nothing of the smallest size hangs
    together. Found by halving: each object taken away leaves fewer joint acts.
    """
    found = score_of(Kept())
    alert = found.tier == "alert"
    fallen: Callable[[Outcome], bool] = (lambda left: left.tier != "alert") if alert else (lambda left: not left.size)
    count = first_at(lambda taken: fallen(score_of(Kept(objects=frozenset(objects[:taken])))), len(objects))
    fall = "it is no alert any more" if alert else "no cluster is left"
    after = score_of(Kept(objects=frozenset(objects[:count])))
    return Minimal(count, len(objects), fall, found.risk, after.risk)


def first_at(true: Callable[[int], bool], most: int) -> int:
    """The smallest number in 1..most from which `true` holds, `most` when it holds nowhere before."""
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        if true(middle):
            high = middle
        else:
            low = middle + 1
    return max(low, 1) if most else 0
