"""`flockwatch lineage` over stored runs: which runs count as the past, and what is said of each cluster."""

import json

from typer.testing import CliRunner

from graph.runs import list_runs
from investigator_ui.cli import app
from investigator_ui.services.lineages import lineage_of, past_of


def test_the_clusters_of_the_newest_run_are_told_with_their_past(built, world):
    told = lineage_of(built, None)
    assert (told["run_id"], told["before"]) == (world.RUN_ID, world.EARLIER_RUN_ID)
    assert {(row["cluster_before"], row["cluster_after"], row["relation"]) for row in told["relations"]} == {
        (world.TAGS, world.TAGS, "continues"),
        (None, world.BIG, "born"),
        (None, world.HOSTILE, "born"),
    }
    tags = next(one for one in told["clusters"] if one["cluster_id"] == world.TAGS)
    assert tags["chain"] == [{"run_id": world.EARLIER_RUN_ID, "cluster_id": world.TAGS, "similarity": 1.0}]
    assert (tags["stayed"], tags["left"], tags["joined"]) == (12, 0, 0)
    assert tags["members"] == {"loyal": 12, "transient": 0, "new": 0}


def test_a_shadow_run_is_nobodys_past(own, world):
    world.save_world_run(own, "r-0413-shadow", (world.BIG,), shadow=True)
    world.save_world_run(own, "r-0414", (world.TAGS,))
    assert [run.run_id for run in list_runs(own)][-2:] == ["r-0413-shadow", "r-0414"]
    assert past_of(own, "r-0414").before == world.RUN_ID


def test_the_first_run_has_no_past(built, world):
    told = lineage_of(built, world.EARLIER_RUN_ID)
    assert told["before"] is None
    assert told["relations"] == []
    assert told["clusters"][0]["chain"] == []


def test_the_command_prints_one_document_or_a_table(built, world):
    place = ["lineage", "--workspace", str(built.path)]
    told = json.loads(CliRunner().invoke(app, [*place, "--json"]).stdout)
    assert told["before"] == world.EARLIER_RUN_ID
    shown = CliRunner().invoke(app, place)
    assert shown.exit_code == 0
    assert "continues" in shown.stdout
