"""The shared objects that carry a cluster, strongest first: how often members met there beyond chance, who was first, how close."""

import numpy as np
import polars as pl

from detectors.explaining.dossier import Dossier
from graph.schemas import TIME, FrameSchema

STRONGEST: FrameSchema = {
    "trace": pl.String,
    "object": pl.UInt32,  # code within the trace
    "object_id": pl.String,
    "members": pl.Int64,  # linked members who met there
    "often": pl.Int64,  # members who joined another one there
    "expected": pl.Float64,  # of these, what chance explains on an object as popular
    "popularity": pl.Int64,  # accounts on the object in the whole data
    "median_gap_s": pl.Float64,
    "first_account": pl.String,
    "first_at": TIME,
    "left": pl.String,  # the two who were closest in time
    "left_at": TIME,
    "right": pl.String,
    "right_at": TIME,
}


def strongest_objects(dossier: Dossier) -> pl.DataFrame:
    """STRONGEST: by `often` less `expected`, then the quickest, the least popular, trace and id.

    What chance explains within the cluster in the widest window is shared out over the objects of the trace by the
    pairs of accounts on each, d (d - 1): that is how the null model draws them (DETECTORS 2.3). So rare objects weigh most.
    """
    widest = max(*dossier.settings.windows, dossier.company[1])
    near = dossier.acts.filter(pl.col("gap_us").abs() <= widest * 1_000_000)
    told = [_of_trace(dossier, str(trace), rows, widest) for (trace,), rows in near.group_by("trace")]
    found = pl.concat([pl.DataFrame(schema=dict(STRONGEST)), *told])
    return (
        found.with_columns(beyond=(pl.col("often") - pl.col("expected")).round(9))
        .sort(
            ["beyond", "median_gap_s", "popularity", "trace", "object_id"],
            descending=[True, False, False, False, False],
        )
        .drop("beyond")
    )


def _of_trace(dossier: Dossier, trace: str, acts: pl.DataFrame, widest: int) -> pl.DataFrame:
    actions = dossier.trace(trace)
    at = actions.coded.at
    timed = acts.with_columns(
        pl.Series("left_at", at[acts["left_row"].to_numpy()]), pl.Series("right_at", at[acts["right_row"].to_numpy()])
    ).sort("object", pl.col("gap_us").abs(), "left", "right")
    met = timed.group_by("object", maintain_order=True).agg(
        pl.concat_list("left", "right").explode().n_unique().cast(pl.Int64).alias("members"),
        pl.len().cast(pl.Int64).alias("pairs"),
        (pl.col("gap_us").abs().median() / 1e6).alias("median_gap_s"),
        *(pl.col(name).first() for name in ("left", "right", "left_at", "right_at")),
    )
    popularity = actions.popularity[met["object"].to_numpy()]
    named = met.join(_first(timed), on="object", how="left", maintain_order="left").with_columns(
        pl.lit(trace).alias("trace"),
        actions.coded.object_ids.gather(met["object"]).alias("object_id"),
        pl.Series("popularity", popularity),
        pl.Series("expected", _by_chance(dossier, trace, widest) * _pairs(popularity)),
        often=pl.min_horizontal(pl.col("members") - 1, "pairs"),
    )
    names = [dossier.everyone.gather(named[side]).alias(side) for side in ("left", "right", "first_account")]
    return named.with_columns(*names, pl.col("left_at", "right_at", "first_at").cast(TIME)).select(
        pl.col(column).cast(kind) for column, kind in STRONGEST.items()
    )


def _first(timed: pl.DataFrame) -> pl.DataFrame:
    """object, first_account (rank), first_at: who of those who met was there first, the smaller account on a tie."""
    sides = [
        timed.select("object", pl.col(side).alias("first_account"), pl.col(f"{side}_at").alias("first_at"))
        for side in ("left", "right")
    ]
    return (
        pl.concat(sides).sort("object", "first_at", "first_account").unique("object", keep="first", maintain_order=True)
    )


def _by_chance(dossier: Dossier, trace: str, seconds: int) -> float:
    """What chance explains within the cluster, per pair of accounts on an object."""
    whole = dossier.whole(trace)
    null = dossier.population.nulls(dossier.settings.model_copy(update={"windows": (seconds,)}))[trace, seconds]
    inside = np.flatnonzero(np.isin(whole.number, dossier.members))
    return null.expected_within(inside) / max(float(_pairs(whole.popularity).sum()), 1.0)


def _pairs(popularity: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return popularity.astype(np.float64) * (popularity - 1)
