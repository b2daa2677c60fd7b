"""Removes a run or a whole version from a Neo4j server in small transactions; killed, the next writer takes it up again."""

from functools import partial

from graph.answering.reader import Rows
from graph.neo4j import cypher
from graph.neo4j.server import Ask, Neo4jServer

_KEYS = 2_000  # nodes whose ties are removed in one transaction
_TIES = 20_000  # at most; a transaction of this size needs about 20 MB of the server's heap


def forget(server: Neo4jServer, version: int) -> None:
    """The version and everything in it. Its runs are let go of first, so that nobody writes to them any more."""
    server.write(lambda ask: ask(cypher.LET_GO, version=version))
    for run in server.read(lambda ask: ask(cypher.RUNS_OF, version=version), patient=True):
        forget_run(server, version, run["key"])
    for highest, *removals in (
        (cypher.HIGHEST_OBJECT, cypher.FORGET_ACTED_ON, cypher.FORGET_OBJECTS),
        (cypher.HIGHEST_ACCOUNT, cypher.FORGET_INTERACTED, cypher.FORGET_ACCOUNTS),
    ):
        found = server.read(partial(_ask, statement=highest, version=version), patient=True)
        for low in range(0, found[0]["key"] + 1 if found else 0, _KEYS):
            for removal in removals:
                _remove_all(server, removal, version=version, low=low, high=low + _KEYS)
    _remove_all(server, cypher.FORGET_BATCHES, version=version)
    server.write(lambda ask: ask(cypher.FORGET_VERSION, version=version))


def forget_run(server: Neo4jServer, version: int, run: int) -> None:
    """One run by its key: ties, members, clusters, markers. Whoever still writes to it finds it gone and stops."""
    server.write(lambda ask: ask(cypher.LET_GO_RUN, version=version, run=run))
    rings = (cypher.FORGET_NEW_FOR, cypher.FORGET_ENTITIES)
    for removal in (*rings, cypher.FORGET_COORDINATED, cypher.FORGET_MEMBERS, cypher.FORGET_CLUSTERS):
        _remove_all(server, removal, version=version, run=run)
    _remove_all(server, cypher.FORGET_RUN_BATCHES, batches=run_batches(version, run))
    server.write(lambda ask: ask(cypher.FORGET_RUN, version=version, run=run))


def run_batches(version: int, run: int) -> str:
    """What the markers of a run's batches begin with."""
    return f"{version}/run-{run}/"


def _ask(ask: Ask, statement: str, version: int) -> Rows:
    return ask(statement, version=version)


def _remove_all(server: Neo4jServer, removal: str, **given: int | str) -> None:
    while server.write(lambda ask: ask(removal, limit=_TIES, **given))[0]["gone"] == _TIES:
        pass
