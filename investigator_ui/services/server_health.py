"""What `doctor` looks at on a team's graph server; each look says whether it is as it should be, in a sentence."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from graph.facts import current_facts
from graph.foreign_text import show_text
from graph.team_server import TeamServer, remembered
from graph.workspace import Workspace
from investigator_ui.services import team_graph

if TYPE_CHECKING:
    from graph.neo4j.server import Neo4jServer

Look = Callable[[], tuple[bool, str]]


def server_looks(workspace: Workspace) -> list[tuple[str, Look]]:
    """Name and look, in order; none in a workspace that keeps its graph only on this machine."""
    server = remembered(workspace)
    if server is None:
        return []
    looks: list[tuple[str, Look]] = [("graph server: address", lambda: _address(server))]
    if _address(server)[0]:  # nothing is sent to an address that would carry it in the open
        looks += [
            ("graph server: login", lambda: _login(server)),
            ("graph server: version", lambda: _version(server)),
            ("graph server: files", lambda: _files(server)),
            ("graph server: schema", lambda: _schema(server)),
            ("graph server: graph", lambda: _graph(workspace, server)),
        ]
    return looks


def _address(server: TeamServer) -> tuple[bool, str]:
    from graph.neo4j.safety import is_open_to_listeners  # noqa: PLC0415 - the driver is loaded where a server is named

    if is_open_to_listeners(server.url):
        return False, f"{show_text(server.url)} is not encrypted and not on this machine; use the scheme with +s"
    return True, f"{show_text(server.url)}, graph {show_text(server.graph)}"


def _login(server: TeamServer) -> tuple[bool, str]:
    from graph.neo4j.safety import takes_any_login, takes_first_password  # noqa: PLC0415

    if takes_any_login(server.url):
        return False, "unsafe: the server lets everybody in; set dbms.security.auth_enabled=true and a password"
    if takes_first_password(server.url):
        return False, "unsafe: the password is still neo4j/neo4j, which everybody knows; change it"
    if not os.environ.get(team_graph.PASSWORD):
        return False, f"{team_graph.PASSWORD} is not set, so nothing more can be looked at"
    return True, "a login is needed, and it is not the first one"


def _version(server: TeamServer) -> tuple[bool, str]:
    with _connected(server) as connection:
        return True, f"{show_text(connection.check())} answers"


def _files(server: TeamServer) -> tuple[bool, str]:
    from graph.neo4j.safety import reads_files  # noqa: PLC0415

    with _connected(server) as connection:
        if reads_files(connection):
            return False, (
                "unsafe: LOAD CSV opens files of the server's machine for whoever may ask; "
                "set dbms.security.allow_csv_import_from_file_urls=false"
            )
    return True, "LOAD CSV opens no file of the server's machine"


def _schema(server: TeamServer) -> tuple[bool, str]:
    from graph.neo4j.cypher import SCHEMA_VERSION  # noqa: PLC0415
    from graph.neo4j.safety import missing_schema, schema_version  # noqa: PLC0415

    with _connected(server) as connection:
        there, missing = schema_version(connection), missing_schema(connection)
    if there != SCHEMA_VERSION:
        said = (
            "nothing was loaded yet"
            if there is None
            else f"version {there} is there, this program knows {SCHEMA_VERSION}"
        )
        return False, f"{said}; flockwatch graph sync brings it up"
    if missing:
        return (
            False,
            f"{len(missing)} constraints or indexes are missing, the first is {missing[0]}; flockwatch graph sync makes them again",
        )
    return True, f"version {there}, every constraint and index is there"


def _graph(workspace: Workspace, server: TeamServer) -> tuple[bool, str]:
    from graph.neo4j.reader import open_current  # noqa: PLC0415

    with _connected(server) as connection:
        counts = open_current(connection, server.graph).summary()
    if counts.facts_version != current_facts(workspace).version:
        return (
            False,
            "the graph there is of other facts than this workspace holds; flockwatch graph sync brings it up",
        )
    return True, f"of the facts here: {counts.accounts:,} accounts, {counts.objects:,} objects"


@contextmanager
def _connected(server: TeamServer) -> Iterator[Neo4jServer]:
    with closing(team_graph.connect(server.url)) as connection:
        yield connection
