"""What would change a cluster, and who stands beside it, as the page says it."""

from typing import Any

import polars as pl

from investigator_ui.views.beside_cluster import bystander_line, possible_targets, targets_note
from investigator_ui.views.cluster_head import read_cluster
from investigator_ui.views.what_if_table import MEMBERS_LISTED, deletion_line, minimal_sentence, what_if_rows

CLUSTER = {"size": 8, "risk": 0.8}


def answer(what: str, risk: float, size: int, **more: object) -> dict[str, Any]:
    return {"what": what, "risk": risk, "size": size, "tier": "review", "links": 3, **more}


def answers(*rows: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"counterfactuals": list(rows), "minimal": None, "deletion": None, "note": "", **more}


def test_each_question_has_a_row_with_what_would_be_left():
    rows = what_if_rows(
        answers(
            answer("without the top 1 objects", 0.8, 8, trace="url"),
            answer("without the top 1 objects", 0.8, 8, trace="text"),
            answer("without the top 3 objects", 0.4, 6, trace="url"),
            answer("without the trace", 0.0, 0, trace="url"),
            answer("without the trace", 0.6, 8, trace="text"),
            answer("half the window", 0.8, 8, factor=0.5),
            answer("with the null spells", 0.9, 8, null="spells"),
            answer("without the member", 0.6, 7, account="id-1"),
        ),
        CLUSTER,
        {"id-1": "ana"},
    )
    assert rows.select("question", "accounts", "change").rows() == [
        ("Without the strongest object", "8 of 8", "no change"),
        ("Without the strongest 3 objects", "6 of 8", "50\u202f% lower"),
        ("Without same links", "no cluster left", "100\u202f% lower"),
        ("Without near-copied text", "8 of 8", "25\u202f% lower"),
        ("Half the window", "8 of 8", "no change"),
        ("With the null spells", "8 of 8", "12\u202f% higher"),
        ("Without ana", "7 of 8", "25\u202f% lower"),
    ]


def test_of_many_members_those_are_listed_without_whom_most_goes():
    many = [answer("without the member", 0.5 + number / 100, 7, account=f"id-{number}") for number in range(30)]
    rows = what_if_rows(answers(*many[::-1]), CLUSTER, {})
    assert rows["question"].to_list() == [f"Without id-{number}" for number in range(MEMBERS_LISTED)]


def test_hostile_names_are_made_visible():
    (row,) = what_if_rows(answers(answer("without the member", 0.5, 7, account="a\u202eb")), CLUSTER, {}).rows()
    assert "\u202e" not in row[0]


def test_the_sentences_say_what_it_stands_on_or_why_nothing_can_be_said():
    told = answers(
        minimal={"sentence": "Without 3 objects of 12, the strongest, it is no alert any more."},
        deletion={"shown": 10, "drop": 0.93, "needed": 7, "of": 12, "passed": True},
    )
    assert minimal_sentence(told).startswith("Without 3 objects of 12")
    assert deletion_line(told).startswith("Without the 10 strongest objects the risk falls by 93\u202f%: the list is")
    spread = answers(deletion={"shown": 10, "drop": 0.0, "needed": 79, "of": 215, "passed": False})
    assert "spread over 215 objects, and 79 must go" in deletion_line(spread)
    assert minimal_sentence(answers(note="The facts changed.")) == "The facts changed."
    assert deletion_line(answers()) == ""


def test_a_target_stands_beside_the_cluster_with_what_others_did(run):
    frames = read_cluster(run, "C-2291")
    assert frames.members.height == frames.cluster["size"] == 40
    assert not set(frames.members["role"]) & {"target", "bystander"}
    (target,) = possible_targets(frames.apart, {})
    assert target.account_id == "id-reader_00"
    assert target.sentence.startswith("Others copied this account within a median of 14 s, 8 times")
    assert targets_note(frames.apart) == "1 account, not accused and counted nowhere"
    assert bystander_line(frames.apart).startswith("1 bystander met the cluster")


def test_nobody_beside_is_nothing_said():
    nobody = pl.DataFrame(schema={"account_id": pl.String, "role": pl.String, "sentence": pl.String})
    assert possible_targets(nobody, {}) == []
    assert bystander_line(nobody) == ""
