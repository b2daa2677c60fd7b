"""Which graph server a workspace belongs to: its address and the name of the graph there, and never a login."""

import json
import re
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from graph.errors import BadSetting, BadWorkspace
from graph.foreign_text import show_text
from graph.whole_files import replace_file
from graph.workspace import Workspace, writing

GRAPH = "flockwatch"  # the name of a graph when a server holds only one
_FILE = "graph-server.json"
_MARK = "graph-owner"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True, slots=True)
class TeamServer:
    """`url` as graph.neo4j.server.checked_url takes it; `graph` tells the graphs of one server apart."""

    url: str
    graph: str = GRAPH


def remember(workspace: Workspace, server: TeamServer | None) -> None:
    """Keep the server for later commands and the pages; None forgets it, the graph there stays."""
    file = _file(workspace)
    if server is None:
        file.unlink(missing_ok=True)
    else:
        replace_file(file, json.dumps(asdict(server), sort_keys=True).encode())


def remembered(workspace: Workspace) -> TeamServer | None:
    """The server that was named last; None when the graph is kept only here. Raises BadWorkspace for a damaged note."""
    file = _file(workspace)
    try:
        said = json.loads(file.read_text("utf-8"))
        server = TeamServer(said["url"], said["graph"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as fault:
        raise _damaged(file) from fault
    if not all(isinstance(value, str) and value for value in (server.url, server.graph)):
        raise _damaged(file)
    return server


def checked_name(graph: str) -> str:
    """The name of a graph as people may type it; raises BadSetting for anything that is no plain name."""
    if not _NAME.fullmatch(graph):
        raise BadSetting(
            f"{show_text(graph, 80)!r} cannot name a graph.", "Use letters, digits, dots, - and _, 80 at most."
        )
    return graph


def owner_mark(workspace: Workspace) -> str:
    """The random id by which a server knows this workspace; made at the first call, never changed, copied with the folder."""
    file = workspace.path / _MARK
    with writing(workspace):  # two processes must not make two
        if not file.exists():
            replace_file(file, secrets.token_hex(16).encode())
    mark = file.read_text("utf-8").strip()
    if not re.fullmatch(r"[0-9a-f]{32}", mark):
        raise BadWorkspace(
            f"The owner mark of the workspace, {file}, is damaged.",
            "Restore it from a backup; or remove it, and name a new graph with --graph-name NAME.",
        )
    return mark


def _file(workspace: Workspace) -> Path:
    return workspace.path / _FILE


def _damaged(file: Path) -> BadWorkspace:
    return BadWorkspace(f"The note of the graph server, {file}, is damaged.", "Name the server again with --graph.")
