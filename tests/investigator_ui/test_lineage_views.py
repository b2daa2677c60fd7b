"""The pane 'Before this run': the sentence, the line, the habits; names of the data are shown and never obeyed."""

import dataclasses

import polars as pl

from detectors.lineage.mutation import MUTATION_SCHEMA
from investigator_ui.services.past import past_of
from investigator_ui.views.lineage_rows import before_sentence, change_rows, change_sentence, line_rows


def test_a_group_with_a_past_says_who_stayed(built, world):
    past = past_of(built, None)
    assert before_sentence(past, world.TAGS) == (
        "The same group in **1 earlier run**, first in r-0411-19bc. Since r-0411-19bc **12 stayed**, 0 left and 0 joined."
    )
    assert change_sentence(past, pl.DataFrame(schema=dict(MUTATION_SCHEMA)), world.TAGS).startswith(
        "Both runs end with"
    )
    assert line_rows(past, world.TAGS).rows() == [
        ("r-0412-7f3a", "C-2288", 12, "12 (100\u202f%)", "0 (0\u202f%)", "0 (0\u202f%)"),
        ("r-0411-19bc", "C-2288", 12, "", "", ""),
    ]


def test_a_new_group_and_a_first_run_are_two_texts(built, world):
    assert before_sentence(past_of(built, None), world.BIG) == "No earlier run holds this group: it is new here."
    first = past_of(built, world.EARLIER_RUN_ID)
    assert before_sentence(first, world.TAGS).startswith("This is the first run")


def test_who_stands_beside_the_cluster_is_counted_nowhere_in_its_line(own, world):
    """Forty members, a target and a bystander: forty stayed."""
    world.save_world_run(own, "r-0413", (world.BIG,))
    assert "**40 stayed**, 0 left and 0 joined" in before_sentence(past_of(own, None), world.BIG)


def test_where_it_split_from_is_named_and_not_obeyed(built, world):
    past = past_of(built, None)
    born = pl.col("cluster_after") == world.BIG
    hostile = past.relations.with_columns(
        relation=pl.when(born).then(pl.lit("split")).otherwise("relation"),
        cluster_before=pl.when(born).then(pl.lit("![x](http://a.example)")).otherwise("cluster_before"),
    )
    said = before_sentence(dataclasses.replace(past, relations=hostile), world.BIG)
    assert said.startswith("A part of ")
    assert "![x](" not in said
    assert "http://a" not in said


def test_habits_are_listed_with_the_news_first():
    base = dict.fromkeys(MUTATION_SCHEMA) | {"cluster_after": "C", "reference": "own acts"}
    rows = pl.DataFrame(
        [
            base | {"habit": "lag", "jsd": 0.01, "line": 0.2, "alarm": False, "change": "lag about 18 s -> about 18 s"},
            base | {"habit": "clients", "jsd": 0.9, "line": 0.2, "alarm": True, "change": "moved from <b>a</b>"},
        ],
        schema=dict(MUTATION_SCHEMA),
    )
    shown = change_rows(rows, "C")
    assert shown["habit"].to_list() == ["Apps", "Pace"]
    assert shown["news"].to_list() == ["changed, by own acts", "as before, by own acts"]


def test_the_cluster_page_says_what_was_before(built, open_page, world):
    page = open_page(built, "cluster", cluster=world.TAGS)
    assert not page.error
    said = "\n".join(element.value for element in page.markdown)
    assert "Before this run" in said
    assert "**12 stayed**, 0 left and 0 joined" in said
