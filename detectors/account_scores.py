"""One row per account that acted: its score, tier and reasons, whether or not anything was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors import sentences
from detectors.groups import Groups
from detectors.pair_tests import strongest_per_pair
from detectors.scan.everybody import surprise_of_company
from detectors.significance import F64, I64, surprise
from graph.schemas import ACCOUNT_RESULT_SCHEMA

BELOW_THE_LINE = 0.9  # of the line: how far company alone, without one significant link, can lift a score
_REASONS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """Where significance begins: `surprise` is -log10 of the largest p that Benjamini-Hochberg kept."""

    surprise: float


def line_of(links: pl.DataFrame, tests: int, q: float) -> Line:
    """From the links that were kept; without any, the p that a single link would have needed."""
    links = links.filter(pl.col("q") <= q)
    cut = float(links["p"].max()) if links.height else q / max(tests, 1)  # type: ignore[arg-type]
    return Line(float(max(-np.log10(max(cut, 1e-300)), 1.0)))


def scores(tested: pl.DataFrame, groups: Groups, line: Line) -> F64:
    """Per account rank x / (x + line): one half is where significance begins.

    x is -log10 of what is least likely by chance: its strongest pair, or the company it keeps in its cluster. Members
    of clusters stand on or above the line. Company by just anybody lifts the others up to just below it: it orders
    them, it cannot flag them.
    """
    best = np.zeros(groups.members.cluster_of.size)
    for usual in groups.scan.seen:
        np.maximum(best, surprise_of_company(usual), out=best)
    most = max(float(best.max(initial=0.0)), line.surprise)
    best = BELOW_THE_LINE * line.surprise * best / most
    found = surprise(tested["p"].to_numpy())
    for side in ("left", "right"):
        np.maximum.at(best, tested[side].to_numpy(), found)
    for one in groups.members.found:
        best[one.members] = np.maximum(line.surprise + one.evidence.member, best[one.members])
    return np.asarray(np.round(best / (best + line.surprise), 6), dtype=np.float64)


# Where the members of a cluster stand, by what the run says of it: an order of reading, not probabilities. Whoever is in
# no cluster stays at or below one half.
SHELVES: Mapping[str, tuple[float, float]] = {
    "alert": (0.75, 1.0),
    "review": (0.6, 0.75),
    "explained": (0.55, 0.6),
    "settled": (0.5, 0.55),
}


def on_their_shelves(score: F64, clusters: pl.DataFrame, groups: Sequence[I64]) -> F64:
    """`score` with the members of each cluster on its shelf, in their order, and everybody else at one half at most.

    `clusters`: cluster (a number), tier, explained (an innocent explanation covers it), settled (one settles it).
    """
    placed = np.minimum(score, 0.5)
    for number, tier, explained, settled in clusters.select("cluster", "tier", "explained", "settled").iter_rows():
        low, high = SHELVES["settled" if settled else "explained" if explained else tier]
        placed[groups[number]] = low + (high - low) * score[groups[number]]
    return np.asarray(np.round(placed, 6), dtype=np.float64)


def below_the_line(score: F64, accounts: I64) -> F64:
    """`score` with those of `accounts` (ranks) just below one half at most, where no member of a cluster stands.

    For targets: what others did to an account must not rank it above those who did it.
    """
    lowered = score.copy()
    lowered[accounts] = np.minimum(score[accounts], round(BELOW_THE_LINE / (BELOW_THE_LINE + 1), 6))
    return lowered


def account_rows(
    everyone: pl.Series,
    actions: pl.DataFrame,
    score: F64,
    links: pl.DataFrame,
    members: pl.DataFrame,
    apart: pl.DataFrame,
) -> pl.DataFrame:
    """ACCOUNT_RESULT, sorted by account. `members`: account, cluster_id, tier, kind, membership; `actions`: account_id, n.

    `apart`: account, beside (a sentence): targets and bystanders, who are linked and in no cluster.
    """
    told = pl.DataFrame({"account_id": everyone, "score": score}).with_row_index("account")
    linked = pl.concat([links["left"], links["right"]]).unique()
    named = (
        told.join(actions.rename({"n": "actions"}), on="account_id", how="left", maintain_order="left")
        .join(members.cast({"account": pl.UInt32}), on="account", how="left", maintain_order="left")
        .join(apart.cast({"account": pl.UInt32}), on="account", how="left", maintain_order="left")
        .join(_link_reasons(links, everyone), on="account", how="left", maintain_order="left")
    )
    in_links = pl.col("account").is_in(linked.implode()) | pl.col("beside").is_not_null()
    tier = pl.coalesce("tier", pl.when(in_links).then(pl.lit("linked")).otherwise(pl.lit("none")))
    reasons = pl.concat_list(pl.col("membership"), pl.col("beside"), pl.col("reasons").fill_null([])).list.drop_nulls()
    return named.with_columns(tier=tier, reasons=reasons, actions=pl.col("actions").fill_null(0)).select(
        pl.col(column).cast(kind) for column, kind in ACCOUNT_RESULT_SCHEMA.items()
    )


def _link_reasons(links: pl.DataFrame, everyone: pl.Series) -> pl.DataFrame:
    """account, reasons: the sentences of each account's strongest links."""
    pairs = strongest_per_pair(links.filter(pl.col("q") < 1))  # a single meeting within a pool is no reason
    sides = [
        pairs.select(
            pl.col(own).alias("account"), pl.col(other).alias("other"), "trace", "window_seconds", "n", "expected", "p"
        )
        for own, other in (("left", "right"), ("right", "left"))
    ]
    top = pl.concat(sides).sort("account", "p", "other").group_by("account", maintain_order=True).head(_REASONS)
    said = [
        sentences.link_reason(trace, everyone[other], n, expected, window)
        for other, trace, window, n, expected in top.select(
            "other", "trace", "window_seconds", "n", "expected"
        ).iter_rows()
    ]
    return (
        top.with_columns(reasons=pl.Series(said, dtype=pl.String))
        .group_by("account", maintain_order=True)
        .agg("reasons")
    )
