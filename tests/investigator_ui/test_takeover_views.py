"""Rings of accounts in other hands as rows and sentences: owners are never accused, times are exact, foreign words do nothing."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graph.schemas import HABIT_CHANGE_SCHEMA, TAKEOVER_ACT_SCHEMA, TAKEOVER_SCHEMA, TAKEOVER_SIGN_SCHEMA
from graph.takeover_words import RING_TYPES, UNDETERMINED
from investigator_ui.palette import DARK, LIGHT
from investigator_ui.takeover_charts import before_after
from investigator_ui.takeover_charts import takeover_times as drawn_times
from investigator_ui.views.account_page import account_sentence, read_account
from investigator_ui.views.before_after import (
    change_sentences,
    deed_rows,
    first_act_words,
    habit_rows,
    panel_of,
    story,
    takeover_strip,
)
from investigator_ui.views.case_against import explanations
from investigator_ui.views.cluster_head import read_cluster
from investigator_ui.views.member_table import member_rows, ring_member_rows
from investigator_ui.views.takeover_times import takeover_times
from investigator_ui.views.takeovers import NO_RING, known_ring, ring_sentence, ring_strip, rings_beside, tie_rows

AT = datetime(2026, 11, 14, 3, 12, 3, tzinfo=UTC)
ACCUSING = ("hacked", "violat", "offend", "malicious", "suspicious", "guilty", "operation")


def table(schema, *rows):
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=dict(schema))


def taken(**said):
    row = {
        "cluster_id": "T-1",
        "account_id": "a",
        "at": AT,
        "not_before": AT - timedelta(hours=12),
        "victim_index": 0.8,
    }
    return dict.fromkeys(TAKEOVER_SCHEMA) | {"failed": 0, "fought": 0, "rekeyed": 0} | row | said


@pytest.fixture
def ring(run):
    frames = read_cluster(run, "C-2304")
    assert frames is not None
    return frames


def test_the_head_of_a_ring_says_what_happened_and_what_to_do(ring):
    words = known_ring(ring.cluster)
    said = ring_sentence(ring.cluster, words, ring.ring.takeovers, explanations(ring.guards))
    assert said == (
        "**8 accounts** were probably taken over, first seen with what ties them between 06 Nov 13:12:03 UTC and 06 Nov "
        "15:32:03 UTC. **The owners are victims: secure the accounts and contact them, do not suspend.** **2 of 4 innocent "
        "explanations** are still open."
    )
    assert not any(word in said.lower() for word in ACCUSING)


@pytest.mark.parametrize("type_", ["farm", "managed", None, "a type of tomorrow"])
def test_what_is_no_ring_of_victims_is_never_told_as_one(ring, type_):
    words = known_ring(ring.cluster | {"type": type_})
    assert words == RING_TYPES.get(type_ or "", UNDETERMINED)
    said = ring_sentence(ring.cluster, words, ring.ring.takeovers, [])
    assert "victim" not in said
    assert "taken over" not in said
    assert known_ring({"kind": "coordinated", "type": None}) is None


def test_the_strip_counts_owners_fights_and_those_that_came_back(ring):
    told = {label: value for label, value, _ in ring_strip(ring.cluster, ring.ring.takeovers)}
    assert told["Owner still seen"] == "6 of 7"  # one shows no owner, of one it cannot be told
    assert told["Fought over"] == "6"
    assert told["Came back"] == "6 of 8"
    assert len(told) == 7
    assert [label for label, *_ in ring_strip(ring.cluster, NO_RING.takeovers)] == ["Accounts", "Others", "Risk"]


def test_what_ties_a_ring_is_told_with_those_who_took_it_up_besides():
    sign = {"since": AT, "until": AT + timedelta(hours=3), "accounts": 8, "p": 1e-9}
    signs = table(
        TAKEOVER_SIGN_SCHEMA,
        {**sign, "feature": "device", "value": "d5", "adopted": 9, "broke": 8, "expected": 0.33},
        {
            **sign,
            "feature": "domain",
            "value": "go.example",
            "other_feature": "client",
            "other_value": "web",
            "adopted": 8,
        },
        {**sign, "feature": "text", "value": "f00d"},
    )
    seen = pl.DataFrame(
        {"trace": ["device", "domain", "client"], "object_id": ["d5", "go.example", "web"], "popularity": [12, 9, 316]}
    )
    assert tie_rows(signs, seen).select("thing", "members", "others", "ever", "broke", "within").rows() == [
        ("device d5", 8, "1", "4", "8 · 0.33 expected", "3\u202fh"),
        ("links to go[.]example with app web", 8, "0", "1", "", "3\u202fh"),
        ("near-copy f00d", 8, "", "", "", "3\u202fh"),
    ]


def test_the_story_of_an_account_tells_the_interval_and_what_speaks_for_an_owner():
    said = story(taken(owner_stays=0.61, failed=3, fought=2, recovered_at=AT + timedelta(days=2)), victim=True)
    assert said == (
        "It **was probably taken over** between 13 Nov 15:12:03 UTC, its last event before, and 14 Nov 03:12:03 UTC (12\u202fh later). "
        "**The owner is still seen**: 61\u202f% of the devices and places after are those of before. 3 log-ins failed in the two days "
        "before. Somebody fought for it: passwords asked for or set anew, or sessions ended, 2 times in three days. **It came back** "
        "on 16 Nov 03:12:03 UTC."
    )


def test_an_account_without_an_event_before_or_an_owner_is_told_as_that():
    said = story(taken(not_before=None, owner_stays=0.02, rekeyed=1), victim=False)
    assert said.startswith(
        "It **changed its habits** at or before 14 Nov 03:12:03 UTC. The owner is hardly seen any more"
    )
    assert "were changed 1 time in three days" in said
    assert said.endswith("It did not come back in what was read.")
    strip = {label: value for label, value, _ in takeover_strip(taken(not_before=None))}
    assert (strip["Last event before"], strip["Owner's share after"]) == ("not known", "cannot tell")
    assert (strip["Came back"], strip["First new post"]) == ("not seen", "none seen")
    assert first_act_words(taken()) == ""


def test_habits_are_told_usual_and_new():
    rows = habit_rows(
        table(
            HABIT_CHANGE_SCHEMA,
            {
                "feature": "domain",
                "usual": ["news.example"],
                "usual_shares": [0.8],
                "after": ["go.example", "x.example"],
                "after_shares": [0.6, 0.2],
                "ties": ["go.example"],
                "before": 40,
                "since": 5,
                "sentence": "Never seen before: links to go.example (80 % after).",
            },
            {"feature": "hour", "usual": ["9"], "usual_shares": [1.0], "after": [], "after_shares": [], "ties": []},
            {"feature": "topic", "usual": ["harbour"], "usual_shares": [1.0], "after": None, "ties": None},
        )
    )
    assert rows.select("habit", "usual", "new", "ties").rows() == [
        ("links to", "news[.]example 80\u202f%", "go[.]example 60\u202f%, x[.]example 20\u202f%", "go[.]example"),
        ("hours (UTC)", "9 h 100\u202f%", "nothing new", ""),
        ("tags", "#harbour 100\u202f%", "nothing new", ""),
    ]


def test_only_habits_that_changed_are_told_in_sentences(ring):
    first = ring.members["account_id"][0]
    said = change_sentences(ring.ring.of_account(first).changes)
    assert len(said) == 3
    assert not any(one.startswith("Nothing new") for one in said)


def test_what_was_done_stands_in_the_order_of_a_list_and_is_red_only_where_halves_are_not_as_uneven():
    deeds = table(
        TAKEOVER_ACT_SCHEMA,
        {"what": "odd_event", "before": 1, "after": 0},
        {"what": "login_failed", "before": 0, "after": 12},
        {"what": "post", "before": 14, "after": 15},
        {"what": "reset_done", "before": 0, "after": 6},
    )
    assert deed_rows(deeds).select("what", "words", "changed").rows() == [
        ("posts", "14 before · 15 after", False),
        ("failed log-ins", "0 before · 12 after", True),
        ("new passwords set", "0 before · 6 after", False),  # as uneven halves come about 3 times in 100
        ("odd event", "1 before · 0 after", False),
    ]


def test_the_times_begin_two_weeks_before_the_first_and_say_what_is_not_drawn(ring, run):
    drawn = takeover_times(ring.ring.takeovers, {})
    first, last = ring.ring.takeovers["at"].min(), ring.ring.takeovers["at"].max()
    assert drawn.spans["since"].min() == first - timedelta(days=14)
    assert drawn.marks["at"].max() <= last + timedelta(days=14)
    assert drawn.order[0] == ring.ring.takeovers.sort("at")["account_id"][0].replace("\u202e", "⟨U+202E⟩")
    assert drawn.cap == ""
    assert "2 accounts had no event for longer: the bar reaches the left edge." in drawn.note
    assert "1 account came back later than is drawn" in drawn.note


def test_a_large_ring_is_drawn_in_part_and_says_so():
    many = table(TAKEOVER_SCHEMA, *(taken(account_id=f"a{n:03d}", at=AT + timedelta(minutes=n)) for n in range(80)))
    drawn = takeover_times(many, {})
    assert (drawn.spans.height, drawn.order[:2]) == (60, ["a000", "a001"])
    assert drawn.cap == "60 of 80 accounts are drawn, those taken over first."


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_both_charts_hold_what_their_rows_hold(ring, colours):
    times = takeover_times(ring.ring.takeovers, {})
    told = drawn_times(times, colours).to_dict(format="vega-lite")
    assert len(told["layer"]) == 2
    assert told["layer"][1]["encoding"]["shape"]["scale"]["domain"] == [
        "first seen with what ties them",
        "first post with something new",
        "came back",
    ]
    rows = deed_rows(ring.ring.of_account(ring.members["account_id"][0]).deeds)
    assert len(before_after(rows, colours).to_dict(format="vega-lite")["layer"]) == 4


def test_high_profile_accounts_come_first_in_the_list_of_members():
    members = pl.DataFrame({"account_id": list("abcd"), "role": ["victim"] * 4, "score": [0.9] * 4, "links": [3] * 4})
    accounts = pl.DataFrame(
        {
            "account_id": list("abcd"),
            "followers": [10, 500, 70_000, 9],
            "created_at": [AT] * 4,
            "verified": [False, None, False, True],
            "protection_tier": [None, "none", "", "candidate"],
        },
        schema_overrides={"created_at": TAKEOVER_SCHEMA["at"]},
    )
    rows = member_rows(members, accounts.lazy().with_columns(verified=pl.col("account_id").is_in(["a", "d"])), {})
    takeovers = table(TAKEOVER_SCHEMA, *(taken(account_id=one, owner_stays=0.5) for one in "abc"))
    told = ring_member_rows(rows, takeovers)
    assert told.select("account_id", "protected").rows() == [
        ("d", "candidate"),
        ("a", "verified"),
        ("c", ""),
        ("b", ""),
    ]
    assert told.select("taken", "owner", "back").rows()[0] == ("", "", "")  # of whom nothing is told stays blank
    assert told.select("taken", "owner", "back").rows()[1] == ("14 Nov 03:12", "50\u202f%", "")


def test_a_cluster_of_victims_leads_to_their_ring_and_targets_are_not_counted(run):
    ring = run.frame("members").filter(pl.col("cluster_id") == "C-2304").with_columns(cluster_id=pl.lit("elsewhere"))
    (beside,) = rings_beside(run, ring, "compromised")
    assert (beside.cluster_id, beside.shared, beside.victims) == ("C-2304", 8, True)
    assert "<b>" not in beside.title
    only_target = run.frame("members").filter(pl.col("role") == "target").with_columns(cluster_id=pl.lit("elsewhere"))
    assert rings_beside(run, only_target, "coordinated") == []


def test_the_page_of_a_victim_says_what_happened_before_what_was_done_with_it(run, facts, world):
    victim = world.CLUSTERS[world.HOSTILE][0]
    frames = read_account(run, facts.scan("accounts"), facts.scan("actions"), victim)
    assert frames is not None
    assert frames.role_in_ring == "victim"
    assert account_sentence(frames).startswith("It was **probably taken over**, with the other accounts of **C-2304**")
    assert frames.edges.is_empty()  # what ties the ring is nothing that the owner did alike with others
    reader = read_account(run, facts.scan("accounts"), facts.scan("actions"), "id-reader_05")
    assert reader is not None
    assert reader.role_in_ring == ""
    assert panel_of(reader.ring, "id-reader_05") is None


def test_hostile_names_of_devices_are_shown_and_obeyed_nowhere(ring):
    first = ring.members["account_id"][0]
    row, mine = panel_of(ring.ring, first)  # type: ignore[misc]
    markdown = "\n".join([*change_sentences(mine.changes), first_act_words(row)])
    for wrong in ("![x](", "<img", ":red[device]", "http://pixel"):
        assert wrong not in markdown
    cells = "\n".join(str(cell) for cell in habit_rows(mine.changes).row(0))
    assert "\u202e" not in cells
    assert tie_rows(ring.ring.signs, ring.evidence)["thing"][1].startswith("url")
