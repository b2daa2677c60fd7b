"""The level: how much evidence a group needs here, so that worlds without coordination hardly ever reach it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detectors.significance import F64


@dataclass(frozen=True)
class Sizes:
    """The groups of one world: net evidence and number of accounts of each."""

    net: F64
    accounts: F64

    def above(self, level: float) -> float:
        """Accounts in groups of at least that much evidence."""
        return float(self.accounts[self.net >= level].sum())


def false_share(real: Sizes, replays: Sequence[Sizes], level: float) -> float:
    """Accounts flagged per replay, as a share of those flagged in the data: the empirical false discovery rate."""
    flagged = real.above(level)
    if not replays:
        return 0.0
    per_replay = float(np.mean([world.above(level) for world in replays]))
    return per_replay / flagged if flagged else float(per_replay > 0)


def level_for(real: Sizes, replays: Sequence[Sizes], q: float, lenses: int) -> float:
    """The least evidence at which the empirical false discovery rate is at most `q` and stays so above.

    Never below -log10 q plus log10 of the number of lenses a group was looked for through (Bonferroni), which is what
    the bound on the evidence asks for when no replay is made. Above the largest evidence of the data nothing is flagged.
    """
    floor = float(-np.log10(q) + np.log10(max(lenses, 1)))
    marks = sorted({floor, *(float(net) for world in replays for net in world.net if net > floor)})
    wanted = floor
    for mark in marks:
        just_above = float(np.nextafter(mark, np.inf))
        if false_share(real, replays, mark) > q:
            wanted = just_above
    return wanted
