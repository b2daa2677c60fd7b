"""One account: what it did, whom it acted alike with, and the tests of its innocence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graph.local.store import open_graph
from graph.schemas import EDGE_SCHEMA, EVIDENCE_SCHEMA, MEMBER_SCHEMA
from investigator_ui.views.account_innocence import account_explanations
from investigator_ui.views.account_page import (
    AccountFrames,
    account_sentence,
    account_strip,
    counts_by_trace,
    days,
    link_rows,
    read_account,
    reasons,
)
from investigator_ui.views.neighbour_rows import neighbour_rows
from investigator_ui.views.takeovers import NO_RING

AT = datetime(2026, 11, 14, 3, 12, 3, tzinfo=UTC)


@pytest.fixture
def amber(run, facts):
    frames = read_account(run, facts.scan("accounts"), facts.scan("actions"), "id-amber_kite_100")
    assert frames is not None
    return frames


def framed(first: int, later: int, others: int = 0) -> AccountFrames:
    """An account 'me' that was first on `first` objects and later on `later`, with `others` acts of its own."""
    rows = [
        {
            "left": "me",
            "right": "you",
            "trace": "share",
            "object_id": f"o{number}",
            "left_at": AT + timedelta(hours=number),
            "right_at": AT + timedelta(hours=number, seconds=9 if number < first else -9),
            "gap_s": 9.0 if number < first else -9.0,
            "popularity": 2,
        }
        for number in range(first + later)
    ]
    evidence = pl.DataFrame(
        [{name: row.get(name) for name in EVIDENCE_SCHEMA} for row in rows], schema=dict(EVIDENCE_SCHEMA)
    )
    acts = pl.DataFrame(
        {
            "at": [AT + timedelta(hours=number) for number in range(first + later)]
            + [AT - timedelta(hours=number + 1) for number in range(others)],
            "trace": ["share"] * (first + later + others),
            "object_id": [f"o{number}" for number in range(first + later + others)],
            "post_id": [f"p{number}" for number in range(first + later + others)],
        }
    )
    empty = {
        name: pl.DataFrame(schema=dict(schema)) for name, schema in (("edge", EDGE_SCHEMA), ("member", MEMBER_SCHEMA))
    }
    return AccountFrames("me", {}, {}, empty["member"], empty["edge"], evidence, acts, NO_RING)


def verdicts(frames: AccountFrames) -> dict[str, str]:
    return {one.name: one.verdict for one in account_explanations(frames)}


def test_an_account_that_is_always_first_may_have_been_copied():
    assert verdicts(framed(first=30, later=0))["Copied by others"] == "explains part"


def test_an_account_that_is_never_first_was_not_copied():
    assert verdicts(framed(first=0, later=30))["Copied by others"] == "ruled out"


def test_few_moments_cannot_tell_who_copied_whom():
    assert verdicts(framed(first=3, later=0))["Copied by others"] == "open"


def test_acts_together_that_are_the_exception_in_its_life_stay_open():
    assert verdicts(framed(first=2, later=3, others=95))["Mostly a life of its own"] == "open"
    assert verdicts(framed(first=2, later=3))["Mostly a life of its own"] == "ruled out"


def test_evidence_on_one_object_stays_open():
    assert verdicts(framed(first=1, later=0))["One shared interest"] == "open"
    assert verdicts(framed(first=5, later=5))["One shared interest"] == "ruled out"


def test_an_account_without_evidence_has_nothing_to_explain():
    assert account_explanations(framed(first=0, later=0, others=3)) == []


def test_counts_by_trace_separate_evidence_from_everything_else(amber):
    rows = {what: (acts, together) for _, what, acts, _, together in counts_by_trace(amber).iter_rows()}
    assert rows["shared posts"][1] == 9
    assert rows["used hashtags"][1] == 0
    assert sum(acts for acts, _ in rows.values()) == amber.acts.height


def test_an_act_that_is_evidence_as_content_is_counted_by_the_trace_it_was_done_by():
    plain = framed(first=4, later=0)
    fused = plain.evidence.with_columns(trace=pl.lit("content"), object_id="text:" + pl.col("object_id"))
    many = replace(plain, evidence=pl.concat([plain.evidence, fused]))
    assert counts_by_trace(many).rows() == counts_by_trace(plain).rows()
    assert counts_by_trace(many)["together"].to_list() == [4]
    assert days(many).rows() == days(plain).rows()
    said = {one.name: one.sentence for one in account_explanations(many)}
    assert said["One shared interest"].startswith("Its evidence rests on 4 objects; post o0 alone makes 25")


def test_days_count_each_act_once_and_mark_the_evidence(amber):
    by_day = days(amber)
    assert by_day["all"].sum() == amber.acts.select("at", "post_id").n_unique()
    assert (by_day["together"] <= by_day["all"]).all()


def test_links_tell_seen_expected_chance_and_who_was_first(amber):
    rows = link_rows(amber, {"id-north_meadow_533": "north_meadow_533"})
    first = rows.row(0, named=True)
    assert (first["account"], first["seen"], first["expected"]) == ("north_meadow_533", 6, "0.19")
    assert first["chance"] == "less than 1 in a million"
    assert rows["first"].is_between(0, 1).all()


def test_the_sentence_and_the_strip_say_what_is_known(amber):
    assert account_sentence(amber).startswith(
        "It did the same thing to **11 objects** at nearly the same time as **34 other accounts**"
    )
    assert ("Followers", "33\u202fk", "") in account_strip(amber)


def test_reasons_call_others_by_their_names(amber):
    said = "Shared the same 6 posts as id-north_meadow_533 within 60 s; chance explains fewer than 0.1."
    told = replace(amber, result={"reasons": ["Core in C-2291.", said]})
    assert reasons(told, {"id-north_meadow_533": "north *meadow*"}) == [
        "Core in C-2291.",
        r"Shared the same 6 posts as north \*meadow\* within 60 s; chance explains fewer than 0.1.",
    ]


def test_a_reader_is_said_to_have_done_nothing_alike(run, facts):
    frames = read_account(run, facts.scan("accounts"), facts.scan("actions"), "id-reader_01")
    assert frames is not None
    assert account_sentence(frames).startswith("It did not act alike with any other account more often than chance")


def test_an_account_nobody_knows_is_none(run, facts):
    assert read_account(run, facts.scan("accounts"), facts.scan("actions"), "nobody") is None


def test_neighbours_tell_both_directions(built):
    with open_graph(built) as store:
        near = store.neighbourhood("id-amber_kite_100", hops=1, limit_nodes=25)
    rows = neighbour_rows(near)
    assert rows.height == len(near.accounts) - 1
    assert rows.filter(pl.col("account") == "quiet_ladder_581").row(0)[:3] == (
        "quiet_ladder_581",
        "1 × reply, 1 × share",
        "1 × mention",
    )


def test_protection_is_told_only_when_there_is_one(amber):
    def labels(tier):
        return [
            label for label, *_ in account_strip(replace(amber, profile={**amber.profile, "protection_tier": tier}))
        ]

    assert "Protected" not in labels(None)
    assert "Protected" not in labels("none")
    assert "Protected" in labels("candidate")
