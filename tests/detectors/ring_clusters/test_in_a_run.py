"""A run on a small town where eight accounts are taken over: the ring is a cluster of the run, with all that pages and reports read."""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from detectors import Settings, detect
from detectors.ring_clusters.words import single_sentence
from graph.results import RunResult
from graph.schemas import RUN_SCHEMAS
from tests.detectors.ring_clusters.small_world import (
    DEVICE,
    LINK,
    PEOPLE,
    START,
    VICTIMS,
    login,
    shuffled,
    site,
    taken_at,
    town,
)

QUICK = Settings(replays=0)


@pytest.fixture(scope="module")
def run() -> RunResult:
    return detect(town(), QUICK)


def ring_of(run: RunResult) -> dict[str, object]:
    (row,) = run.frames["clusters"].filter(pl.col("kind") == "compromised").to_dicts()
    return row


def test_the_ring_is_a_cluster_of_kind_compromised_with_its_victims(run: RunResult):
    ring = ring_of(run)
    members = run.frames["members"].filter(pl.col("cluster_id") == ring["cluster_id"])
    assert ring["type"] == "compromised"
    assert members["account_id"].to_list() == list(VICTIMS)
    assert set(members["role"]) == {"victim"}
    assert ring["size"] == 8 and ring["density"] == 1.0


def test_every_frame_has_the_columns_of_its_schema(run: RunResult):
    for name, schema in RUN_SCHEMAS.items():
        assert dict(run.frames[name].schema) == dict(schema), name


def test_every_account_has_one_row_and_only_the_victims_are_flagged(run: RunResult):
    accounts = run.frames["accounts"]
    assert accounts["account_id"].n_unique() == accounts.height == PEOPLE
    flagged = accounts.filter(pl.col("tier").is_in(["alert", "review"]))
    assert flagged["account_id"].to_list() == list(VICTIMS)
    assert set(flagged["kind"]) == {"compromised"}
    assert all(reasons[0].startswith(f"Victim in {ring_of(run)['cluster_id']}") for reasons in flagged["reasons"])


def test_an_alert_has_two_families_and_one_family_alone_is_for_review():
    both = detect(town(), QUICK)
    alone = detect(town(posts=False, fought=False), QUICK)
    assert ring_of(both)["tier"] == "alert"
    assert set(alone.frames["signals"].filter(pl.col("value") > 0)["family"]) == {"infrastructure"}
    assert ring_of(alone)["tier"] == "review"
    assert ring_of(alone)["risk"] <= 0.6


def test_signals_name_what_was_taken_up_and_how_often_that_comes_together(run: RunResult):
    said = dict(run.frames["signals"].select("name", "sentence").iter_rows())
    content = said["takeover_content"]
    assert (
        content.startswith("8 accounts took up") and f"links to {site(LINK)} within" in content and "105 min" in content
    )
    assert "By chance: less than 1 in a million." in content
    assert said["takeover_access"].startswith("8 of 8 accounts had log-ins fail")


def test_a_single_new_thing_is_told_beside_those_who_took_up_another():
    assert single_sentence(9, "the device x", 3 * 3600, 9, 8, 9 / 40, 1e-5) == (
        "9 accounts took up the device x within 3 h. 8 of the 9 that took it up then broke with their other habits on that day; of the "
        "accounts that took up something else of that kind in that week 1 in 40 did. By chance: about 1 in 100,000."
    )


def test_evidence_holds_both_times_of_first_use_of_each_shared_new_thing(run: RunResult):
    rows = run.frames["evidence"].filter((pl.col("trace") == "device") & (pl.col("left") == VICTIMS[0]))
    assert rows["object_id"].unique().to_list() == [DEVICE]
    assert rows["right"].to_list() == list(VICTIMS[1:])
    assert rows["left_at"].unique().to_list() == [taken_at(0)]
    assert rows["right_at"].to_list() == [taken_at(number) for number in range(1, 8)]
    assert rows["gap_s"].to_list() == [900.0 * number for number in range(1, 8)]
    assert set(rows["popularity"]) == {8}


