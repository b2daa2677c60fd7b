"""What a format tells the canonicaliser: which column holds which canonical field, and how to read it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from ingest.canonical.unfolding import Unfold

Kind = Literal["posts", "actions", "accounts", "sessions", "ads", "follows"]
Derive = Callable[[pl.DataFrame], pl.DataFrame]  # raw text frame in, the same rows with further text columns out
SKIP = "__skip__"  # a derived column: "true" where a record is sound but no activity (a service message); it gives no facts

# Canonical fields that are identities: checked byte for byte, never cleaned. Order: the order in which faults are told.
IDENTITIES = (
    "account_id",
    "post_id",
    "ad_id",
    "object_id",
    *(f"object_{place}" for place in range(20)),  # one per object column of a mapping
    "other_id",
    "shared_post_id",
    "shared_account_id",
    "reply_to_post_id",
    "reply_to_account_id",
    "quoted_post_id",
    "quoted_account_id",
)

# Identities that a record may lack. Tables written by R and pandas spell that as a word, which must not become one
# object that everybody touches.
REFERENCES = frozenset(IDENTITIES) - {"account_id", "post_id", "ad_id", "object_id", "other_id"}
NO_REFERENCE = ("NA", "NaN", "nan", "None", "none", "NULL", "null", "<NA>", "N/A", "0", "-1")


@dataclass(frozen=True, slots=True)
class Profile:
    """One recognised layout.

    `fields`: canonical field -> source columns, the first non-empty cell of a row wins.
    `constants`: canonical field -> value for every row (platform, trace).
    `objects`: (trace, source column) of action tables with a column per trace; each non-empty cell is an action.
    `joined`: canonical field -> source columns whose cells, with "/" between, are the value (an id that is only unique inside
    a channel); empty when one of them is.
    `nothing`: cells that stand for an empty one in this file ("NA").
    `words`: words of the export -> known words, for kind, trace and event.
    `required`: canonical fields without which a record is at fault. `nobody`: account names that stand for no one account.
    `day_order`, `timezone`: what the format declares; the person's options win over a declared day order, and over UTC.
    `whole_days`: a time may lack its time of day (midnight is taken).
    `derived`: column that `derive` makes -> the source columns it is made of; damage there is damage here.
    `unfold`: records are pages; the columns named here are those of the records inside.
    `reads`: further source columns that `derive` reads; None when all are needed.
    `passes_over`: most records of such a file are about something else; those that `derive` marks with SKIP count as blank.
    """

    name: str
    kind: Kind
    fields: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...] = ("account_id", "at")
    constants: Mapping[str, str] = field(default_factory=dict)
    objects: tuple[tuple[str, str], ...] = ()
    joined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    nothing: frozenset[str] = frozenset()
    words: Mapping[str, str] = field(default_factory=dict)
    nobody: frozenset[str] = frozenset()
    day_order: str | None = None
    timezone: str | None = None
    whole_days: bool = False
    derive: Derive | None = None
    derived: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unfold: Unfold | None = None
    reads: frozenset[str] | None = frozenset()
    passes_over: bool = False

    @property
    def columns_needed(self) -> frozenset[str] | None:
        """The source columns to read; None = all of them.

        A record without an id of its own is named by a hash over its whole row, so those formats need every column.
        """
        named = self.own_id in self.fields or self.own_id in self.joined
        if self.reads is None or self.unfold is not None or (self.kind in ("posts", "ads") and not named):
            return None
        columns = {column for sources in (*self.fields.values(), *self.joined.values()) for column in sources}
        return frozenset(columns | {column for _, column in self.objects} | self.reads)

    @property
    def own_id(self) -> str:
        return "ad_id" if self.kind == "ads" else "post_id"
