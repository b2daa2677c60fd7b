"""The files for the offline import, read in by the server's own importer: the same graph, to the last character."""

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.errors import BadSetting, NothingThere
from graph.facts import current_facts
from graph.local.store import rebuild_graph
from graph.neo4j.export import export_for_import
from graph.neo4j.server import Login, Neo4jServer
from graph.neo4j.store import Neo4jGraphStore
from graph.runs import save_run
from graph.workspace import Workspace
from tests.graph.neo4j_server import TestServer, server_jars
from tests.graph.small_runs import lineage_of, save_small_run
from tests.graph.small_worlds import Tables, act, at, meet, publish
from tests.graph.test_new_things import ring_run

NASTY = (
    '=HYPERLINK("http://pixel.example","x")', "@SUM(1+1)*cmd|' /C calc'!A0", "+1", "-1", "a,b;c", 'say "so"', "back\\slash",
    "\\", '"', "'", " padded ", "new\nline", "re\rturn", "both\r\nof them", "\tt", "null", "\ufeffmark", "مرحبا", "a" + "\U0001f600" * 250,
)  # fmt: skip
LINEAGE = lineage_of(
    ("r1", "c1", "r2", "c1", "continues", 0.8),
    ("r1", "c1", "r2", "c2", "split", 0.25),
    ("r1", "c1", "r2", "c2", "reborn", None),
)


def town() -> Tables:
    """Every strange name as an account's id, handle and name, and as an object's value."""
    return {
        "accounts": [
            {"account_id": name, "handle": name, "display_name": name, "platform": "x", "created_at": at(-9)}
            for name in NASTY
        ]
        + [{"account_id": "plain", "handle": "", "display_name": ""}],
        "actions": [act(who, name) for name in NASTY for who in ("plain", name)],
        "interactions": [meet(name, "plain") for name in NASTY] + [meet("plain", "@open", "mention")],
    }


@pytest.fixture
def exported(workspace: Workspace) -> Workspace:
    """Three runs over the town, one with a ring, two with an account that the graph does not know."""
    publish(workspace, town())
    rebuild_graph(workspace)
    save_small_run(workspace, "r1", {"c1": dict.fromkeys(NASTY, "core") | {"plain": "target"}})
    save_small_run(
        workspace, "r2", {"c1": dict.fromkeys((*NASTY[:3], "stranger"), "core"), "c2": dict.fromkeys("+-", "core")}
    )
    save_run(workspace, ring_run("r3", who=[*NASTY[:4], "stranger"], device=NASTY[0]))
    return workspace


@pytest.fixture
def imported(exported: Workspace, tmp_path: Path) -> Iterator[TestServer]:
    """A second server, filled by the command line of the export alone."""
    done = export_for_import(exported, tmp_path / "out", "exported", LINEAGE)
    server = TestServer(tmp_path / "home")
    server.prepare()
    command = done.command.split("&& neo4j-admin ")[1]
    admin = ["java", "-cp", f"{server_jars()}/*", "org.neo4j.cli.AdminTool", *shlex.split(command)]
    homes = {"NEO4J_HOME": str(server.home), "NEO4J_CONF": str(server.home / "conf")}
    ran = subprocess.run(
        admin, cwd=tmp_path / "out", env={"PATH": "/usr/bin:/bin", **homes}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    try:
        server.start()
        for statement in (tmp_path / "out" / "after-import.cypher").read_text().split(";\n")[:-1]:
            server.run(statement)
        yield server
    finally:
        server.kill()


def everything(server: TestServer, version: int) -> tuple[list[Any], list[Any]]:
    """Nodes and ties of a version as labels and properties, without what only says how they came."""
    loose = {"touched", "lineage"}
    nodes = server.run(
        "MATCH (n {version: $version}) WHERE NOT n:Batch RETURN labels(n) AS l, properties(n) AS p", version=version
    )
    ties = server.run(
        "MATCH (a {version: $version})-[t]->(b) RETURN type(t) AS l, properties(t) AS p, "
        "[coalesce(a.key, a.id), coalesce(b.key, b.id)] AS e",
        version=version,
    )
    shown = [(r["l"], sorted((k, v) for k, v in r["p"].items() if k not in loose)) for r in nodes.records]
    tied = [(r["l"], sorted(r["p"].items()), r["e"]) for r in ties.records]
    return sorted(shown, key=repr), sorted(tied, key=repr)


@pytest.mark.neo4j
def test_an_imported_graph_is_the_loaded_one_to_the_last_character(
    imported: TestServer, exported: Workspace, neo4j_server: TestServer, neo4j_connection: Neo4jServer
):
    with Neo4jServer(imported.url, Login("neo4j", imported.password)) as connection:
        there = Neo4jGraphStore(exported, connection, "exported", lambda: LINEAGE)
        assert [kind for kind in there.check() if not kind.agrees] == []
        assert {account.account_id for account in there.accounts(NASTY)} == set(NASTY)
        assert there.account("plain").handle == ""
        loaded = Neo4jGraphStore(exported, neo4j_connection, "exported", lambda: LINEAGE)
        loaded.rebuild(current_facts(exported))
        version = there.read().version
        assert loaded.read().version == version
        assert everything(imported, version) == everything(neo4j_server, version)
        there.rebuild(current_facts(exported))  # the owner goes on where the import ended; nothing is loaded again
        assert [kind for kind in there.check() if not kind.agrees] == []


def test_a_folder_that_holds_something_is_not_written_to(exported: Workspace, tmp_path: Path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x")
    with pytest.raises(BadSetting, match="is not an empty folder"):
        export_for_import(exported, tmp_path / "out", "exported", LINEAGE)
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_without_a_graph_there_is_nothing_to_export(workspace: Workspace, tmp_path: Path):
    with pytest.raises(NothingThere):
        export_for_import(workspace, tmp_path / "out", "exported", LINEAGE)
    assert not (tmp_path / "out").exists()
