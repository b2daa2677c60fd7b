"""What a report shows is what the run holds: counted by hand beside, and honest about what is left out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import ModuleType
from typing import cast

import polars as pl
import pytest

from casework.figures import MOST_ACTS, MOST_ROWS, expected_vs_seen, network, timeline
from casework.report_content import Signal, cluster_content
from casework.report_look import FAMILY_COLOURS, chance, moment, number, percent, span
from graph.facts import Facts
from graph.results import RunResult
from graph.runs import StoredRun, save_run
from graph.schemas import RUN_SCHEMAS
from graph.traces import TRACES
from graph.workspace import Workspace

START = datetime(2026, 3, 1, tzinfo=UTC)


def test_the_strongest_objects_agree_with_a_slow_count(run: StoredRun) -> None:
    content = cluster_content(run, "c-ring")
    rows = run.frame("evidence").filter(pl.col("cluster_id") == "c-ring").to_dicts()
    assert content.object_count == len({(row["trace"], row["object_id"]) for row in rows})
    for thing in content.objects:
        own = [row for row in rows if (row["trace"], row["object_id"]) == (thing.trace, thing.object_id)]
        assert thing.members == len({row[side] for row in own for side in ("left", "right")})
        assert thing.gap_seconds == min(abs(row["gap_s"]) for row in own)
        assert abs((thing.right_at - thing.left_at).total_seconds()) == thing.gap_seconds
    order = [(-thing.members, thing.popularity, thing.gap_seconds) for thing in content.objects]
    assert order == sorted(order)


def test_members_come_strongest_first_and_carry_their_number(run: StoredRun) -> None:
    members = cluster_content(run, "c-ring").members
    assert [member.number for member in members] == list(range(1, 9))
    assert [member.score for member in members] == sorted((member.score for member in members), reverse=True)


def test_a_target_is_no_member_and_carries_the_sentence_of_the_run(run: StoredRun) -> None:
    content = cluster_content(run, "c-ring")
    assert "reader_00" not in {member.account_id for member in content.members}
    assert [target.account_id for target in content.targets] == ["reader_00"]
    assert content.targets[0].sentence.startswith("Possible target of c-ring, not a member.")


def test_every_act_of_the_evidence_is_on_the_timeline_once(run: StoredRun) -> None:
    rows = run.frame("evidence").filter(pl.col("cluster_id") == "c-ring").to_dicts()
    acts = {(row[side], row["trace"], row[f"{side}_at"]) for row in rows for side in ("left", "right")}
    shown = list(cluster_content(run, "c-ring").acts.iter_rows())
    assert set(shown) == acts
    assert len(shown) == len(acts)


def test_figures_say_in_words_what_they_draw(run: StoredRun) -> None:
    content = cluster_content(run, "c-ring")
    drawn = [expected_vs_seen(content.signals), timeline(content), network(content)]
    for figure in drawn:
        assert figure is not None
        assert 'role="img" aria-label="' in figure.svg
        assert " id=" not in figure.svg  # ids of three pictures on one page would clash
        assert " style=" not in figure.svg  # the page's policy forbids it


def test_a_sign_within_the_range_of_chance_is_told_as_such() -> None:
    two = Signal("signup_burst", "automation", 0.0, 2.0, 1.0, 1.0, 1.0, 0.3, "Two.")
    assert (two.is_beyond_chance, two.is_within_chance) == (False, True)
    nine = replace(two, seen=9.0, p=1e-8)
    assert (nine.is_beyond_chance, nine.is_within_chance) == (True, False)
    unmeasured = replace(two, expected=None, high=None)
    assert (unmeasured.is_beyond_chance, unmeasured.is_within_chance) == (False, False)


def test_names_stand_in_pictures_as_text(run: StoredRun) -> None:
    figure = timeline(cluster_content(run, "c-ring"))
    assert figure is not None
    assert "&lt;script&gt;alert(" in figure.svg
    assert "<script" not in figure.svg


@pytest.fixture
def crowd(workspace: Workspace, sample: ModuleType) -> StoredRun:
    """A cluster of 300 accounts in a chain, 20 shared objects per pair."""
    whole: RunResult = sample.sample_result()
    names = [f"account_{number:03d}" for number in range(300)]
    pairs = list(pairwise(names))
    evidence = [
        {
            "cluster_id": "c-ring", "left": left, "right": right, "trace": "share", "window_seconds": 60,
            "object_id": f"o{number}", "left_at": START + timedelta(minutes=7 * number, seconds=place),
            "right_at": START + timedelta(minutes=7 * number, seconds=place + 1), "gap_s": 1.0, "popularity": 300,
        }
        for place, (left, right) in enumerate(pairs)
        for number in range(20)
    ]  # fmt: skip
    edges = [
        {"cluster_id": "c-ring", "left": a, "right": b, "trace": "share", "window_seconds": 60, "n": 20}
        for a, b in pairs
    ]
    members = [
        {"cluster_id": "c-ring", "account_id": name, "role": "core", "score": 0.5, "links": 2, "x": 0.0, "y": 0.0}
        for name in names
    ]
    frames = dict(whole.frames)
    for name, rows in (("evidence", evidence), ("edges", edges), ("members", members)):
        schema = RUN_SCHEMAS[name]
        frames[name] = pl.DataFrame(
            [{column: row.get(column) for column in schema} for row in rows], schema=dict(schema)
        )
    return save_run(workspace, RunResult(whole.record, frames))


def test_what_is_too_much_to_draw_is_cut_and_said(crowd: StoredRun) -> None:
    content = cluster_content(crowd, "c-ring")
    rows, links = timeline(content), network(content)
    assert rows is not None and links is not None
    assert f"The {MOST_ROWS} accounts that belong most of 300 are drawn." in rows.caption
    assert rows.svg.count("account_") >= MOST_ROWS
    assert len(content.acts) > MOST_ACTS
    assert "300 accounts, 299 links" in links.caption


def test_several_windows_of_one_pair_count_once(workspace: Workspace, sample: ModuleType) -> None:
    whole = sample.sample_result()
    edges = whole.frames["edges"]
    wider = edges.with_columns(window_seconds=pl.lit(9_999, pl.Int64), p=pl.col("p") * 10)
    once = save_run(workspace, whole)
    before = cluster_content(once, "c-ring")
    twice = save_run(workspace, RunResult(whole.record, {**whole.frames, "edges": pl.concat([edges, wider])}))
    after = cluster_content(twice, "c-ring")
    assert after.pairs == before.pairs
    pictures = network(after), network(before)
    assert pictures[0] == pictures[1]


def test_what_stands_as_content_too_is_told_once_by_what_it_was(workspace: Workspace, sample: ModuleType) -> None:
    whole = sample.sample_result()
    before = cluster_content(save_run(workspace, whole), "c-ring")
    named = {"share": "post:", "text": "text:", "url": "url:", "media": "media:"}

    def fused(rows: pl.DataFrame) -> pl.DataFrame:
        own = rows.filter(pl.col("trace").is_in(list(named)))
        return own.with_columns(pl.lit("content").alias("trace"))

    rows = whole.frames["evidence"]
    prefixed = pl.concat_str(pl.col("trace").replace_strict(named, default=""), "object_id")
    more = fused(rows.with_columns(object_id=prefixed))
    edges = whole.frames["edges"]
    frames = {
        **whole.frames,
        "evidence": pl.concat([rows, more]),
        "edges": pl.concat([edges, fused(edges).unique(["left", "right", "window_seconds"])]),
    }
    assert more.height
    after = cluster_content(save_run(workspace, RunResult(whole.record, frames)), "c-ring")
    assert after.objects == before.objects
    assert after.object_count == before.object_count
    assert after.acts.equals(before.acts)
    told = [(pair.left, pair.right, pair.trace) for pair in after.pairs]
    assert not {(left, right) for left, right, trace in told if trace == "content"} & {
        (left, right) for left, right, trace in told if trace in named
    }


class Posts:
    """Facts of one table: the posts."""

    version = "1"

    def scan(self, name: str) -> pl.LazyFrame:
        columns = {"posts": ("post_id", "text"), "accounts": ("account_id", "handle")}
        first, second = columns.get(name, ("fingerprint", "normal_text"))
        rows = {first: ["p1"], second: ["words of the post"]} if name == "posts" else {first: [], second: []}
        return pl.LazyFrame(rows, schema={first: pl.String, second: pl.String})


def test_a_shared_post_is_told_with_its_text(workspace: Workspace, sample: ModuleType) -> None:
    whole = sample.sample_result()
    evidence = whole.frames["evidence"].with_columns(trace=pl.lit("share"), object_id=pl.lit("p1"))
    run = save_run(workspace, RunResult(whole.record, {**whole.frames, "evidence": evidence}))
    told = cluster_content(run, "c-ring", cast("Facts", Posts())).objects
    assert [(thing.trace, thing.object_id, thing.text) for thing in told] == [("share", "p1", "words of the post")]


def test_what_may_still_clear_the_group_stands_first(run: StoredRun) -> None:
    order = ("open", "explains part", "explains little", "ruled out")
    told = [order.index(guard.verdict) for guard in cluster_content(run, "c-ring").guards]
    assert told == sorted(told)
    assert len(set(told)) > 1


def test_every_family_of_traces_has_a_colour() -> None:
    assert {trace.family for trace in TRACES.values()} <= set(FAMILY_COLOURS)


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (2.5e-6, "about 1 in 400,000"),
        (2.3e-6, "about 1 in 400,000"),
        (1e-9, "less than 1 in a million"),
        (0.0, "less than 1 in a million"),
        (0.002, "about 1 in 500"),
        (0.12, "about 1 in 8"),
        (0.9, "more often than not"),
        (1.0, "more often than not"),
        (None, "cannot tell"),
        (float("nan"), "cannot tell"),
        (-1.0, "cannot tell"),
    ],
)
def test_chance_is_told_as_a_frequency(p: float | None, words: str) -> None:
    assert chance(p) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1204, "1,204"),
        (13.3, "13.3"),
        (0.04, "0.04"),
        (400.4, "400"),
        (None, "cannot tell"),
        (float("nan"), "cannot tell"),
    ],
)
def test_numbers_are_exact_where_people_count(value: float | None, words: str) -> None:
    assert number(value) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(7.0, "7 s"), (0.25, "0.2 s"), (119.0, "119 s"), (2400.0, "40 min"), (777_600.0, "9 d"), (None, "cannot tell")],
)
def test_lengths_of_time_are_in_one_unit(seconds: float | None, words: str) -> None:
    assert span(seconds).replace("\u202f", " ") == words


def test_shares_and_moments_are_spelled_one_way() -> None:
    assert percent(0.78) == "78\u202f%"
    assert moment(datetime(2026, 3, 2, 8, 12, 3, tzinfo=UTC)) == "2 Mar 2026 08:12:03"
