"""The team's graph server: which one a command works with, its login from the environment only, and bringing it up to date."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from graph.answers import GraphSummary
from graph.errors import BadSetting, FlockwatchError
from graph.facts import current_facts
from graph.runs import StoredRun
from graph.team_server import GRAPH, TeamServer, checked_name, remember, remembered
from graph.workspace import Workspace

if TYPE_CHECKING:
    import polars as pl

    from graph.neo4j.check import Agreement
    from graph.neo4j.export import Exported
    from graph.neo4j.server import Neo4jServer
    from graph.neo4j.store import Neo4jGraphStore

# The driver takes 0.4 s to load and most people need none: it is imported where a server was named.

LOCAL = "sqlite"
USER, PASSWORD = "FLOCKWATCH_NEO4J_USER", "FLOCKWATCH_NEO4J_PASSWORD"

# A server that goes away while a command that can do without it writes; a restart takes 8 s on an idle machine.
_PATIENCE_SECONDS = 20.0

Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Team:
    """The server that a command works with; none at all when `named` is None.

    A server that was named in this very command must work, and faults are raised. One that is only remembered may be
    away: then `away` says why, and the work here goes on without it.
    """

    named: TeamServer | None
    is_remembered: bool = False
    server: Neo4jServer | None = None
    away: FlockwatchError | None = None

    @property
    def is_behind(self) -> str:
        """One sentence when the server could not be brought up to date, else nothing."""
        if self.away is None:
            return ""
        why = self.away.message.rstrip(".")
        return (
            f"The team's graph is behind: {why[:1].lower()}{why[1:]}; when that is mended, "
            "flockwatch graph sync brings it up."
        )

    def store(self, workspace: Workspace) -> Neo4jGraphStore | None:
        """The graph on the server, able to write runs with their lineage; None without a server that answers."""
        from graph.neo4j.store import Neo4jGraphStore  # noqa: PLC0415

        if self.server is None or self.named is None or self.away is not None:
            return None
        return Neo4jGraphStore(workspace, self.server, self.named.graph, partial(_lineage, workspace))

    def settle(self, workspace: Workspace) -> None:
        """Before anything is read: the name of the graph becomes this workspace's, and the server is remembered."""
        with self._excused():
            if store := self.store(workspace):
                store.claim()
        if not self.is_remembered:
            remember(workspace, self.named)

    def bring_up(self, workspace: Workspace, progress: Progress | None = None) -> GraphSummary | None:
        """Load the facts published now; a load that was cut off goes on where it stopped. None without a server."""
        with self._excused():
            if store := self.store(workspace):
                with store:
                    return store.rebuild(current_facts(workspace), progress)
        return None

    def write_run(self, workspace: Workspace, run: StoredRun) -> None:
        """Store a saved run in the graph on the server, where there is one."""
        with self._excused():
            if store := self.store(workspace):
                store.write_run(run)

    def check(self, workspace: Workspace) -> tuple[Agreement, ...]:
        """Per kind of rows what is here and what is on the server; none without a server."""
        store = self.store(workspace)
        return store.check() if store else ()

    @contextmanager
    def _excused(self) -> Iterator[None]:
        try:
            yield
        except FlockwatchError as fault:
            if not self.is_remembered:
                raise
            self.away = fault


def _lineage(workspace: Workspace) -> pl.DataFrame:
    from investigator_ui.services.past import lineage_rows  # noqa: PLC0415

    return lineage_rows(workspace)


@contextmanager
def team_of(
    folder: Path, graph: str | None = None, graph_name: str | None = None, is_required: bool = False
) -> Iterator[Team]:
    """What `--graph` and `--graph-name` mean for the workspace in `folder`; without them, what it remembers.

    Required, by commands that are about the server: it must be named or remembered, and every fault is raised.
    """
    team = _team_of(folder, graph, graph_name)
    if is_required and team.named is None:
        raise BadSetting(
            "This workspace remembers no graph server.", "Name one: flockwatch graph sync --graph bolt://HOST:7687."
        )
    team.is_remembered = team.is_remembered and not is_required
    try:
        if team.named is not None:
            try:
                team.server = connect(team.named.url, _PATIENCE_SECONDS if team.is_remembered else None)
            except FlockwatchError as fault:
                if not team.is_remembered:
                    raise
                team.away = fault
        yield team
    finally:
        if team.server is not None:
            team.server.close()


def export_for_import(
    workspace: Workspace, out: Path, graph_name: str | None = None, progress: Progress | None = None
) -> Exported:
    """The graph and the runs as files for the server's own importer, under the name that is given or remembered."""
    from graph.neo4j.export import export_for_import as export_as  # noqa: PLC0415

    known = remembered(workspace)
    graph = checked_name(graph_name) if graph_name else known.graph if known else GRAPH
    return export_as(workspace, out, graph, _lineage(workspace), progress)


def _team_of(folder: Path, graph: str | None, graph_name: str | None) -> Team:
    known = remembered(Workspace(folder)) if folder.is_dir() else None
    if graph is None and graph_name is None:
        return Team(known, is_remembered=True)
    if graph == LOCAL and graph_name is None:
        return Team(None)
    url = graph or (known.url if known else None)
    if url is None or url == LOCAL:
        raise BadSetting("--graph-name names a graph on a server, and none was given.", "Add --graph bolt://HOST:7687.")
    return Team(TeamServer(url, checked_name(graph_name) if graph_name else GRAPH))


def connect(url: str, patience_seconds: float | None = None) -> Neo4jServer:
    """The server at `url`, found to answer and to be new enough; None is as patient as a load should be."""
    password = os.environ.get(PASSWORD)
    if not password:
        raise BadSetting(f"There is no password for the graph server: {PASSWORD} is not set.", f"export {PASSWORD}=...")
    from graph.neo4j.safety import refuse_open  # noqa: PLC0415
    from graph.neo4j.server import Login, Neo4jServer  # noqa: PLC0415

    refuse_open(url)
    login = Login(os.environ.get(USER) or "neo4j", password)
    server = Neo4jServer(url, login) if patience_seconds is None else Neo4jServer(url, login, patience_seconds)
    try:
        server.check()
    except BaseException:
        server.close()
        raise
    return server
