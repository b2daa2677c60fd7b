"""The runs page: the list, the funnel, parameters, and rows that add up."""

import dataclasses

from graph.facts import Source
from graph.results import Stage
from graph.runs import list_runs
from investigator_ui.views.method import funnel_rows, input_rows, level_told, parameter_rows, stage_rows
from investigator_ui.views.run_list import ingest_sentence, quarantine_summary, run_rows, runs_sentence, source_rows


def test_runs_are_listed_newest_first(built):
    assert run_rows(list_runs(built)).select("run", "clusters", "alert", "accounts").rows() == [
        ("r-0412-7f3a", 3, 2, 70),
        ("r-0411-19bc", 1, 0, 22),
    ]


def test_the_sentence_of_a_run_says_what_it_read_and_found(run):
    assert runs_sentence(run) == (
        "It read **50,412** actions and found **3 clusters** beyond chance, **2** of them to alert, with 60 accounts in them."
    )


def test_the_funnel_says_from_how_many_each_stage_made_what(run):
    rows = funnel_rows(run)
    assert rows["kept"].to_list() == [50_412, 9_204, 3_118, 612, 3]
    assert [words.replace("\u202f", " ") for words in rows["dropped"]] == [
        "from 50 k · 3 s",
        "from 50 k · touched once, or by too many · 1 s",
        "from 9,204 · 10 s",
        "from 3,118 · 2 s",
        "from 612 · under 1 s",
    ]


def test_passes_over_traces_and_windows_are_one_bar(run):
    stages = (
        Stage("read", 0, 90, 1.0),
        Stage("pairs: url within 60 s", 90, 5, 1.0),
        Stage("pairs: share within 60 s", 70, 7, 2.0),
    )
    many = dataclasses.replace(run, stages=stages)
    rows = funnel_rows(many)
    assert rows.select("stage", "kept").rows() == [("Read", 90), ("Pairs", 12)]
    assert rows["dropped"][1].replace("\u202f", " ") == "from 90 · 2 passes · 3 s"
    assert stage_rows(many).height == 3
    assert runs_sentence(many).startswith("It read **90** actions")


def test_a_run_tells_its_level_with_what_replays_say(run):
    found = {"review_level": 3.9, "alert_level": 5.25, "empirical_fdr": {"review": 0.0, "alert": 0.0}, "replays": 5}
    record = dataclasses.replace(run.record, calibration=found)
    said = level_told(dataclasses.replace(run, record=record)).replace("\u202f", " ")
    assert said.startswith("In 5 replays of this data without coordination, clusters held 0 % as many accounts as were")
    assert level_told(dataclasses.replace(run, record=dataclasses.replace(record, calibration={}))) == ""


def test_nested_parameters_are_told_one_per_row(run):
    assert parameter_rows(run.record.parameters).rows() == [
        ("communities.resolution", "0.05"),
        ("min_shared_objects", "3"),
        ("q", "0.01"),
        ("windows", "60, 600, 3600"),
    ]
    assert input_rows(run)["accepted"].to_list() == [50_412]


def test_the_account_of_a_file_adds_up_or_says_that_it_does_not(facts):
    good = facts.sources[0]
    bad = Source("cd", "late.csv", "posts", read=10, accepted=8, quarantined=0, duplicates=0, blank=0, warned=0)
    assert source_rows([good, bad])["adds_up"].to_list() == ["yes", "NO"]
    assert ingest_sentence([good]) == (
        "**50,440** rows read = **50,412** accepted + **14** set aside + 9 duplicates + 5 blank."
    )


def test_what_was_set_aside_is_counted_by_reason_with_an_example(facts):
    rows = quarantine_summary(facts.scan("quarantine"))
    assert rows.select("reason", "rows").rows() == [("bad id", 11), ("bad timestamp", 3)]
    assert rows["example"][0].startswith("march <posts>.csv: account_id 1.23E+17 lost its last digits")
