"""Which graph server a workspace belongs to: its address and the name of the graph there, and never a login."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from graph.errors import BadWorkspace
from graph.whole_files import replace_file
from graph.workspace import Workspace

GRAPH = "flockwatch"  # the name of a graph when a server holds only one
_FILE = "graph-server.json"


@dataclass(frozen=True, slots=True)
class TeamServer:
    """`url` as graph.neo4j_server.checked_url takes it; `graph` tells the graphs of one server apart."""

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


def _file(workspace: Workspace) -> Path:
    return workspace.path / _FILE


def _damaged(file: Path) -> BadWorkspace:
    return BadWorkspace(f"The note of the graph server, {file}, is damaged.", "Name the server again with --graph.")
