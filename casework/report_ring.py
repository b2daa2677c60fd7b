"""What a report says of a ring of accounts in other hands: when each changed hands, before and after, and what ties them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from graph.runs import StoredRun
from graph.takeover_words import HABITS, RingType, deed_order, deed_title, holds_victims, ring_type

RING_FRAMES = ("takeovers", "takeover_acts", "takeover_signs", "habit_changes")
MOST_CHANGES = 200  # rows a reader still scrolls through; the CSV holds all
MOST_TIES = 20


@dataclass(frozen=True, slots=True)
class TakenAccount:
    """One account: the change lies between `not_before` and `at`; what is None was not seen."""

    account_id: str
    not_before: datetime | None
    at: datetime
    owner_stays: float | None
    failed: int
    fought: int
    rekeyed: int
    recovered_at: datetime | None
    first_act_at: datetime | None
    first_act: str

    @property
    def fights(self) -> str:
        """Who fought for the account or settled in, in words; '' when nothing was seen."""
        told = (("failed", self.failed), ("reset", self.fought), ("changed", self.rekeyed))
        return " · ".join(f"{words} {number:,}" for words, number in told if number)


@dataclass(frozen=True, slots=True)
class Change:
    """One habit of one account that changed; `usual` and `new` are values with their shares."""

    account_id: str
    feature: str
    usual: Sequence[tuple[str, float]]
    new: Sequence[tuple[str, float]]

    @property
    def habit(self) -> str:
        return HABITS.get(self.feature, self.feature)


@dataclass(frozen=True, slots=True)
class Tie:
    """What members took up together: one new thing, or two. `others` took it up then besides them; None where that was not counted."""

    things: Sequence[tuple[str, str]]  # feature and value
    members: int
    others: int | None
    since: datetime
    until: datetime
    p: float | None


@dataclass(frozen=True, slots=True)
class Deed:
    """Events of one kind of all accounts together, in the two weeks before and after."""

    what: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class RingContent:
    """`accounts` by when they changed hands, `changes` the first MOST_CHANGES of `change_count`."""

    words: RingType
    victims: bool
    accounts: tuple[TakenAccount, ...]
    changes: tuple[Change, ...]
    change_count: int
    ties: tuple[Tie, ...]
    tie_count: int
    deeds: tuple[Deed, ...]
    frames: Mapping[str, pl.DataFrame]


def ring_content(run: StoredRun, row: Mapping[str, Any]) -> RingContent | None:
    """What the run says of the cluster of that CLUSTER row; None when it is no ring."""
    words = ring_type(row["kind"], row["type"])
    if words is None:
        return None
    frames = {name: run.scan(name).filter(pl.col("cluster_id") == row["cluster_id"]).collect() for name in RING_FRAMES}
    changed = frames["habit_changes"].filter(pl.col("after").list.len() > 0)
    signs = frames["takeover_signs"]
    return RingContent(
        words=words,
        victims=holds_victims(row["kind"], row["type"]),
        accounts=_accounts(frames["takeovers"]),
        changes=tuple(_change(one) for one in changed.head(MOST_CHANGES).iter_rows(named=True)),
        change_count=changed.height,
        ties=tuple(_tie(one) for one in signs.head(MOST_TIES).iter_rows(named=True)),
        tie_count=signs.height,
        deeds=_deeds(frames["takeover_acts"]),
        frames=frames,
    )


def ring_limits(ring: RingContent) -> list[str]:
    """What a reader must not conclude from a ring."""
    return [
        "It shows that these accounts took up the same new things at the same time and broke with their habits more than chance "
        "explains. It does not show who did it, or how.",
        f"That an owner lost an account is judged by signs and not known. {ring.words.care}",
        "An owner who travels, changes the phone or hands the account to somebody breaks with habits too; accounts with little history "
        "are not judged, so a ring may be larger than told.",
    ]


def _accounts(takeovers: pl.DataFrame) -> tuple[TakenAccount, ...]:
    kept = (
        "account_id",
        "not_before",
        "at",
        "owner_stays",
        "failed",
        "fought",
        "rekeyed",
        "recovered_at",
        "first_act_at",
    )
    counts = pl.col("failed", "fought", "rekeyed").fill_null(0)
    rows = takeovers.drop_nulls("at").sort("at", "account_id").with_columns(counts, pl.col("first_act").fill_null(""))
    return tuple(TakenAccount(**row) for row in rows.select(*kept, "first_act").iter_rows(named=True))


def _change(row: Mapping[str, Any]) -> Change:
    usual, new = (
        tuple(zip(row[values] or [], row[shares] or [], strict=False))
        for values, shares in (("usual", "usual_shares"), ("after", "after_shares"))
    )
    return Change(row["account_id"], row["feature"], usual, new)


def _tie(row: Mapping[str, Any]) -> Tie:
    things = [(row["feature"], row["value"])]
    if row["other_feature"] is not None:
        things.append((row["other_feature"], row["other_value"]))
    others = None if row["adopted"] is None else max(row["adopted"] - row["accounts"], 0)
    return Tie(tuple(things), row["accounts"], others, row["since"], row["until"], row["p"])


def _deeds(acts: pl.DataFrame) -> tuple[Deed, ...]:
    per = acts.group_by("what").agg(pl.col("before", "after").sum())
    told = sorted(per.iter_rows(), key=lambda one: deed_order(one[0]))
    return tuple(Deed(deed_title(what), before, after) for what, before, after in told)
