"""The note of the graph server in a workspace."""

from pathlib import Path

import pytest

from graph.errors import BadSetting, BadWorkspace
from graph.team_server import TeamServer, checked_name, owner_mark, remember, remembered
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


def test_the_owner_mark_is_made_once_and_differs_between_workspaces(tmp_path: Path):
    one, other = (open_workspace(tmp_path / name, create=True) for name in ("one", "other"))
    assert owner_mark(one) == owner_mark(open_workspace(one.path))
    assert owner_mark(one) != owner_mark(other)
    (one.path / "graph-owner").write_text("mine")
    with pytest.raises(BadWorkspace, match="is damaged"):
        owner_mark(one)


@pytest.mark.parametrize("name", ["", " ", "a b", "-x", "x" * 81, "a/b", "ä", "a\n", "a\0"])
def test_a_name_that_is_no_plain_word_is_refused(name: str):
    with pytest.raises(BadSetting, match="cannot name a graph"):
        checked_name(name)
