"""Who is copied by a cluster without any link to it, and which leaders are tied to one by what they did themselves."""

import numpy as np
import polars as pl

from detectors.copied import copied_by
from detectors.groups import Groups, Level
from detectors.own_acts import tied_by_own_acts
from detectors.scan.acts import acts_of_trace
from detectors.scan.search import scan_of
from detectors.settings import Settings
from detectors.signals import Members
from detectors.trace_actions import trace_actions
from tests.detectors.worlds import Row, actions_of

RING = [f"ring{number}" for number in range(10)]
CROWD = [f"z{number:03d}" for number in range(100)]
SETTINGS = Settings(windows=(60,))


def lives() -> list[Row]:
    """Five links each that nobody else posts, of one site as all links here."""
    return [(who, "url", f"own-{who}-{number}", 9_000.0 * number) for who in CROWD + RING for number in range(5)]


def copied(who: str, those: list[str], links: int, copiers: int = 3) -> list[Row]:
    """`who` posts links, and after ten seconds some of `those` in turn."""
    rows: list[Row] = []
    for number in range(links):
        rows.append((who, "url", f"own-c-{who}-{number}", 9_000.0 * number))
        rows += [
            (those[(copiers * number + k) % len(those)], "url", f"own-c-{who}-{number}", 9_000.0 * number + 10 + k)
            for k in range(copiers)
        ]
    return rows


def groups_of(rows: list[Row], ring: list[str]) -> tuple[Groups, list[str]]:
    """`ring` as the one cluster of these rows; and the names of the accounts by rank."""
    everyone = sorted({row[0] for row in rows})
    acts = acts_of_trace(actions_of([row for row in rows if row[1] == "url"]), "url", pl.Series(everyone))
    scan = scan_of([acts], {"url": (60,)}, smallest=4, least={"url": 3}, seed=0)
    cluster_of = np.array([0 if name in ring else -1 for name in everyone])
    members = Members([np.flatnonzero(cluster_of == 0)], cluster_of, [])
    return Groups(members, scan, Level(0.0, 0.0, {}, 0, 1)), everyone


def found(rows: list[Row]) -> set[str]:
    groups, everyone = groups_of(rows, RING)
    return {everyone[number] for number in np.flatnonzero(copied_by(groups, SETTINGS) == 0)}


def tied(rows: list[Row], leaders: set[str]) -> set[str]:
    """Those of `leaders` (of the cluster like the ring) that are tied to it."""
    groups, everyone = groups_of(rows, [*RING, *sorted(leaders)])
    traces = [
        trace_actions(actions_of([row for row in rows if row[1] == trace]), trace, 1, pl.Series(everyone))
        for trace in sorted({row[1] for row in rows})
    ]
    asked = np.array([everyone.index(name) for name in sorted(leaders)])
    return {everyone[one] for one in tied_by_own_acts(traces, groups, groups.members.cluster_of, asked, SETTINGS)}


def test_an_account_that_one_cluster_keeps_following_is_found_without_any_link():
    """Ana is followed by three of the cluster on each of eight links, bea by as many who are in no cluster."""
    assert found(lives() + copied("ana", RING, 8) + copied("bea", CROWD, 8)) == {"ana"}


def test_being_followed_twice_is_not_enough():
    assert found(lives() + copied("ana", RING, 2)) == set()


def test_those_who_are_copied_most_do_not_hide_those_who_are_copied_less():
    """Six are copied on eight links, six on three: while the first six count as usual, three links are no surprise."""
    much, less = ([f"{name}{number}" for number in range(6)] for name in ("much", "less"))
    rows = [row for who in much for row in copied(who, RING, 8)] + [row for who in less for row in copied(who, RING, 3)]
    assert found(lives() + rows) == {*much, *less}


def test_a_cluster_follows_nobody_when_all_it_passes_on_was_its_own():
    assert found(lives() + copied("ring0", RING[1:], 8)) == set()


def test_who_is_always_first_is_not_tied_to_those_who_copy_it():
    assert tied(lives() + copied("ana", RING, 8), {"ana"}) == set()


def test_who_came_after_members_on_rare_links_is_tied_by_its_own_acts():
    rows = lives() + copied("ana", RING, 8)
    rows += [("ana", "url", f"own-ring{number}-0", 20.0) for number in range(4)]
    assert tied(rows, {"ana"}) == {"ana"}


def test_coming_after_a_member_that_copied_somebody_else_ties_nobody():
    rows = lives() + copied("ana", RING, 8) + copied("bea", RING, 5)
    rows += [("ana", "url", f"own-c-bea-{number}", 9_000.0 * number + 30) for number in range(5)]
    assert tied(rows, {"ana"}) == set()


def test_one_act_after_a_member_ties_nobody():
    rows = [*lives(), *copied("ana", RING, 8), ("ana", "url", "own-ring0-0", 20.0)]
    assert tied(rows, {"ana"}) == set()


def test_two_means_in_common_tie_and_one_does_not():
    """Nobody can lend another account their own device by copying; who came first has no meaning there."""
    rows = lives() + copied("ana", RING, 8) + copied("bea", RING, 8)
    shared: list[Row] = [("ana", "means", "device-1", 0.0), ("ring3", "means", "device-1", 500_000.0)]
    shared += [("ana", "means", "ip-1", 9.0), ("ring4", "means", "ip-1", 0.0)]
    shared += [("bea", "means", "device-2", 0.0), ("ring3", "means", "device-2", 500_000.0)]
    assert tied(rows + shared, {"ana", "bea"}) == {"ana"}


def test_an_address_that_all_the_house_uses_ties_nobody():
    rows = lives() + copied("ana", RING, 8)
    house: list[Row] = [
        (who, "means", f"ip-{number}", 60.0 * place)
        for number in range(2)
        for place, who in enumerate(["ana", "ring0", *CROWD[:8]])
    ]
    assert tied(rows + house, {"ana"}) == set()
