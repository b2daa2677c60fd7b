"""Every method on the same data: ours at both tiers, the simple rules, the published rivals."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from detectors import Settings, Tables, detect
from detectors.baselines import naive_accounts, posts_count
from detectors.near_duplicates import near_duplicates
from detectors.rivals import RIVALS
from detectors.stages import Funnel

OURS = {"Flockwatch, alert": ("alert",), "Flockwatch, review": ("alert", "review")}
TRACES = ("share", "url", "hashtag_sequence", "fast_share", "text", "follow", "like")  # all that any rival reads


@dataclass(frozen=True, slots=True)
class Answer:
    """account_id, score, flagged of one method; `has_cut` is False where it only ranks."""

    method: str
    accounts: pl.DataFrame
    seconds: float
    has_cut: bool = True


def answers(tables: Tables, settings: Settings, seed: int) -> Iterator[Answer]:
    """One after the other; the two tiers of ours share one run and one score."""
    started = time.perf_counter()
    ran = detect(tables, settings, seed=seed).frames["accounts"]
    seconds = time.perf_counter() - started
    for name, tiers in OURS.items():
        yield Answer(name, ran.select("account_id", "score", pl.col("tier").is_in(tiers).alias("flagged")), seconds)
    plain = tables.actions.filter(pl.col("trace").is_in(settings.traces)).collect()
    yield _timed("naive", naive_accounts, plain)
    count = _timed("posts count", posts_count, plain)
    yield Answer(count.method, count.accounts.with_columns(flagged=pl.lit(False)), count.seconds, has_cut=False)
    grouped = with_texts_grouped(tables)
    for name, rival in RIVALS.items():
        yield _timed(name, rival.accounts, grouped)


def _timed(name: str, method: Callable[[pl.DataFrame], pl.DataFrame], actions: pl.DataFrame) -> Answer:
    started = time.perf_counter()
    found = method(actions)
    return Answer(name, found, time.perf_counter() - started)


def with_texts_grouped(tables: Tables) -> pl.DataFrame:
    """The actions that rivals read, near-duplicate texts under one object as our own detectors see them."""
    actions = tables.actions.filter(pl.col("trace").is_in(TRACES)).collect()
    uses = actions.filter(pl.col("trace") == "text").group_by(pl.col("object_id").alias("fingerprint")).len("uses")
    texts = tables.texts.select("fingerprint", "normal_text").unique("fingerprint").collect()
    known = texts.join(uses, on="fingerprint")
    leaders = near_duplicates(known, Settings().near_duplicates, seed=0, funnel=Funnel()).leader_of
    joined = actions.join(
        leaders.with_columns(trace=pl.lit("text")),
        left_on=["trace", "object_id"],
        right_on=["trace", "fingerprint"],
        how="left",
    )
    return joined.with_columns(object_id=pl.coalesce("leader", "object_id")).drop("leader")
