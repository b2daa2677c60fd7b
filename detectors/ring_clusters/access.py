"""Whether somebody fought for the accounts of a ring: failed log-ins before, resets and ended sessions after, against everybody else."""

import polars as pl
from scipy.special import betainc

from detectors.ring_clusters import words
from detectors.ring_clusters.signs import NUMBERED_SIGNAL
from detectors.risk import strength
from detectors.significance import SMALLEST_P, chance_band, surprise
from detectors.takeovers.aftermath import CHANGED_US, FOUGHT, SPRAYED_US

ACCESS = "access"
LEAST_FAILED = 2  # log-ins: one is a slip of the finger
SPAN_US = SPRAYED_US + CHANGED_US  # five days, as long as a member is looked at


def access_signals(members: pl.DataFrame, sessions: pl.LazyFrame) -> pl.DataFrame:
    """NUMBERED_SIGNAL, one row per ring of which a member shows it. Takes MEMBER_SCHEMA of detectors.takeovers.find and SESSION_SCHEMA.

    The accounts outside all rings that were seen in the same spans of five days are asked the same, and in all spans; the
    larger share is what is usual: after a breach notice everybody resets a password.
    """
    shows = (pl.col("failed") >= LEAST_FAILED) | (pl.col("fought") >= 1)
    per = members.group_by("ring").agg(
        size=pl.len(), shows=shows.sum(), since=pl.col("at").min().to_physical(), until=pl.col("at").max().to_physical()
    )
    shown = per.filter(pl.col("shows") > 0).sort("ring")
    if shown.is_empty():
        return pl.DataFrame(schema=dict(NUMBERED_SIGNAL))
    spans = _spans(sessions.filter(~pl.col("account_id").is_in(members["account_id"].implode())))
    ever = _share(spans)
    rows = []
    for ring, size, many, since, until in shown.select("ring", "size", "shows", "since", "until").iter_rows():
        near = pl.col("span").is_between((since - SPRAYED_US) // SPAN_US, (until + CHANGED_US) // SPAN_US)
        usual = max(_share(spans.filter(near)), ever)
        p = max(float(betainc(many, size - many + 1, usual)), SMALLEST_P)
        value = strength(float(surprise(pl.Series([p]).to_numpy())[0]))
        said = words.access_sentence(many, size, usual, p)
        rows.append(
            (ring, "takeover_access", ACCESS, value, float(many), size * usual, *chance_band(size * usual), p, said)
        )
    return pl.DataFrame(rows, schema=dict(NUMBERED_SIGNAL), orient="row")


def _spans(sessions: pl.LazyFrame) -> pl.DataFrame:
    """span, accounts, shows: of the accounts seen in each span of five days, how many show it."""
    failed = (pl.col("event") == "login_failed").fill_null(value=False).sum() >= LEAST_FAILED
    fought = pl.col("event").is_in(FOUGHT).fill_null(value=False).any()
    each = (
        sessions.select("account_id", "event", span=pl.col("at").to_physical() // SPAN_US)
        .drop_nulls(["account_id", "span"])
        .group_by("account_id", "span")
        .agg(shows=failed | fought)
    )
    return each.group_by("span").agg(accounts=pl.len(), shows=pl.col("shows").sum()).sort("span").collect()


def _share(spans: pl.DataFrame) -> float:
    """Of the accounts and spans, those that show it; half of one is added, so that nothing is impossible."""
    accounts, shows = spans.select(pl.col("accounts", "shows").sum().cast(pl.Float64)).row(0)
    return float((shows + 0.5) / (accounts + 1.0))
