"""Reply swarms: more accounts answering one author within one span than that author is used to."""

from datetime import timedelta

import numpy as np
import polars as pl
from scipy.special import betainc

from detectors.sentences import chance, count, span
from detectors.significance import F64, I64, SMALLEST_P, benjamini_hochberg
from graph.errors import BadSetting
from graph.schemas import TIME, FrameSchema

LEAST_REPLIERS = 5  # Pote et al. 2025: five coordinated repliers make a target
# Spans of the average author that an author's own history is mixed with; the same weight as in synchrony (DETECTORS 2.3).
SHRINK = 20.0
_STEADY = 1e-6  # of the dispersion: below it the counts are Poisson for all purposes

SWARM: FrameSchema = {
    "target": pl.String,  # the answered author
    "since": TIME,
    "until": TIME,  # exclusive
    "repliers": pl.Int64,  # distinct accounts that answered within the span
    "expected": pl.Float64,
    "p": pl.Float64,
    "q": pl.Float64,  # Benjamini-Hochberg over all spans of all authors
    "sentence": pl.String,
}


def reply_swarms(actions: pl.DataFrame, within: timedelta = timedelta(hours=1), q: float = 0.01) -> pl.DataFrame:
    """SWARM, sorted by target and time: the spans in which an author got surprisingly many repliers.

    Takes actions of the trace `reply_author` (account_id, object_id, at). Time is cut into spans of `within`, and once more
    half a span later, so that a burst over a border is whole in one of the two. What an author is used to: its mean
    number of repliers in its other spans between its first and last reply, drawn to the mean over authors with the weight
    of 20 spans. Replies come in bursts to everybody: the count is negative binomial, with the dispersion of all other spans
    or, where that is larger, of the author's other spans. Other swarms raise the first: the test errs on the quiet side.
    Raises BadSetting for a span of zero or less.
    """
    if within <= timedelta(0):
        raise BadSetting(f"the span of a reply swarm is {within}", hint="a span is longer than zero, for example 1h")
    width = within // timedelta(microseconds=1)
    said = (
        actions.select("account_id", pl.col("object_id").alias("target"), pl.col("at").cast(TIME)).drop_nulls().unique()
    )
    if said.is_empty():
        return pl.DataFrame(schema=dict(SWARM))
    tested, spans = [], 0
    for shift in (0, width // 2):
        frame, many = _tested(said, width, shift)
        tested.append(frame)
        spans += many
    both = pl.concat(tested).sort("target", "since")
    adjusted = benjamini_hochberg(both["p"].to_numpy(), spans)
    found = both.with_columns(q=pl.Series(adjusted, dtype=pl.Float64))
    found = found.filter((pl.col("q") <= q) & (pl.col("repliers") >= LEAST_REPLIERS))
    return _worded(_apart(found, width), within)


def swarm_repliers(actions: pl.DataFrame, swarms: pl.DataFrame) -> pl.DataFrame:
    """target, since, account_id: who answered within each swarm; sorted, each account once per swarm."""
    joined = actions.join(
        swarms.select("target", "since", "until"), left_on="object_id", right_on="target", how="inner"
    )
    inside = joined.filter((pl.col("at") >= pl.col("since")) & (pl.col("at") < pl.col("until")))
    told = inside.select(pl.col("object_id").alias("target"), "since", "account_id").unique()
    return told.sort("target", "since", "account_id")


def _tested(said: pl.DataFrame, width: int, shift: int) -> tuple[pl.DataFrame, int]:
    """target, since (microseconds), repliers, expected, p of every span with a reply; and how many spans there are in all."""
    place = said.with_columns(span=(pl.col("at").to_physical() + shift) // width)
    counts = place.group_by("target", "span").agg(pl.col("account_id").n_unique().cast(pl.Int64).alias("repliers"))
    counts = counts.sort("target", "span")
    own = counts.group_by("target", maintain_order=True).agg(
        (pl.col("span").max() - pl.col("span").min() + 1).alias("spans"),
        pl.col("repliers").sum().alias("sum"),
        (pl.col("repliers") ** 2).sum().alias("squares"),
        pl.len().cast(pl.Int64).alias("filled"),
    )
    counts = counts.join(own, on="target", how="left", maintain_order="left")
    seen = counts["repliers"].to_numpy()
    usual = float(own["sum"].sum()) / float(own["spans"].sum())
    expected = _usual(counts["sum"].to_numpy() - seen, counts["spans"].to_numpy() - 1, usual)
    spread = np.maximum(_common_dispersion(seen, expected, own, usual), _own_dispersion(counts, expected))
    p = negative_binomial_tail(seen, expected, spread)
    frame = counts.select("target", since=pl.col("span") * width - shift, repliers="repliers").with_columns(
        expected=pl.Series(expected), p=pl.Series(p)
    )
    return frame, int(own["spans"].sum())


def _usual(others: I64, spans: I64, usual: float) -> F64:
    """Repliers per span in the other spans of an author, drawn to the mean over authors."""
    return np.asarray((others + SHRINK * usual) / (spans + SHRINK), dtype=np.float64)


def _common_dispersion(seen: I64, expected: F64, own: pl.DataFrame, usual: float) -> F64:
    """a in variance = mean + a mean^2, by moments over all other spans of all authors, those without a reply too.

    Squares weigh by 1 / (1 + mean)^2, the best weights where a is 1: otherwise one famous author, whose replies come
    evenly, would speak for all.
    """
    none = (own["spans"] - own["filled"]).to_numpy()
    quiet = _usual(own["sum"].to_numpy(), own["spans"].to_numpy() - 1, usual)
    excess = ((seen - expected) ** 2 - expected) / (1 + expected) ** 2
    square = (expected / (1 + expected)) ** 2
    all_excess = excess.sum() + (none * (quiet**2 - quiet) / (1 + quiet) ** 2).sum()
    all_squares = square.sum() + (none * (quiet / (1 + quiet)) ** 2).sum()
    others = np.maximum(all_squares - square, _STEADY)
    return np.asarray(np.maximum(all_excess - excess, 0.0) / others, dtype=np.float64)


def _own_dispersion(counts: pl.DataFrame, expected: F64) -> F64:
    """The same over the other spans of the author of each row; 0 where it has no others."""
    seen, others = counts["repliers"].to_numpy(), np.maximum(counts["spans"].to_numpy() - 1, 1)
    squares, total = counts["squares"].to_numpy() - seen**2, counts["sum"].to_numpy() - seen
    variance = squares / others - (total / others) ** 2
    mean = total / others
    own = np.where(mean > 0, (variance - mean) / np.maximum(expected, mean) ** 2, 0.0)
    return np.asarray(np.maximum(own, 0.0), dtype=np.float64)


def negative_binomial_tail(seen: I64, expected: F64, dispersion: F64) -> F64:
    """P(X >= seen) for a count with mean `expected` and variance mean + dispersion mean^2."""
    size = 1 / np.maximum(dispersion, _STEADY)
    tail = np.where(seen > 0, betainc(np.maximum(seen, 1), size, expected / (expected + size)), 1.0)
    return np.asarray(np.clip(tail, SMALLEST_P, 1.0), dtype=np.float64)


def _apart(found: pl.DataFrame, width: int) -> pl.DataFrame:
    """Of spans of one author that overlap, the most surprising: a swarm is told once."""
    kept: list[tuple[str, int]] = []
    for target, since in found.sort("p", "target", "since").select("target", "since").iter_rows():
        if all(other != target or abs(start - since) >= width for other, start in kept):
            kept.append((target, since))
    names = pl.DataFrame(kept, schema={"target": pl.String, "since": pl.Int64}, orient="row")
    return found.join(names, on=["target", "since"], how="semi").sort("target", "since")


def _worded(found: pl.DataFrame, within: timedelta) -> pl.DataFrame:
    sentences = [
        f"{count(repliers)} accounts answered this author within {span(within.total_seconds())}; in its other "
        f"spans of that length it has about {expected:.1f}. By chance: {chance(p)}."
        for repliers, expected, p in found.select("repliers", "expected", "p").iter_rows()
    ]
    told = found.with_columns(
        since=pl.col("since").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
        sentence=pl.Series(sentences, dtype=pl.String),
    ).with_columns(until=pl.col("since") + within)
    return told.select(pl.col(name).cast(kind) for name, kind in SWARM.items())
