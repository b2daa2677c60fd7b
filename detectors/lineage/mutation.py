"""The mutation monitor: what a lineage changed about its ways from one window to the next, and whether that is news."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from detectors.lineage.changes import change
from detectors.lineage.divergence import F64, LEVEL, Apart, apart
from detectors.lineage.habits import HABITS
from graph.schemas import FrameSchema

# The 99.5th percentile of fewer is just the largest of them.
ENOUGH = round(1 / LEVEL)
_NO_NOISE = 1e-9  # a habit that never varied at all: any change is infinitely far
OWN, OTHERS = "own acts", "stable lineages"

MUTATION_SCHEMA: FrameSchema = {
    "lineage_id": pl.String,
    "run_before": pl.String,
    "cluster_before": pl.String,
    "run_after": pl.String,
    "cluster_after": pl.String,
    "habit": pl.String,
    "jsd": pl.Float64,  # bits, 0..1
    "line": pl.Float64,  # the jsd from which it is an alarm
    "reference": pl.String,  # own acts | stable lineages: what the line comes from
    "p": pl.Float64,  # share of random divisions of its own acts at least as far apart
    "units_before": pl.Int64,
    "units_after": pl.Int64,
    "alarm": pl.Boolean,
    "change": pl.String,  # the change in words, whether an alarm or not
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a line: the habits (HABIT_SCHEMA) of both windows, the later one without what the earlier one saw.

    `whole_weeks`: both windows last a week or more, so hours of the week can be compared; else hours of the day are.
    """

    lineage_id: str
    run_before: str
    cluster_before: str
    run_after: str
    cluster_after: str
    before: pl.DataFrame
    after: pl.DataFrame
    whole_weeks: bool = True


@dataclass(frozen=True, slots=True)
class _Compared:
    step: Step
    habit: str
    found: Apart
    said: str


def mutations(steps: Sequence[Step], seed: int = 0) -> pl.DataFrame:
    """MUTATION_SCHEMA: a row for every habit of every step that both windows know enough of, in the order of `steps`.

    The line of an alarm: when at least ENOUGH steps of other lineages are known for the habit, the 99.5th percentile of
    their jsd, each measured against its own noise so that small and large clusters compare (`stable lineages`); until
    then the 99.5th percentile of the cluster's own acts divided at random (`own acts`). Each habit is tested on its own:
    of seven quiet habits, about 3 % of steps have an alarm in at least one.
    """
    compared = [one for step in steps for one in _compared(step, seed)]
    excess = {habit: _excesses(compared, habit) for habit in HABITS}
    rows = [_row(one, *_line(one, *excess[one.habit])) for one in compared]
    return pl.DataFrame(rows, schema=dict(MUTATION_SCHEMA), orient="row")


def mutation_sentence(rows: pl.DataFrame) -> str:
    """The alarms of one step in one sentence, the most surprising first; says so when there is none, or nothing to compare."""
    if rows.is_empty():
        return "Too little was seen in one of the two windows to compare its ways."
    loud = rows.filter("alarm").with_columns(over=pl.col("jsd") / pl.col("line").clip(lower_bound=_NO_NOISE))
    if loud.is_empty():
        return f"No change in {_listed([HABITS[habit] for habit in rows['habit']])} beyond what varies anyway."
    said = "; ".join(loud.sort("over", "habit", descending=[True, False])["change"])
    return f"{said[0].upper()}{said[1:]}."


def _compared(step: Step, seed: int) -> list[_Compared]:
    found = []
    for habit in HABITS:
        before, after = (_keys(side.filter(pl.col("habit") == habit), step) for side in (step.before, step.after))
        distance = apart(before, after, seed)
        if distance is not None:
            found.append(_Compared(step, habit, distance, change(habit, before, after)))
    return found


def _keys(side: pl.DataFrame, step: Step) -> pl.DataFrame:
    """Hours of the week as hours of the day where a window is shorter than the week."""
    if step.whole_weeks:
        return side
    of_day = (pl.col("key").cast(pl.Int64, strict=False) % 24).cast(pl.String)
    return side.with_columns(key=pl.when(pl.col("habit") == "hours").then(of_day).otherwise("key"))


def _excesses(compared: Sequence[_Compared], habit: str) -> tuple[F64, npt.NDArray[np.str_]]:
    """How far each step went, in its own noise, and whose step it was."""
    mine = [one for one in compared if one.habit == habit]
    values = np.array([one.found.jsd / max(one.found.line, _NO_NOISE) for one in mine])
    return values, np.array([one.step.lineage_id for one in mine], dtype=np.str_)


def _line(one: _Compared, values: F64, owners: npt.NDArray[np.str_]) -> tuple[float, str, bool]:
    rest = values[owners != one.step.lineage_id]
    if rest.size < ENOUGH:
        return one.found.line, OWN, one.found.p <= LEVEL
    line = max(one.found.line, _NO_NOISE) * float(np.quantile(rest, 1 - LEVEL))
    return line, OTHERS, one.found.jsd > line


def _row(one: _Compared, line: float, reference: str, alarm: bool) -> tuple[object, ...]:
    step, found = one.step, one.found
    names = (step.lineage_id, step.run_before, step.cluster_before, step.run_after, step.cluster_after)
    figures = (round(found.jsd, 9), round(line, 9), reference, found.p, found.units_before, found.units_after)
    return (*names, one.habit, *figures, alarm, one.said)


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
