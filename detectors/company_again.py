"""Which members of known groups still keep surprising company in part of the actions."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from detectors.scan.acts import Company, acts_of_trace
from detectors.scan.choose import Candidate, contracted
from detectors.scan.usual import Usual
from detectors.significance import I64


def still_in_company(
    actions: pl.DataFrame, found: Sequence[Candidate], everyone: pl.Series, *, smallest: int, least: float
) -> list[I64]:
    """Per group, in the order given, the members (ascending ranks) that keep company of their own; none where the rest
    is too small or its net evidence falls below `least`, the level of the run.

    Takes some ACTION rows. Each group is looked at in the trace and window it was found in; groups are not searched for
    anew, which would cost a whole scan for every draw.
    """
    left: list[I64] = [np.empty(0, dtype=np.int64) for _ in found]
    for trace in sorted({one.usual.acts.trace for one in found}):
        own = actions.filter(pl.col("trace") == trace)
        if own.is_empty():
            continue
        acts = acts_of_trace(own, trace, everyone)
        for window in sorted({one.window_us for one in found if one.usual.acts.trace == trace}):
            usual = Usual(Company(acts, window))
            for number, one in enumerate(found):
                if (one.usual.acts.trace, one.window_us) != (trace, window):
                    continue
                again = contracted(usual, one.members, smallest, one.aside)
                if again is not None and again.evidence.net >= least:
                    left[number] = again.members
    return left
