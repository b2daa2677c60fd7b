"""The links among which groups are looked for: all that met, or each account's strongest when there are too many."""

import numpy as np
import pytest

from detectors.scan.acts import Company, acts_of_trace
from detectors.scan.backbone import NEAREST, core_links
from tests.detectors.worlds import Row, actions_of, quiet_rows


def company_of(rows: list[Row], seconds: int = 86_400) -> tuple[list[str], Company]:
    actions = actions_of(rows)
    everyone = actions["account_id"].unique().sort()
    return everyone.to_list(), Company(acts_of_trace(actions, "share", everyone), seconds * 1_000_000)


def met_by_hand(company: Company) -> set[tuple[int, int]]:
    acts = company.acts
    met = set()
    for one in range(acts.account.size):
        for other in range(one + 1, min(one + NEAREST + 1, acts.account.size)):
            if acts.object[one] == acts.object[other] and acts.at[other] - acts.at[one] <= company.window_us:
                met.add((min(acts.account[one], acts.account[other]), max(acts.account[one], acts.account[other])))
    return met


@pytest.mark.parametrize("at_a_time", [1, 50, 10**6])
def test_without_a_budget_everybody_who_met_is_linked(at_a_time: int):
    _, company = company_of(quiet_rows(2, accounts=50, objects=40, acts=700))
    found = core_links(company, np.ones(50, dtype=np.bool_), at_a_time=at_a_time)
    assert set(zip(found.links.left.tolist(), found.links.right.tolist(), strict=True)) == met_by_hand(company)
    assert (found.dropped, found.of_each) == (0, None)


@pytest.mark.parametrize("at_a_time", [1, 50, 10**6])
def test_with_a_budget_no_more_is_kept_and_what_is_dropped_is_counted(at_a_time: int):
    _, company = company_of(quiet_rows(2, accounts=50, objects=40, acts=700))
    everyone = np.ones(50, dtype=np.bool_)
    found = core_links(company, everyone, most_links=120, least_of_each=1, at_a_time=at_a_time)
    whole = core_links(company, everyone)
    assert found.links.left.size <= 120
    assert found.dropped == whole.links.left.size - found.links.left.size > 0
    strength = dict(zip(zip(whole.links.left, whole.links.right, strict=True), whole.links.weight, strict=True))
    assert all(
        strength[pair] == weight
        for *pair_, weight in zip(found.links.left, found.links.right, found.links.weight, strict=True)
        for pair in [tuple(pair_)]
    )


def test_a_ring_keeps_its_links_under_a_budget_that_drops_most_of_the_crowd():
    rows = quiet_rows(4, accounts=80, objects=60, acts=1_500)
    ring = [f"ring{one}" for one in range(6)]
    rows += [
        (who, "share", f"own{item}", 3_600.0 * item + place) for item in range(12) for place, who in enumerate(ring)
    ]
    names, company = company_of(rows)
    found = core_links(company, np.ones(len(names), dtype=np.bool_), most_links=300, least_of_each=5)
    assert found.dropped > 0
    kept = set(zip(found.links.left.tolist(), found.links.right.tolist(), strict=True))
    places = [names.index(who) for who in ring]
    assert {(one, other) for one in places for other in places if one < other} <= kept


def test_the_order_of_rows_changes_no_link():
    rows = quiet_rows(5, accounts=50, objects=40, acts=700)
    told = []
    for given in (rows, rows[::-1]):
        _, company = company_of(given)
        links = core_links(company, np.ones(50, dtype=np.bool_), most_links=120, least_of_each=1).links
        told.append((links.left.tolist(), links.right.tolist(), links.weight.tolist()))
    assert told[0] == told[1]
