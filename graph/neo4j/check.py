"""Whether a server holds the graph that a local file holds: numbers of rows, and checksums over keys, counts and times."""

from dataclasses import dataclass
from functools import partial

from graph.answering.reader import Rows
from graph.local.files import OpenVersion
from graph.neo4j import cypher
from graph.neo4j.server import Ask, Neo4jServer

_KEYS_AT_ONCE = 20_000  # keeps every question well under the time a read may take, also around hubs

# The same whole-number arithmetic in both languages; texts are left out, for they count their signs differently.
_LOCAL = {
    "accounts": "SELECT COUNT(*), SUM((key * 31 + actions * 17 + shared_objects * 7 + ties) % 1000003) FROM accounts",
    "objects": "SELECT COUNT(*), SUM((key * 31 + accounts * 17 + actions * 7) % 1000003) FROM objects",
    "acted_on": """SELECT COUNT(*), SUM((object * 31 + account * 17 + n * 7 + COALESCE(first_at, 0) % 1000003
        + COALESCE(last_at, 0) % 999983) % 1000003) FROM acted_by""",
    "interacted": """SELECT COUNT(*), SUM((source * 31 + target * 17 + n * 7 + COALESCE(first_at, 0) % 1000003
        + COALESCE(last_at, 0) % 999983) % 1000003) FROM interacted""",
}
_LOCAL_WORDS = """
SELECT COUNT(*), SUM((key * 31 + (1 + LENGTH(words) - LENGTH(REPLACE(words, ' ', ''))) * 17) % 1000003)
FROM (SELECT * FROM account_words UNION ALL SELECT * FROM object_words)
"""
_SERVER = {
    "accounts": (cypher.HIGHEST_ACCOUNT, cypher.SUM_ACCOUNTS),
    "objects": (cypher.HIGHEST_OBJECT, cypher.SUM_OBJECTS),
    "acted_on": (cypher.HIGHEST_OBJECT, cypher.SUM_ACTED_ON),
    "interacted": (cypher.HIGHEST_ACCOUNT, cypher.SUM_INTERACTED),
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """One kind of rows on both sides."""

    name: str  # accounts | objects | acted_on | interacted | words | runs | clusters | members | beside | coordinated | lineage
    rows_here: int
    rows_there: int
    checksum_here: int
    checksum_there: int

    @property
    def agrees(self) -> bool:
        return (self.rows_here, self.checksum_here) == (self.rows_there, self.checksum_there)


def agreements(built: OpenVersion, server: Neo4jServer, version: int) -> tuple[Agreement, ...]:
    """Per kind of rows what the file says and what the version on the server says; reads both whole."""
    found = []
    for name, statement in _LOCAL.items():
        rows, checksum = built.connection.execute(statement).fetchone()
        there = _counted(server, version, *_SERVER[name])
        found.append(Agreement(name, rows, there[0], checksum or 0, there[1]))
    return tuple(found)


def words_agreement(built: OpenVersion, server: Neo4jServer, version: int) -> Agreement:
    """The same for the words of accounts and objects together; a file without them agrees with anything."""
    there = [
        _counted(server, version, highest, statement)
        for highest, statement in (
            (cypher.HIGHEST_ACCOUNT, cypher.SUM_ACCOUNT_WORDS),
            (cypher.HIGHEST_OBJECT, cypher.SUM_OBJECT_WORDS),
        )
    ]
    rows, checksum = (sum(one) for one in zip(*there, strict=True))
    here = built.connection.execute(_LOCAL_WORDS).fetchone() if built.has_words else (rows, checksum)
    return Agreement("words", here[0], rows, here[1] or 0, checksum)


def _counted(server: Neo4jServer, version: int, highest: str, statement: str) -> tuple[int, int]:
    rows = checksum = 0
    top = server.read(lambda ask: ask(highest, version=version), patient=True)
    for low in range(0, top[0]["key"] + 1 if top else 0, _KEYS_AT_ONCE):
        part = server.read(partial(_between, statement=statement, version=version, low=low), patient=True)[0]
        rows, checksum = rows + part["counted"], checksum + part["checksum"]
    return rows, checksum


def _between(ask: Ask, statement: str, version: int, low: int) -> Rows:
    return ask(statement, version=version, low=low, high=low + _KEYS_AT_ONCE)
