"""The page of trends: a planted rise stands in the table with its cause and makers, and hostile values are never obeyed."""

import json

import polars as pl
import pytest
from typer.testing import CliRunner

from detectors.trends import Acts, find_trends
from graph.facts import current_facts
from graph.workspace import open_workspace
from investigator_ui.charts import rise
from investigator_ui.cli import app
from investigator_ui.palette import LIGHT
from investigator_ui.services.trending import trends_in
from investigator_ui.views.trend_rows import (
    cause_rows,
    maker_rows,
    manufactured_note,
    rise_line,
    rise_rows,
    rise_sentence,
    rise_title,
    trends_sentence,
)
from tests.detectors.trends.worlds_of_acts import Planted, as_acts, planted_acts, quiet_acts, who

HOSTILE = "![x](http://pixel.example/a.png)"


@pytest.fixture(scope="module")
def trends():
    acts = as_acts(quiet_acts(1, tags=3, days=16) + planted_acts(1, Planted("rise", 24 * 12 + 3, 3, 300, 0.6, HOSTILE)))
    tag = pl.when(pl.col("value") == "rise").then(pl.lit(HOSTILE)).otherwise("value")
    return find_trends(
        Acts(acts.acts, acts.marks.with_columns(value=tag).sort("dimension", "value", "act")), who(), by=("hashtag",)
    )


def test_the_rise_stands_in_the_table(trends):
    row = rise_rows(trends).row(0, named=True)
    assert row["what"] == f"#{HOSTILE}"
    assert (row["kind"], row["since"], row["seen"]) == ("spike", "13 Jan 03:00:00 UTC", 300.0)
    assert row["manufactured"].startswith("60\u202f% (")


def test_hostile_values_reach_no_markdown(trends):
    for said in (rise_sentence(trends, 0), rise_title(trends, 0), trends_sentence(trends, HOSTILE)):
        assert "![x](" not in said
        assert "http://pixel" not in said


def test_cause_and_makers_stand_beside_it(trends):
    first = cause_rows(trends, 0).row(0, named=True)
    assert (first["dimension"], first["value"]) == ("domain", HOSTILE)
    assert maker_rows(trends, 0)["who"].to_list()[0] == "Accounts in flagged clusters"
    assert maker_rows(trends, 0)["share"].to_list()[0] == "60\u202f%"
    assert "looks manufactured" in manufactured_note(trends, 0)


def test_the_picture_shows_the_rise_and_its_surroundings(trends):
    line = rise_line(trends, 0)
    assert line.filter("inside").height == 3
    assert line.height > 90
    assert line["seen"].sum() >= 300
    drawn = rise(line, LIGHT).to_dict()
    assert len(drawn["layer"]) == 4


def test_without_a_run_nothing_is_said_about_who_made_it():
    acts = as_acts(quiet_acts(1, tags=3, days=16) + planted_acts(1, Planted("rise", 24 * 12 + 3, 3, 300, 0.6)))
    found = find_trends(acts, None, by=("hashtag",))
    assert rise_rows(found)["manufactured"][0] == "not known"
    assert maker_rows(found, 0).is_empty()
    assert "No run has flagged anybody yet" in found.rises["sentence"][0]


def test_the_page_of_trends_draws_for_every_dimension(built, open_page):
    for by in ("everything", "share"):
        page = open_page(built, "trends", by=by)
        assert not page.error
        assert "the usual rhythm." in "\n".join(element.value for element in page.markdown)


def test_the_page_stands_before_the_first_ingest(tmp_path, open_page):
    page = open_page(open_workspace(tmp_path / "w", create=True), "trends")
    assert not page.error
    assert "Nothing has been brought in yet" in "\n".join(element.value for element in page.markdown)


def test_the_command_prints_one_document_or_sentences(built):
    place = ["trends", "--workspace", str(built.path), "--by", "share", "--by", "everything"]
    told = json.loads(CliRunner().invoke(app, [*place, "--json"]).stdout)
    assert (told["bin"], told["by"]) == ("1h", ["share", "everything"])
    found = trends_in(current_facts(built), None, ("share", "everything"))
    assert len(told["rises"]) == found.rises.height
    assert CliRunner().invoke(app, place).exit_code == 0


def test_bins_and_dimensions_that_do_not_exist_are_refused(built):
    for wrong in (["--bin", "5min"], ["--by", "mood"]):
        done = CliRunner().invoke(app, ["trends", "--workspace", str(built.path), *wrong])
        assert done.exit_code != 0
        assert "Choose one of" in str(done.exception) or "Choose of" in str(done.exception)
