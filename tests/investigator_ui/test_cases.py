"""The case for and the case against a cluster, and what it shared most."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl

from graph.schemas import EDGE_SCHEMA, EVIDENCE_SCHEMA, SIGNAL_SCHEMA
from investigator_ui.views.case_against import (
    explanations,
    open_note,
    ruled_out,
    ruled_out_note,
    still_standing,
    what_would_clear_it,
)
from investigator_ui.views.case_for import seen_and_expected, signal_note, signal_rows, signal_sentences
from investigator_ui.views.cluster_head import badge_words, both_sides, facts_strip, read_cluster
from investigator_ui.views.shared_most import objects_note, top_lines, top_objects


def table(schema, *rows):
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=dict(schema))


def test_signals_are_drawn_in_times_what_chance_explains():
    signals = table(
        SIGNAL_SCHEMA,
        {"name": "share_overlap", "value": 0.9, "seen": 412.0, "expected": 13.3, "low": 6.65, "high": 26.6},
        {"name": "reply_overlap", "value": 0.1, "seen": 26.0, "expected": 20.0, "low": 12.0, "high": 30.0},
    )
    rows = signal_rows(signals)
    assert rows["signal"].to_list() == ["Shares", "Same replies"]
    assert rows["words"].to_list() == ["412 seen · 13.3 expected", "26 seen · 20 expected"]
    assert [round(ratio, 1) for ratio in rows["ratio"]] == [31.0, 1.3]
    assert rows["outside"].to_list() == [True, False]
    assert signal_note(signals) == "1 of 2 signals beyond chance"


def test_two_created_together_where_one_was_expected_are_drawn_within_chance():
    """The fullest of many spans leaves the band of one span; its own test pays for the search and says: once in three."""
    signals = table(
        SIGNAL_SCHEMA,
        {
            "name": "signup_burst",
            "value": 0.0,
            "seen": 2.0,
            "expected": 1.0,
            "low": 1.0,
            "high": 1.0,
            "p": 0.3,
            "sentence": "Two.",
        },
        {
            "name": "url_overlap",
            "value": 0.4,
            "seen": 9.0,
            "expected": 1.0,
            "low": 0.0,
            "high": 3.0,
            "p": 1e-8,
            "sentence": "Nine.",
        },
    )
    assert signal_rows(signals)["outside"].to_list() == [True, False]
    assert signal_note(signals) == "1 of 2 signals beyond chance"
    assert seen_and_expected(signals) == [("Same links", "9 seen · 1 expected")]
    assert signal_sentences(signals) == [
        ("Same links", "Nine."),
        ("Created together · within the range of chance, counts for nothing", "Two."),
    ]


def test_an_expectation_of_nothing_or_a_missing_one_still_draws():
    signals = table(
        SIGNAL_SCHEMA,
        {"name": "url_overlap", "value": 0.9, "seen": 5.0, "expected": 0.0, "low": 0.0, "high": 0.0},
        {"name": "signup", "value": 0.8, "seen": 5.0, "sentence": "Created together."},
    )
    rows = signal_rows(signals)
    assert rows["signal"].to_list() == ["Same links"]
    assert rows.select((pl.col("ratio", "low", "high") > 0).all()).row(0) == (True, True, True)
    assert [name for name, _ in signal_sentences(signals)] == ["Same links", "Created together"]


def test_signals_are_called_by_their_trace_and_obey_nothing():
    signals = table(
        SIGNAL_SCHEMA,
        *({"name": name, "value": 0.5, "sentence": "s"} for name in ("content_company", "odd\u202esign")),
    )
    assert [name for name, _ in signal_sentences(signals)] == ["Same content, in company", "Odd⟨U+202E⟩sign"]


def test_explanations_that_are_ruled_out_are_named_in_one_line(run):
    said = explanations(run.frame("guards").filter(pl.col("cluster_id") == "C-2291"))
    assert [one.verdict for one in still_standing(said)] == ["open", "explains part", "explains little"]
    gone = ruled_out(said)
    name = gone[0].name
    assert ruled_out_note(gone, len(said)) == f"1 of 4 ruled out: {name[:1].lower()}{name[1:]}"


def test_the_cases_tell_content_by_what_it_was_and_only_once():
    sides = {"left": "a", "right": "b", "left_at": datetime(2026, 11, 14, tzinfo=UTC)}
    acts = [("content", "text:5ab7", 60), ("text", "5ab7", 60), ("text", "5ab7", 7200), ("means", "ip:x", 1)]
    evidence = table(
        EVIDENCE_SCHEMA,
        *(
            {
                **sides,
                "trace": trace,
                "object_id": id_,
                "right_at": sides["left_at"] + timedelta(seconds=gap),
                "popularity": 2,
            }
            for trace, id_, gap in acts
        ),
    )
    objects = top_objects(evidence)
    assert objects.rows() == [("ip", "x", 2, 0), ("text", "5ab7", 2, 0)]
    assert [name for name, _ in top_lines(objects, {})] == ["x", "near-copy 5ab7"]
    assert objects_note(objects) == "of 2 objects: 1 network addresses, 1 near-identical texts"


def test_without_content_shares_of_that_content_do_not_hold_the_group():
    pair = {"left": "a", "right": "b", "n": 5}
    edges = table(EDGE_SCHEMA, {**pair, "trace": "content"}, {**pair, "trace": "content"}, {**pair, "trace": "share"})
    assert "Without that no two accounts stay linked." in what_would_clear_it(edges, 2)


def test_explanations_that_may_still_clear_the_group_come_first(run):
    said = explanations(run.frame("guards").filter(pl.col("cluster_id") == "C-2291"))
    assert [one.verdict for one in said] == ["open", "explains part", "explains little", "ruled out"]
    assert open_note(said) == "2 of 4 still open"
    assert open_note([]) == "no test was made"


def test_what_would_clear_it_counts_who_stays_linked_without_the_strongest_trace():
    edges = table(
        EDGE_SCHEMA,
        {"left": "a", "right": "b", "trace": "share"},
        {"left": "a", "right": "c", "trace": "share"},
        {"left": "a", "right": "b", "trace": "url"},
    )
    assert what_would_clear_it(edges, 3).endswith("Without that 2 of 3 accounts are still linked by other traces.")
    assert what_would_clear_it(edges.head(2), 3).endswith("Without that no two accounts stay linked.")
    assert what_would_clear_it(edges.clear(), 3) == ""


def test_shared_most_counts_members_and_others():
    evidence = table(
        EVIDENCE_SCHEMA,
        {"left": "a", "right": "b", "trace": "url", "object_id": "x", "popularity": 12},
        {"left": "a", "right": "c", "trace": "url", "object_id": "x", "popularity": 12},
        {"left": "a", "right": "b", "trace": "share", "object_id": "y", "popularity": 2},
    )
    objects = top_objects(evidence)
    assert objects.rows() == [("url", "x", 3, 9), ("share", "y", 2, 0)]
    assert top_lines(objects, {})[0][1] == "3 members · 9 others"


def test_the_head_weighs_both_sides_in_one_sentence(run):
    frames = read_cluster(run, "C-2291")
    assert frames is not None
    sentence = both_sides(frames, explanations(frames.guards))
    assert sentence.startswith("**40 accounts** are held together by **451 links** that chance does not explain")
    assert sentence.endswith("**2 of 4 innocent explanations** are still open.")
    assert ("Risk", "0.94", "confidence high") in facts_strip(frames)


def test_the_head_says_what_must_be_known_before_escalating(run):
    said = {}
    for cluster_id in ("C-2291", "C-2288", "C-2304"):
        frames = read_cluster(run, cluster_id)
        assert frames is not None
        said[cluster_id] = badge_words(frames.cluster), both_sides(frames, [])
    assert said["C-2291"][0] == ("solid", "green", "verified")
    assert "escalate" not in said["C-2291"][1]
    assert said["C-2288"][0] == ("fragile", "orange", "warning")
    assert "**fragile**: in repeated runs its members came back together to 0.62" in said["C-2288"][1]
    assert said["C-2304"][0] == ("do not escalate", "red", "do_not_disturb_on")
    assert "**Do not escalate on this alone**" in said["C-2304"][1]


def test_the_strip_tells_the_reach_apart_from_the_risk(run):
    frames = read_cluster(run, "C-2291")
    assert frames is not None
    told = ("Reach", "1,204", "others met it · severity 0.70")
    assert told in facts_strip(frames)


def test_a_run_of_an_older_version_has_no_badge_and_no_reach(run):
    frames = read_cluster(run, "C-2291")
    assert frames is not None
    older = replace(
        frames, cluster=frames.cluster | {"badge": None, "stability": None, "reach": None, "severity": None}
    )
    assert badge_words(older.cluster) is None
    assert both_sides(older, []).endswith("No innocent explanation was tested yet.")
    assert "Reach" not in [label for label, *_ in facts_strip(older)]


def test_a_cluster_that_the_run_does_not_have_is_none(run):
    assert read_cluster(run, "C-0000") is None


def test_the_meetings_of_a_rotating_pool_are_not_called_links_beyond_chance(run):
    frames = read_cluster(run, "C-2291")
    assert frames is not None
    pool = replace(frames, edges=frames.edges.with_columns(q=pl.lit(1.0)))
    pairs = frames.edges.select("left", "right").n_unique()
    assert f"**{pairs} pairs** met, none often enough to be told from chance" in both_sides(pool, [])
    assert ("Pairs beyond chance", "0", f"of {pairs} that met") in facts_strip(pool)
    one_alone = pl.when(pl.int_range(pl.len()) == 0).then(pl.col("q")).otherwise(1.0)
    mixed = replace(frames, edges=frames.edges.with_columns(q=one_alone))
    assert "**1 link** that chance does not explain and by the company they keep by turns" in both_sides(mixed, [])
