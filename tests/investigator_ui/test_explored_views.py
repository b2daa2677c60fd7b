"""The views of the Explore page: places, rows and sentences from what a store answered."""

import math
from datetime import UTC, datetime

import pytest

from graph.answers import (
    Account,
    EvidencePath,
    Interaction,
    Neighbour,
    Neighbourhood,
    Object,
    PathStep,
    SharedObject,
    Span,
)
from investigator_ui.views.ego_picture import ego_picture, names_near, ring_places
from investigator_ui.views.explored import path_sentence, ring_rows, step_lines, typed_accounts

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def account(id_: str, handle: str | None = None, tier: str | None = None) -> Account:
    return Account(id_, handle, None, None, None, tier, None, True, 1, 1, 0)


def tie(source: str, target: str, kind: str = "reply", n: int = 1) -> Interaction:
    return Interaction(source, target, kind, n, AT, AT)


@pytest.fixture
def near() -> Neighbourhood:
    """a is in the middle; b, c, d and e answer it; f goes with d, g with b, h with nobody that is shown."""
    first = [Neighbour(account(id_), 1, n) for id_, n in (("b", 9), ("c", 5), ("d", 2), ("e", 1))]
    second = [Neighbour(account(id_, tier=tier), 2, 1) for id_, tier in (("f", None), ("g", "Media"), ("h", "none"))]
    ties = (
        tie("b", "a", n=9),
        tie("a", "c", "mention", 3),
        tie("c", "a", n=2),
        tie("d", "a", n=2),
        tie("e", "a"),
        tie("f", "d"),
        tie("g", "b", "quote"),
    )
    return Neighbourhood("a", (Neighbour(account("a"), 0, 0), *first, *second), ties, ("Left out: 3.",))


def test_every_account_has_a_place_of_its_own_within_its_ring(near: Neighbourhood):
    places = ring_places(near)
    radius = {id_: round(math.hypot(*place), 9) for id_, place in places.items()}
    assert radius == {"a": 0.0, **dict.fromkeys("bcde", 0.5), **dict.fromkeys("fgh", 1.0)}
    assert len(set(places.values())) == len(places)


def test_the_second_ring_goes_round_in_the_order_of_the_first(near: Neighbourhood):
    """b stands at angle 0 and d half a turn away, so g comes before f; h, tied to nobody shown, stands where the turn begins."""
    places = ring_places(near)
    angle = {id_: math.atan2(y, x) % math.tau for id_, (x, y) in places.items()}
    assert angle["g"] < angle["f"]


def test_the_same_answer_gives_the_same_picture(near: Neighbourhood):
    names = names_near(near)
    one, other = ego_picture(near, names), ego_picture(near, names)
    assert one.nodes.equals(other.nodes)
    assert one.links.equals(other.links)


def test_the_line_counts_rings_ties_and_protected_accounts(near: Neighbourhood):
    drawn = ego_picture(near, names_near(near))
    assert drawn.line == "4 accounts at 1 hop · 3 at 2 hops · 6 ties among them · 1 protected, ringed"
    assert drawn.links["what"].to_list()[1] == "a and c: 3 × mention, 2 × reply"
    assert dict(drawn.nodes.select("account", "protected").iter_rows())["g"] is True


def test_ring_rows_tell_what_passed_with_the_ring_before(near: Neighbourhood):
    rows = ring_rows(near, names_near(near))
    told = dict(rows.select("account_id", "with").iter_rows())
    assert told["c"] == "2 × reply to, 3 × mention by"
    assert told["g"] == "1 × quote to"
    assert told["h"] == ""
    assert rows["hops"].to_list() == [1, 1, 1, 1, 2, 2, 2]


def test_two_accounts_with_one_handle_never_share_a_name():
    twins = Neighbourhood("a", tuple(Neighbour(account(id_, "twin"), hops, 1) for hops, id_ in enumerate("ab")), (), ())
    assert dict(names_near(twins)) == {"a": "twin (a)", "b": "twin (b)"}


def test_a_step_tells_each_interaction_and_the_rarest_shared_object():
    shared = SharedObject(Object("hashtag", "vote", 5, 9, AT, AT), Span(2, AT, AT), Span(1, None, None))
    step = PathStep("a", "b", (tie("b", "a", "quote", 2), tie("a", "b", "odd *kind*")), shared, 4)
    names = {"a": "an_a", "b": "<b>"}
    assert step_lines(step, names) == (
        "**&lt;b&gt;** quoted **an\\_a** 2 times, first 01 Mar 2026 12:00:00 UTC, last 01 Mar 2026 12:00:00 UTC.",
        "**an\\_a** odd \\*kind\\* **&lt;b&gt;** 1 time, first 01 Mar 2026 12:00:00 UTC.",
        "Both acted on \\#vote (same hashtags; 5 accounts did): an\\_a 2 times from 01 Mar 2026 12:00:00 UTC, &lt;b&gt; 1 time.",
        "It is the rarest of 4 objects that both acted on.",
    )


def test_a_path_says_when_there_is_none_and_when_both_ends_are_the_same():
    assert "No way was found from **a** to **b**" in path_sentence(EvidencePath("a", "b", False, (), ()), {})
    assert path_sentence(EvidencePath("a", "a", True, (), ()), {}) == "Both are the same account."


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("a, b;c  d", ("a", "b", "c", "d")),
        ("an id with blanks\n\n  b  \r\nb", ("an id with blanks", "b")),
        ("  ", ()),
    ],
)
def test_a_list_of_accounts_is_read_line_by_line_or_by_commas(typed: str, read: tuple[str, ...]):
    assert typed_accounts(typed) == read
