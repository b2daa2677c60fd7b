"""Loads a built local graph into a Neo4j server: in batches of a fixed order, each marked in the transaction that stores it."""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from graph.errors import BadSetting, BadWorkspace, StoreFault
from graph.local.build import RebuildStopped
from graph.local.files import OpenVersion
from graph.neo4j import cypher
from graph.neo4j.check import agreements, words_agreement
from graph.neo4j.forget import forget
from graph.neo4j.server import Ask, Neo4jServer
from graph.store import Cancelled, Progress

# Part of the number of a version: raise it when a row of STEPS changes, so that old rows are not taken for new ones.
_ROWS = 2

_log = logging.getLogger(__name__)
Loaded = list[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of rows: how they are read from the local graph, in an order that never changes, and how they are stored."""

    name: str
    read: str
    count: str
    create: str
    at_once: int


# Rows at once: between 2,000 and 40,000 made no difference beyond the noise (docs/evidence/neo4j.md); a heap of 512 MB holds these.
STEPS = (
    Step(
        "accounts",
        """SELECT key, account_id, handle, display_name, platform, created_at, protection_tier, status, listed,
        folded_handle, actions, shared_objects, lone_objects, ties, words
        FROM accounts LEFT JOIN account_words USING (key) ORDER BY key""",
        "SELECT COUNT(*) FROM accounts",
        cypher.CREATE_ACCOUNTS,
        10_000,
    ),
    Step(
        "objects",
        """SELECT o.key, t.trace, o.object_id, o.accounts, o.actions, o.first_at, o.last_at,
        ROW_NUMBER() OVER (ORDER BY t.trace, o.object_id) AS place, w.words
        FROM objects o JOIN traces t ON t.code = o.trace LEFT JOIN object_words w ON w.key = o.key ORDER BY place""",
        "SELECT COUNT(*) FROM objects",
        cypher.CREATE_OBJECTS,
        10_000,
    ),
    Step(
        "acted_on",
        """SELECT a.object, a.account, t.trace, a.n, a.first_at, a.last_at FROM acted_by a
        CROSS JOIN objects o ON o.key = a.object CROSS JOIN traces t ON t.code = o.trace ORDER BY a.object, a.account""",
        "SELECT COUNT(*) FROM acted_by",
        cypher.CREATE_ACTED_ON,
        20_000,
    ),
    Step(
        "interacted",
        """SELECT i.source, i.target, k.kind, i.n, i.first_at, i.last_at FROM interacted i
        CROSS JOIN kinds k ON k.code = i.kind ORDER BY i.source, i.target, i.kind""",
        "SELECT COUNT(*) FROM interacted",
        cypher.CREATE_INTERACTED,
        20_000,
    ),
)

# For a version that an older program loaded.
_WORD_STEPS = (
    Step(
        "account words",
        "SELECT key, words FROM account_words ORDER BY key",
        "SELECT COUNT(*) FROM account_words",
        cypher.SET_ACCOUNT_WORDS,
        10_000,
    ),
    Step(
        "object words",
        "SELECT key, words FROM object_words ORDER BY key",
        "SELECT COUNT(*) FROM object_words",
        cypher.SET_OBJECT_WORDS,
        10_000,
    ),
)


@dataclass(frozen=True, slots=True)
class Loading:
    """One load: from which file, as which version of which graph."""

    server: Neo4jServer
    graph: str
    built: OpenVersion
    version: int
    progress: Progress | None = None
    cancelled: Cancelled | None = None

    def tell(self, stage: str, done: int, total: int) -> None:
        if self.cancelled is not None and self.cancelled():
            raise RebuildStopped(
                f"The graph was not loaded: stopped during {stage}.",
                "The old one is still in place; the next load goes on from here.",
            )
        if self.progress is not None:
            self.progress(stage, done, total)


def version_of(built: OpenVersion, graph: str) -> int:
    """A number that follows from the bytes of the built graph: the same facts go on where a load of them stopped."""
    content = built.digest()
    content.update(f"{graph} {_ROWS} {[step.at_once for step in STEPS]}".encode())
    return int(content.hexdigest()[:12], 16)  # 48 bits: Neo4j keeps such a number within the record


def version_at(server: Neo4jServer, built: OpenVersion, graph: str, summary: str) -> int:
    """The number under which the server has this graph, or will have it.

    What an older program loaded, without words and under a number that we would not give, stays under that number when it is
    the graph of the same facts and nobody changed it: `alias` says so the next time.
    """
    own = version_of(built, graph)
    there = server.read(lambda ask: ask(cypher.CURRENT, graph=graph), patient=True)
    if not there or there[0]["number"] == own:
        return own
    number = int(there[0]["number"])
    if there[0]["alias"] == own:
        return number
    same = not there[0]["words"] and there[0]["summary"] == summary
    if not same or not all(kind.agrees for kind in agreements(built, server, number)):
        return own
    server.write(lambda ask: ask(cypher.ALIAS_VERSION, version=number, alias=own))
    return number


def ensure_schema(server: Neo4jServer) -> None:
    """Constraints and indexes first, then what an older program wrote comes forward. Raises BadWorkspace for a newer one's."""
    found = refuse_newer_schema(server)
    there = {row["name"] for show in (cypher.SHOW_CONSTRAINTS, cypher.SHOW_INDEXES) for row in server.schema(show)}
    if not there >= cypher.SCHEMA_NAMES:
        for statement in cypher.SCHEMA:
            server.schema(statement)
        server.schema(cypher.AWAIT_INDEXES)
    if found != cypher.SCHEMA_VERSION:
        server.write(partial(_migrate, since=found))


def refuse_newer_schema(server: Neo4jServer, patient: bool = False) -> int:
    """The version of the schema on the server, 0 where nothing was loaded yet."""
    found = server.read(lambda ask: ask(cypher.SCHEMA_OF), patient)
    version = int(found[0]["version"]) if found else 0
    if version > cypher.SCHEMA_VERSION:
        raise BadWorkspace(
            f"The graph at {server.url} has version {version}; this program knows {cypher.SCHEMA_VERSION}.",
            "Use the newer Flockwatch that wrote it; nothing was changed.",
        )
    return version


def _migrate(ask: Ask, since: int) -> None:
    """All steps in one transaction: a graph is of the old version or of ours, never between."""
    for version in range(since, cypher.SCHEMA_VERSION):
        for statement in cypher.MIGRATIONS.get(version, ()):
            ask(statement)
    ask(cypher.SET_SCHEMA, schema=cypher.SCHEMA_VERSION)


def claim(server: Neo4jServer, graph: str, owner: str) -> None:
    """Make the name the owner's, once for all; raises BadSetting when another workspace has it."""
    if server.write(lambda ask: ask(cypher.CLAIM_GRAPH, graph=graph, owner=owner))[0]["owner"] != owner:
        raise BadSetting(
            f"The graph {graph!r} at {server.url} belongs to another workspace.",
            "Keep this one under a name of its own: --graph-name NAME.",
        )


def load(loading: Loading, summary: str, carry: Callable[[], None]) -> None:
    """Store every batch that is not there yet, `carry` the runs over, switch readers to the new version, forget the others.

    A version that is current already is checked, and loaded anew when it is not what was loaded. `carry` is called once
    more at the end, for runs that were saved while the old version was the one to write them to.
    """
    server, version = loading.server, loading.version
    _forget_others(loading)
    state, has_words = _begin(loading)
    if state == "current":
        if all(kind.agrees for kind in agreements(loading.built, server, version)):
            if not has_words or not words_agreement(loading.built, server, version).agrees:
                _bring_words(loading)
            carry()
            return
        _log.warning("neo4j: the graph %s was changed by somebody else and is loaded again", loading.graph)
        forget(server, version)
        _begin(loading)
    done = {row["id"] for row in server.read(lambda ask: ask(cypher.BATCHES, version=version), patient=True)}
    for step in STEPS:
        _load_step(loading, step, loading.built.connection, done)
    carry()
    server.write(lambda ask: _switch(ask, loading, summary))
    carry()
    _forget_others(loading)


def _begin(loading: Loading) -> tuple[str, bool]:
    """The state of the version, and whether what lies in it has words."""
    begun = loading.server.write(lambda ask: ask(cypher.BEGIN_VERSION, version=loading.version, graph=loading.graph))
    return str(begun[0]["state"]), bool(begun[0]["words"])


def _bring_words(loading: Loading) -> None:
    """For a version that an older program loaded, or whose words somebody changed."""
    for step in _WORD_STEPS:
        _load_step(loading, step, loading.built.connection, set(), marked=False)
    loading.server.write(lambda ask: ask(cypher.HAS_WORDS, version=loading.version))


def _load_step(loading: Loading, step: Step, built: sqlite3.Connection, done: set[str], marked: bool = True) -> None:
    total = int(built.execute(step.count).fetchone()[0])
    stage, stored, started = f"neo4j {step.name}", 0, time.monotonic()
    loading.tell(stage, 0, max(total, 1))
    for number, rows in enumerate(_in_batches(built.execute(step.read), step.at_once)):
        batch = f"{loading.version}/{step.name}/{number}"
        if batch not in done:
            work = partial(_store, batch=batch) if marked else _create
            loading.server.write(partial(work, loading=loading, step=step, rows=rows))
        stored += len(rows)
        loading.tell(stage, stored, total)
    seconds = time.monotonic() - started
    rate = stored / max(seconds, 1e-9)
    _log.info(
        "neo4j: %s, %d rows in %.1f s (%.0f/s), %d retries", step.name, stored, seconds, rate, loading.server.retries
    )


def _in_batches(rows: sqlite3.Cursor, at_once: int) -> Iterator[Loaded]:
    while batch := rows.fetchmany(at_once):
        yield list(map(tuple, batch))  # plain, whatever the connection makes of its rows


def _store(ask: Ask, loading: Loading, step: Step, batch: str, rows: Loaded) -> None:
    """One transaction: it may be the second for this batch, when the reply to the first was lost."""
    held = ask(cypher.HOLD_VERSION, version=loading.version)
    if ask(cypher.BATCH, batch=batch):
        return  # also when the version is current by now: somebody else loaded the same facts
    if not held:
        raise _taken_over(loading)
    ask(cypher.MARK_BATCH, batch=batch, version=loading.version, size=len(rows))
    _create(ask, loading, step, rows)


def _create(ask: Ask, loading: Loading, step: Step, rows: Loaded) -> None:
    """Alone only where the same rows again change nothing."""
    stored = ask(step.create, version=loading.version, rows=rows)[0]["stored"]
    if stored != len(rows):
        raise StoreFault(
            f"The graph at {loading.server.url} stored {stored} of {len(rows)} {step.name}: somebody removed nodes.",
            "Load it again; readers still see the old graph.",
        )


def _taken_over(loading: Loading) -> StoreFault:
    return StoreFault(
        f"Somebody else began to load the graph {loading.graph!r} at {loading.server.url}; this load stopped.",
        "Let the other one end; then load again if its facts were older.",
    )


def _switch(ask: Ask, loading: Loading, summary: str) -> None:
    held = ask(cypher.HOLD_VERSION, version=loading.version)
    current = ask(cypher.IS_CURRENT, version=loading.version)
    if not current:  # else the switch was done: its reply was lost, or a rival with the same facts did it
        if not held:
            raise _taken_over(loading)
        ask(cypher.SWITCH_VERSION, graph=loading.graph, version=loading.version, summary=summary)


def _forget_others(loading: Loading) -> None:
    """Remove what is neither current nor ours: replaced versions, and loads that were given up."""
    server = loading.server
    for row in server.read(lambda ask: ask(cypher.VERSIONS, graph=loading.graph), patient=True):
        if row["state"] != "current" and row["number"] != loading.version:
            forget(server, row["number"])
