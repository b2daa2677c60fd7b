"""What the pages keep between drawings is known by its run and its facts: newer ones are read anew."""

from dataclasses import replace

import polars as pl

from graph.facts import Part, current_facts, publish_facts
from graph.results import RunResult
from graph.runs import load_run, save_run
from graph.schemas import RUN_SCHEMAS


def words(page) -> str:
    return "\n".join(element.value for element in page.markdown)


def listed(page) -> list[str]:
    return next(table.value["account"].to_list() for table in page.dataframe if "belongs" in table.value.columns)


def test_names_follow_the_facts(own, open_page, world):
    """A second export tells another handle; of two, the one that sorts first is shown."""
    assert "amber_kite_100" in listed(open_page(own, "cluster", cluster=world.BIG))
    facts = current_facts(own)
    known = facts.scan("accounts").filter(pl.col("account_id") == "id-amber_kite_100")
    known.with_columns(handle=pl.lit("aardvark")).collect().write_parquet(own.facts / "accounts-1.parquet")
    source = replace(facts.sources[0], sha256="cd" * 32)
    publish_facts(own, [source], [Part("accounts", "accounts-1.parquet", 1, source.sha256)])
    now = listed(open_page(own, "cluster", cluster=world.BIG))
    assert "aardvark" in now
    assert "amber_kite_100" not in now


def test_a_cluster_follows_its_run(own, open_page, world):
    assert "**40 accounts** are held together" in words(open_page(own, "cluster", cluster=world.BIG))
    run = load_run(own)
    frames = {name: run.frame(name) for name in RUN_SCHEMAS}
    frames["members"] = frames["members"].filter(pl.col("account_id") != "id-amber_kite_100")
    save_run(own, RunResult(run.record, frames, run.stages, run.finished_at, run.finished_at))
    assert "**39 accounts** are held together" in words(open_page(own, "cluster", cluster=world.BIG))
