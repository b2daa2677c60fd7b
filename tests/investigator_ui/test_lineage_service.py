"""`flockwatch lineage` over stored runs: which runs count as the past, and what is said of each cluster."""

import json
from datetime import timedelta

import polars as pl
from typer.testing import CliRunner

from graph.facts import Part, Source, publish_facts
from graph.results import RunRecord, RunResult
from graph.runs import list_runs, save_run
from graph.schemas import FACT_SCHEMAS, RUN_SCHEMAS, empty
from investigator_ui.cli import app
from investigator_ui.services.lineages import lineage_of
from investigator_ui.services.past import past_of
from tests.detectors.lineage.small_runs import START
from tests.detectors.lineage.test_mutation import window


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


def test_a_run_on_the_same_data_has_no_mutation(built):
    """Both runs of the invented workspace saw the same nine days: nothing is new, so nothing is compared."""
    told = lineage_of(built, None)
    assert told["mutations"] == []
    assert [one["mutation"] for one in told["clusters"] if one["chain"]] == [
        "Both runs end with the same data, so there is nothing new to compare."
    ]


def test_a_planted_change_between_two_weeks_is_named_and_the_quiet_habits_are_not(workspace):
    """The second week is slower and by another app; traces, sources, hours and what they do elsewhere stay."""
    weeks = [window(1), window(2, lag=900.0, client="Script", day=7)]
    posts = pl.concat([posts for _, posts, _ in weeks])
    evidence = pl.concat([frames["evidence"] for frames, _, _ in weeks])
    sides = [
        evidence.select("trace", "object_id", account_id=s, at=f"{s}_at", post_id=f"{s}_post_id")
        for s in ("left", "right")
    ]
    sources = pl.concat([sources for _, _, sources in weeks])
    acts = pl.concat(sides).unique().join(sources, on=["trace", "object_id"])
    publish(workspace, posts=posts, actions=acts)
    for week, (frames, _, _) in enumerate(weeks):
        record = RunRecord(
            f"r-{week}", "f", {}, 0, {}, (), START, START + timedelta(days=7 * (week + 1), hours=1), notes=()
        )
        every = {name: empty(schema) for name, schema in RUN_SCHEMAS.items()}
        members = pl.concat([every["members"], frames["members"]], how="diagonal")
        save_run(workspace, RunResult(record, every | {"members": members, "evidence": frames["evidence"]}))
    told = lineage_of(workspace, None)
    assert {row["habit"] for row in told["mutations"] if row["alarm"]} == {"lag", "clients"}
    assert {row["habit"] for row in told["mutations"]} >= {"traces", "sources", "hours", "elsewhere"}
    assert "app Web (100\u202f% -> 0\u202f%) to the app Script" in told["clusters"][0]["mutation"]


def publish(workspace, **tables):
    workspace.facts.mkdir(parents=True, exist_ok=True)
    parts = []
    for name, frame in tables.items():
        pl.concat([empty(FACT_SCHEMAS[name]), frame], how="diagonal").write_parquet(workspace.facts / f"{name}.parquet")
        parts.append(Part(name, f"{name}.parquet", frame.height, "s"))
    publish_facts(workspace, [Source("s", "made up", "posts", 1, 1, 0, 0, 0, 0)], parts)