def test_edges_count_the_new_things_of_a_feature_that_two_members_share(run: RunResult):
    edges = run.frames["edges"].filter(pl.col("cluster_id") == ring_of(run)["cluster_id"])
    assert set(edges["trace"]) == {"asn", "client", "device", "domain"}
    assert set(edges["n"]) == {1}
    assert set(edges["expected"]) == {0.0}  # nobody outside took any of them up
    assert set(edges["left_leads"]) == {1.0}


def test_each_victim_has_its_takeover_and_what_was_done(run: RunResult):
    told = run.frames["takeovers"].row(1, named=True)
    assert (told["account_id"], told["at"]) == (VICTIMS[1], taken_at(1))
    assert told["first_act"] == f"a post from bulk with a link to {LINK}"
    assert told["fought"] == 1 and told["owner_stays"] > 0.5
    done = run.frames["takeover_acts"].filter(pl.col("account_id") == VICTIMS[1])
    counts = {what: (before, after) for what, before, after in done.select("what", "before", "after").iter_rows()}
    assert counts["reset_requested"] == (0, 1)
    assert counts["login"] == (14, 4 + 9)  # the newcomer's four beside the owner's of nine days
    assert counts["post"] == (14, 1 + 9)


def test_habits_say_what_was_usual_and_what_was_new(run: RunResult):
    changed = run.frames["habit_changes"].filter(pl.col("account_id") == VICTIMS[1])
    device = changed.filter(pl.col("feature") == "device").row(0, named=True)
    assert (device["usual"], device["usual_shares"]) == (["d5"], [1.0])
    assert device["after"] == device["ties"] == [DEVICE]
    assert device["after_shares"] == [pytest.approx(4 / 13, abs=1e-6)]
    assert device["sentence"].startswith(f"Never seen before: the device {DEVICE} (31\u202f% after)")
    assert changed.filter(pl.col("feature") == "hour")["sentence"][0].startswith(
        "100\u202f% of what it did fell between 9 and 10 h"
    )


def test_without_sessions_and_without_posts_rings_are_found_and_without_both_none():
    ids = [ring_of(detect(town(**kept), QUICK))["cluster_id"] for kept in ({"sessions": False}, {"posts": False}, {})]
    assert len(set(ids)) == 1
    nothing = detect(town(posts=False, sessions=False), QUICK)
    assert all(frame.is_empty() for frame in nothing.frames.values())


def test_rings_can_be_left_out_and_the_run_says_so(run: RunResult):
    without = detect(town(), QUICK.model_copy(update={"takeovers": False}))
    assert without.frames["clusters"].is_empty()
    assert "Accounts in other hands were not looked for: takeovers = false in the settings." in without.record.notes
    assert without.record.run_id != run.record.run_id


def test_a_device_that_most_people_take_up_is_no_ring():
    """An app release: eight of those who take it up are no more strange than the others."""
    everybody = [login(f"p{number:03d}", taken_at(0), DEVICE, None, None) for number in range(PEOPLE)]
    told = detect(town(posts=False, fought=False, extra=everybody), QUICK)
    signs = told.frames["evidence"].filter(pl.col("object_id") == DEVICE)
    assert signs.is_empty()


@trials(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**16))
def test_the_order_of_rows_changes_no_byte(run: RunResult, seed: int):
    again = detect(shuffled(town(), seed), QUICK)
    for name in RUN_SCHEMAS:
        assert_frame_equal(again.frames[name], run.frames[name])


@trials(max_examples=5, deadline=None)
@given(people=st.integers(1, 40), days=st.integers(1, 50))
def test_unrelated_accounts_change_no_ring(run: RunResult, people: int, days: int):
    strangers = [
        login(f"s{number}", START + timedelta(days=day, minutes=number), f"own{number}", "AS1", "NO")
        for number in range(people)
        for day in range(days)
    ]
    more = detect(town(extra=strangers), QUICK)
    assert ring_of(more)["cluster_id"] == ring_of(run)["cluster_id"]
    assert_frame_equal(more.frames["takeovers"], run.frames["takeovers"])
