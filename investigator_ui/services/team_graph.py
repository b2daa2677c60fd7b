"""The team's graph server: its login from the environment only, and the load of a workspace's facts into it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from graph.answers import GraphSummary
from graph.errors import BadSetting
from graph.facts import current_facts
from graph.workspace import Workspace

if TYPE_CHECKING:
    from graph.neo4j_server import Neo4jServer

# The driver takes 0.4 s to load and most people need none: it is imported where a server was named.

LOCAL = "sqlite"
USER, PASSWORD = "FLOCKWATCH_NEO4J_USER", "FLOCKWATCH_NEO4J_PASSWORD"

Progress = Callable[[str, int, int], None]


def connect(graph: str) -> Neo4jServer | None:
    """The server that `--graph` names, found to answer and to be new enough; None for the local graph."""
    if graph == LOCAL:
        return None
    password = os.environ.get(PASSWORD)
    if not password:
        raise BadSetting(f"There is no password for the graph server: {PASSWORD} is not set.", f"export {PASSWORD}=...")
    from graph.neo4j_server import Login, Neo4jServer  # noqa: PLC0415

    server = Neo4jServer(graph, Login(os.environ.get(USER) or "neo4j", password))
    try:
        server.check()
    except BaseException:
        server.close()
        raise
    return server


def load_graph(workspace: Workspace, server: Neo4jServer, progress: Progress | None = None) -> GraphSummary:
    """Bring the server to the facts published now; a load that was cut off goes on where it stopped."""
    from graph.neo4j_store import Neo4jGraphStore  # noqa: PLC0415

    return Neo4jGraphStore(workspace, server).rebuild(current_facts(workspace), progress)
