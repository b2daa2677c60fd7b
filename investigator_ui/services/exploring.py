"""Which graph the pages read: the team's server while it answers, else the one on this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.errors import BadWorkspace, FlockwatchError, NothingThere, StoreFault
from graph.foreign_text import show_text
from graph.local.store import open_graph
from graph.store import GraphStore
from graph.team_server import TeamServer, remembered
from graph.workspace import Workspace
from investigator_ui.services import team_graph

if TYPE_CHECKING:
    from graph.neo4j.server import Neo4jServer

KEPT_SECONDS = 15.0  # how long the answer of a server holds; a page drawn anew within it asks nothing
PATIENCE_SECONDS = 2.0  # what a page waits for a server that says nothing, once per KEPT_SECONDS


@dataclass(frozen=True, slots=True)
class Standing:
    """`server` is the remembered one, if any; `away` says why it cannot be used, "" while it can or none is remembered."""

    server: TeamServer | None = None
    away: str = ""

    @property
    def is_local(self) -> bool:
        """Whether questions go to the graph on this machine."""
        return self.server is None or bool(self.away)


class Watch:
    """One server of a team: whether it answers, asked rarely and never for long; safe to use from several threads."""

    def __init__(self, server: TeamServer) -> None:
        self.server = server
        self._lock = threading.Lock()
        self._connection: Neo4jServer | None = None
        self._looking: threading.Thread | None = None
        self._looked_at = float("-inf")
        self._away = ""

    def away(self, now: bool = False) -> str:
        """Why the server cannot be used, "" when it can; `now` asks it again however fresh the last answer is."""
        with self._lock:
            if not now and time.monotonic() - self._looked_at < KEPT_SECONDS:
                return self._away
            if self._looking is None or not self._looking.is_alive():
                self._away = f"The graph server at {self.server.url} does not answer."
                self._looking = threading.Thread(target=self._look, daemon=True)
                self._looking.start()
            self._looking.join(PATIENCE_SECONDS)
            self._looked_at = time.monotonic()
            return self._away

    def store(self, workspace: Workspace) -> GraphStore:
        """The graph on the server, to be closed again; ask `away` first. Raises StoreFault when it went away since."""
        from graph.neo4j.store import Neo4jGraphStore  # noqa: PLC0415 - the driver is loaded where a server is named

        if self._connection is None:
            raise StoreFault(f"The graph server at {self.server.url} does not answer.", "Try again.")
        return Neo4jGraphStore(workspace, self._connection, self.server.graph)

    def _look(self) -> None:
        """One small question with the login and the graph of the workspace: what a page would meet."""
        from graph.neo4j.reader import open_current  # noqa: PLC0415

        try:
            if self._connection is None:
                self._connection = team_graph.connect(self.server.url)
            if self._connection is not None:
                open_current(self._connection, self.server.graph).close()
        except FlockwatchError as fault:
            self._away = fault.message
        else:
            self._away = ""


def standing_of(workspace: Workspace, watch_of: Callable[[TeamServer], Watch]) -> Standing:
    """Where the graph of the workspace is read from now; `watch_of` keeps one watch per server."""
    try:
        server = remembered(workspace)
    except BadWorkspace as damaged:
        return Standing(None, damaged.message)
    return Standing() if server is None else Standing(server, watch_of(server).away())


def open_store(workspace: Workspace, standing: Standing, watch_of: Callable[[TeamServer], Watch]) -> GraphStore:
    """The graph that `standing` names, to be closed again. Raises NothingThere when none was built."""
    if standing.server is None or standing.away:
        return open_graph(workspace)
    return watch_of(standing.server).store(workspace)


def account_named(store: GraphStore, typed: str) -> str:
    """The id of the account that was typed as id or as handle; raises NothingThere when it is none, or several."""
    wanted = typed.strip()
    if known := store.accounts([wanted]):
        return known[0].account_id
    handle = wanted.removeprefix("@").lower()
    alike = [
        one
        for one in store.find(wanted, limit=50).accounts
        if one.handle and one.handle.removeprefix("@").lower() == handle
    ]
    if len(alike) == 1:
        return alike[0].account_id
    if alike:
        raise NothingThere(
            f"{len(alike)} accounts have the handle {show_text(wanted, 80)}.", "Search for it, and take the id."
        )
    raise NothingThere(
        f"There is no account {show_text(wanted, 80)} in the graph.", "Search for a part of its id or handle."
    )
