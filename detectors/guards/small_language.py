"""Small languages: few others to compare with, so that overlap looks more surprising than it is. A limit, not an excuse."""

import polars as pl
from scipy.stats import binomtest

from detectors.guards.found import RULED_OUT, STILL_OPEN, Told
from detectors.guards.view import ClusterView
from detectors.sentences import percent, plural
from graph.schemas import FrameSchema

SMALL = 100  # accounts of a language below which its rates are not estimated (n_min of the block null, DETECTORS 7)

PARITY: FrameSchema = {
    "lang": pl.String,
    "accounts": pl.Int64,
    "flagged": pl.Int64,
    "rate": pl.Float64,
    "low": pl.Float64,  # 95 % exact interval (Clopper and Pearson 1934)
    "high": pl.Float64,
    "others": pl.Float64,  # rate among the accounts of all other languages; null without any
    "apart": pl.Boolean,  # that rate lies outside the interval
}


def small_language(view: ClusterView) -> Told | None:
    """Whether the language of most members has too few speakers in the data; None where languages are unknown."""
    spoken = view.members.drop_nulls("lang").group_by("lang").len().sort(["len", "lang"], descending=[True, False])
    if spoken.is_empty():
        return None
    lang, members = spoken.row(0)
    others = max(view.speakers.get(lang, members) - members, 0)
    small = others < SMALL
    return Told(
        STILL_OPEN if small else RULED_OUT,
        f"A small language? {plural(members, 'member writes', 'members write')} mostly in the language “{lang}” "
        f"({percent(members / view.size)}), in which {plural(others, 'other account', 'other accounts')} of the data write; "
        f"with fewer than {SMALL} chance is badly known. A larger sample of the language would tell.",
        fires=small,
    )


def flags_per_language(
    flagged: pl.DataFrame, languages: pl.DataFrame, organic: frozenset[str] | None = None
) -> pl.DataFrame:
    """How often accounts of each language are flagged: PARITY, sorted by language.

    `flagged`: account_id, tier (ACCOUNT_RESULT rows; alert and review count). `languages`: account_id, lang. With
    `organic`, only those accounts count and the rate is the false-positive rate.
    """
    told = languages.drop_nulls("lang").unique("account_id", keep="first", maintain_order=True)
    if organic is not None:
        told = told.filter(pl.col("account_id").is_in(sorted(organic)))
    hit = flagged.filter(pl.col("tier").is_in(["alert", "review"])).select("account_id", hit=pl.lit(1)).unique()
    per = (
        told.join(hit, on="account_id", how="left")
        .group_by("lang")
        .agg(pl.len().cast(pl.Int64).alias("accounts"), pl.col("hit").count().cast(pl.Int64).alias("flagged"))
        .sort("lang")
    )
    total, hits = int(per["accounts"].sum()), int(per["flagged"].sum())
    rows = [_parity(lang, n, k, total - n, hits - k) for lang, n, k in per.iter_rows()]
    return pl.DataFrame(rows, schema=dict(PARITY), orient="row")


def _parity(lang: str, accounts: int, flagged: int, others: int, flagged_others: int) -> tuple[object, ...]:
    interval = binomtest(flagged, accounts).proportion_ci(0.95, "exact")
    rate = flagged_others / others if others else None
    apart = rate is not None and not interval.low <= rate <= interval.high
    return lang, accounts, flagged, flagged / accounts, float(interval.low), float(interval.high), rate, apart
