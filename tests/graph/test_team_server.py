"""The note of the graph server in a workspace."""

from pathlib import Path

import pytest

from graph.errors import BadWorkspace
from graph.team_server import TeamServer, remember, remembered
from graph.workspace import open_workspace


def test_a_workspace_remembers_its_server_until_told_otherwise(tmp_path: Path):
    workspace = open_workspace(tmp_path, create=True)
    assert remembered(workspace) is None
    for server in (TeamServer("bolt://localhost:7687"), TeamServer("neo4j+s://db.example", "spring"), None):
        remember(workspace, server)
        assert remembered(workspace) == server
    remember(workspace, None)  # nothing to forget is no fault


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"url": 7, "graph": "a"}', '{"url": "bolt://h", "graph": ""}'])
def test_a_damaged_note_is_said(tmp_path: Path, content: str):
    workspace = open_workspace(tmp_path, create=True)
    (tmp_path / "graph-server.json").write_text(content)
    with pytest.raises(BadWorkspace, match="is damaged"):
        remembered(workspace)
