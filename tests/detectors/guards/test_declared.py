"""The one table of guards: names, caps and queues hang together, and every guard has its page and its tests."""

from pathlib import Path

import polars as pl
import pytest

from detectors.guards import GUARDS, QUEUE_OF, QUEUES, Guard
from detectors.guards.found import SETTLED, VERDICTS, Told, settled, verdict_of
from tests.detectors.guards.built import cluster, objects

PROJECT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("share", "verdict"), [(0.1, "ruled out"), (0.3, "explains little"), (0.6, "explains part"), (0.9, "open")]
)
def test_a_verdict_follows_from_the_share_explained(share: float, verdict: str):
    assert verdict_of(share) == verdict


def test_names_tags_and_titles_are_used_once():
    for told in ([g.name for g in GUARDS], [g.title for g in GUARDS], [g.tag for g in GUARDS if g.tag]):
        assert len(set(told)) == len(told)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_with_a_cap_or_a_queue_has_a_tag_to_say_so(guard):
    assert guard.queue in QUEUES
    assert 0 < guard.cap <= 1
    assert guard.tag or (guard.cap == 1 and guard.queue == "normal")
    assert not guard.tag or QUEUE_OF[guard.tag] == guard.queue


def test_settling_lowers_a_cap_only_where_the_rule_covers():
    def cap(covers: bool, settles: bool) -> float:
        said = Guard("x", "X", lambda _: Told("open", "s", covers=covers, settles=settles), "x", 0.3, settles=True)
        found = said.ask(cluster())
        assert found is not None
        return found.cap

    assert [cap(True, True), cap(True, False), cap(False, True), cap(False, False)] == [SETTLED, 0.3, 1.0, 1.0]


def test_what_settles_is_below_every_cap_and_is_told_by_the_cap():
    assert all(guard.cap > SETTLED for guard in GUARDS)
    rows = pl.DataFrame({"cap": [0.3, SETTLED, 1.0]})
    assert settled(rows)["cap"].to_list() == [SETTLED]


def test_every_guard_has_its_page_and_every_page_its_guard():
    pages = {path.name for path in (PROJECT / "docs" / "guards").glob("*.md")} - {"README.md"}
    assert pages == {guard.page for guard in GUARDS}


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_its_page_has_every_heading_and_the_table_its_row(guard):
    page = (PROJECT / "docs" / "guards" / guard.page).read_text("utf-8")
    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert headings == [
        f"# {guard.title}",
        "## What it looks for",
        "## Why it exists",
        "## The numbers",
        "## What it does",
        "## How it can be abused",
        "## How to overrule it",
    ]
    tag = f"“{guard.tag}”" if guard.tag else "no tag"
    cap = f"cap {guard.cap:g}" if guard.cap < 1 else "no cap"
    assert f"{tag}, {cap}, queue {guard.queue}" in page
    table = (PROJECT / "docs" / "guards" / "README.md").read_text("utf-8")
    settles = f"{SETTLED:g}" if guard.settles else ""
    row = f"| [{guard.name}]({guard.page}) | {guard.title} | {guard.tag} | {guard.cap:g} | {settles} | {guard.queue} |"
    assert row in table


def test_a_cluster_without_joint_objects_is_asked_without_a_fault_and_gets_no_tag():
    told = [found for guard in GUARDS if (found := guard.ask(cluster(objects().clear()))) is not None]
    assert {found.tag for found in told} == {""}


def test_whatever_is_told_of_a_plain_cluster_is_a_known_verdict_and_a_sentence_with_a_number():
    told = [found for guard in GUARDS if (found := guard.ask(cluster())) is not None]
    assert {found.name for found in told} >= {"fan circle", "one occasion", "popular objects", "activity"}
    for found in told:
        assert found.verdict in VERDICTS
        assert (found.cap, found.tag) == (1.0, "")
