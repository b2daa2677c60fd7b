"""A made-up graph for measuring the stores: heavy tails on both sides, neighbourhoods, and islands that touch nothing else."""

import numpy as np
import numpy.typing as npt
import polars as pl

from graph.facts import Facts, Part, Source, publish_facts
from graph.schemas import FACT_SCHEMAS
from graph.workspace import Workspace
from tests.bench.store_bench import KINDS, TRACES, ranks, times

SEED = 20261125
ISLANDS, ISLAND = 200, 5  # groups of accounts that interact among themselves only
BLOCK = 50  # half of all ties stay within a neighbourhood of this size (PERFORMANCE.md section 2 has blocks of 50)
FIRST = ("amber", "basalt", "cedar", "delta", "ember", "fjord", "garnet", "harbor", "indigo", "juniper")
SECOND = ("kite", "lantern", "meadow", "north", "orchid", "pilot", "quartz", "river", "stone", "tundra")
Numbers = npt.NDArray[np.int64]


def publish_world(workspace: Workspace, accounts: int, ties: int) -> Facts:
    """Facts of `accounts` accounts with about `ties` ties, half ACTED_ON and half INTERACTED; the same for the same numbers."""
    random = np.random.default_rng(SEED)
    workspace.facts.mkdir(exist_ok=True)
    tables = {
        "accounts": _listed(np.arange(accounts)),
        "actions": _actions(random, accounts, ties // 2),
        "interactions": _interactions(random, accounts, ties - ties // 2),
    }
    parts = [_write(workspace, table, frame) for table, frame in tables.items()]
    return publish_facts(workspace, [Source("bench", "bench", "bench", 1, 1, 0, 0, 0, 0)], parts)


def account_ids(numbers: Numbers) -> pl.Series:
    """Opaque ids; Knuth's constant scatters them, so that their order says nothing of how busy the account is."""
    return pl.Series(10**18 + (numbers * 2_654_435_761) % 10**17).cast(pl.String)


def object_ids(numbers: Numbers) -> pl.Series:
    words = [f"https://{first}.example/{second}/" for first in FIRST for second in SECOND]
    return pl.Series(words).gather(numbers % len(words)) + pl.Series(numbers // len(words)).cast(pl.String)


def island(number: int) -> Numbers:
    """Numbers of the accounts of one island: the last ones that there are, counted from the end."""
    return -1 - number * ISLAND - np.arange(ISLAND)


def _listed(numbers: Numbers) -> pl.DataFrame:
    first, second = pl.Series(FIRST).gather(numbers % 10), pl.Series(SECOND).gather(numbers // 10 % 10)
    handles = first + "_" + second + pl.Series(numbers // 100).cast(pl.String)
    return pl.DataFrame({"account_id": account_ids(numbers), "handle": handles})


def _actions(random: np.random.Generator, accounts: int, rows: int) -> pl.DataFrame:
    """Half on objects of the account's own neighbourhood, half on those that everybody knows (Zipf 0.8)."""
    mainland, objects = accounts - ISLANDS * ISLAND, accounts // 2
    who = ranks(random, mainland, rows, 0.7)
    everywhere = ranks(random, objects, rows, 0.8)
    nearby = (who // BLOCK) * (BLOCK // 2) % objects + ranks(random, BLOCK, rows, 0.8)
    what = np.where(random.random(rows) < 0.5, nearby, everywhere)
    trace = pl.Series(TRACES).gather(what % len(TRACES))
    return pl.DataFrame(
        {"account_id": account_ids(who), "trace": trace, "object_id": object_ids(what), "at": times(random, rows)}
    )


def _interactions(random: np.random.Generator, accounts: int, rows: int) -> pl.DataFrame:
    """Half within the neighbourhood, half with those whom everybody knows (Zipf 0.9); and rings on the islands."""
    mainland = accounts - ISLANDS * ISLAND
    who = ranks(random, mainland, rows, 0.7)
    nearby = np.minimum((who // BLOCK) * BLOCK + random.integers(0, BLOCK, rows), mainland - 1)
    known = ranks(random, mainland, rows, 0.9)
    # The well known are not the busy ones: a step that shares no factor with most sizes takes them from all over.
    whom = np.where(random.random(rows) < 0.5, nearby, (known * 7_919 + 13) % mainland)
    lonely = accounts + np.concatenate([island(number) for number in range(ISLANDS)])
    who, whom = np.concatenate([who, lonely]), np.concatenate([whom, np.roll(lonely.reshape(-1, ISLAND), 1, 1).ravel()])
    kind = pl.Series(KINDS).gather(random.integers(0, len(KINDS), len(who)))
    return pl.DataFrame(
        {"account_id": account_ids(who), "other_id": account_ids(whom), "kind": kind, "at": times(random, len(who))}
    )


def _write(workspace: Workspace, table: str, frame: pl.DataFrame) -> Part:
    schema = FACT_SCHEMAS[table]
    missing = [pl.lit(None).cast(kind).alias(column) for column, kind in schema.items() if column not in frame]
    frame.with_columns(missing).select(list(schema)).write_parquet(workspace.facts / f"{table}.parquet")
    return Part(table, f"{table}.parquet", frame.height, "bench")
