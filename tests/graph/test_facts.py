"""Facts: published in one step, read as one version, refused in a sentence when files are missing or damaged."""

import json
import os
from pathlib import Path

import polars as pl
import pytest

from graph.errors import BadWorkspace, StoreFault
from graph.facts import Part, Source, current_facts, publish_facts
from graph.schemas import FACT_SCHEMAS
from graph.workspace import Workspace
from tests.graph.small_worlds import act, publish


def test_nothing_ingested_is_an_empty_version(workspace: Workspace):
    facts = current_facts(workspace)
    assert (facts.number, facts.parts) == (0, ())
    assert facts.scan("posts").collect().schema == pl.Schema(dict(FACT_SCHEMAS["posts"]))


def test_a_published_version_is_read_back_and_the_next_one_adds_to_it(workspace: Workspace):
    publish(workspace, {"actions": [act("ana", "p1")]})
    first = current_facts(workspace)
    publish(workspace, {"actions": [act("ben", "p1")]})
    assert first.scan("actions").collect()["account_id"].to_list() == ["ana"]
    assert current_facts(workspace).scan("actions").collect()["account_id"].to_list() == ["ana", "ben"]
    assert current_facts(workspace).number == 2


def test_the_version_is_the_same_for_the_same_files_in_any_order(workspace: Workspace):
    one, two = (Source(name, name, "csv", 1, 1, 0, 0, 0, 0) for name in ("a", "b"))
    forward = publish_facts(workspace, [one, two], [])
    assert forward.version == type(forward)(forward.folder, 1, (two, one), ()).version


def test_a_column_that_older_facts_did_not_have_is_null(workspace: Workspace):
    publish(workspace, {"actions": [act("ana", "p1")]})
    part = workspace.facts / "actions-1.parquet"
    pl.read_parquet(part).drop("block").write_parquet(part)
    assert current_facts(workspace).scan("actions").collect()["block"].to_list() == [None]


@pytest.mark.parametrize("damage", ["missing", "cut", "empty", "other"])
def test_a_damaged_part_is_refused_by_name(workspace: Workspace, damage: str):
    publish(workspace, {"actions": [act("ana", "p1")]})
    part = workspace.facts / "actions-1.parquet"
    whole = part.read_bytes()
    {
        "missing": part.unlink,
        "cut": lambda: part.write_bytes(whole[:-9]),
        "empty": lambda: part.write_bytes(b""),
        "other": lambda: part.write_bytes(b"account_id,trace\n" * 9),
    }[damage]()
    with pytest.raises(BadWorkspace, match=r"actions-1\.parquet"):
        current_facts(workspace).scan("actions")


@pytest.mark.parametrize(
    "pointer", ["manifest-000009.json", "../../etc/passwd", "", "\xff", "manifest-000001.json\nx", "nul\0"]
)
def test_a_pointer_to_nowhere_is_one_sentence(workspace: Workspace, pointer: str):
    publish(workspace, {"actions": [act("ana", "p1")]})
    (workspace.facts / "CURRENT").write_text(pointer, "latin-1")
    with pytest.raises(BadWorkspace, match="cannot be read"):
        current_facts(workspace)


@pytest.mark.parametrize("manifest", ["[]", "{}", "null", '{"number": 1, "sources": [{}], "parts": []}', "{"])
def test_a_damaged_manifest_is_one_sentence(workspace: Workspace, manifest: str):
    publish(workspace, {"actions": [act("ana", "p1")]})
    (workspace.facts / "manifest-000001.json").write_text(manifest)
    with pytest.raises(BadWorkspace, match="cannot be read"):
        current_facts(workspace)


def test_a_part_that_is_not_there_is_not_published(workspace: Workspace):
    with pytest.raises(BadWorkspace, match="is missing"):
        publish_facts(workspace, [], [Part("actions", "gone.parquet", 1, "s")])
    assert current_facts(workspace).number == 0


def test_a_disk_that_refuses_at_any_step_leaves_the_version_before(workspace: Workspace, monkeypatch):
    publish(workspace, {"actions": [act("ana", "p1")]})
    before = current_facts(workspace)
    for allowed in range(20):
        left = [allowed]

        def fsync(descriptor: int, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(28, "No space left on device")

        with monkeypatch.context() as faulty:
            faulty.setattr(os, "fsync", fsync)
            try:
                publish_facts(workspace, [Source("s9", "9", "csv", 0, 0, 0, 0, 0, 0)], [])
            except StoreFault as fault:
                assert "The disk is full" in fault.message
            else:
                assert allowed >= 4  # two files and their folders
                break
        # The switch itself may have happened when only its last sync failed; a mix never.
        assert current_facts(workspace).number in {before.number, before.number + 1}
        before = current_facts(workspace)
        assert not list(workspace.facts.glob("*.part"))
    else:
        pytest.fail("publishing never succeeded")


def test_manifests_are_plain_sorted_json(workspace: Workspace):
    publish(workspace, {"actions": [act("ana", "p1")]})
    text = (workspace.facts / "manifest-000001.json").read_text("utf-8")
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False)
    assert Path(workspace.facts / "CURRENT").read_text() == "manifest-000001.json"
