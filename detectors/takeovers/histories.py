"""Histories of all accounts, read in parts: what each account took up, how many were about, and the names of everything.

Habits and surprises are an account's own, so that accounts can be read in parts; only how common each value is must be counted over all of
them first. Memory is bounded by a part, by the distinct values and by what was taken up; the tables are read twice for each part.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from detectors.stages import Funnel
from detectors.takeovers.adoption import Adoptions, adoptions, all_adoptions
from detectors.takeovers.alarm import Excursions, all_excursions, excursions
from detectors.takeovers.couples import Daily, active_by_day
from detectors.takeovers.habits import observations
from detectors.takeovers.population import Names, Observed, Population, coded, counted, together
from detectors.takeovers.surprises import SETTLED, surprises

# Rows of posts, sessions and actions of a part; what that takes for ten million sessions: docs/evidence/compromise.md.
AT_ONCE = 400_000


@dataclass(frozen=True)
class Facts:
    """The canonical tables that histories are read from, any of which may be empty."""

    posts: pl.LazyFrame
    sessions: pl.LazyFrame
    actions: pl.LazyFrame

    def rows(self) -> int:
        counts = pl.collect_all([table.select(pl.len()) for table in (self.posts, self.sessions, self.actions)])
        return sum(int(count.item()) for count in counts)

    def of(self, accounts: pl.Expr) -> pl.LazyFrame:
        """Their observations; `accounts` is a condition on account_id."""
        kept = pl.collect_all(
            [table.filter(accounts).select(_COLUMNS[name]) for name, table in self.tables()], engine="streaming"
        )
        return observations(*(table.lazy() for table in kept))

    def tables(self) -> Iterator[tuple[str, pl.LazyFrame]]:
        return ((name, getattr(self, name)) for name in _COLUMNS)


# What observations are told from.
_COLUMNS = {
    "posts": ("account_id", "at", "client", "lang", "kind", "text"),
    "sessions": (
        *("account_id", "at", "event", "success", "client", "ua_family", "os_family"),
        *("device", "ip_block", "asn", "country"),
    ),
    "actions": ("account_id", "at", "trace", "object_id"),
}


@dataclass(frozen=True)
class Histories:
    """`names` of the codes in `taken` and `excursions`; `observations`: how many were read."""

    names: Names
    population: Population
    taken: Adoptions
    daily: Daily
    excursions: Excursions
    observations: int


def histories(facts: Facts, funnel: Funnel, at_once: int = AT_ONCE) -> Histories:
    """The same whatever `at_once`, the rows that are held together (accounts are never parted)."""
    parts = max(1, -(-facts.rows() // at_once))
    first: Observed | None = None
    counts = []
    for number, own in enumerate(_parted(parts)):
        funnel.tell("habits", number, parts)
        first = coded(facts.of(own))
        counts.append(counted(first, SETTLED))
    every = together(counts)
    population, taken, high, daily, seen = every.population(), [], [], Counter[int](), 0
    alone: Iterable[Observed] = [first] if parts == 1 and first else _read(facts, parts, every.names)
    for number, observed in enumerate(alone):
        funnel.tell("breaks with habits", number, parts)
        found = surprises(observed, population)
        taken.append(adoptions(observed, found))
        high.append(excursions(found))
        daily.update(active_by_day(found))
        seen += observed.account.size
    return Histories(every.names, population, all_adoptions(taken), daily, all_excursions(high), seen)


def of_accounts(facts: Facts, names: Names, account_ids: Sequence[str]) -> Observed:
    """The observations of a few accounts, coded as those of all."""
    return coded(facts.of(pl.col("account_id").is_in(list(account_ids))), names)


def _read(facts: Facts, parts: int, names: Names) -> Iterator[Observed]:
    return (coded(facts.of(own), names) for own in _parted(parts))


def _parted(parts: int) -> list[pl.Expr]:
    """Conditions on account_id that no account meets two of and every one meets one of."""
    return [pl.col("account_id").hash(0) % parts == number for number in range(parts)]
