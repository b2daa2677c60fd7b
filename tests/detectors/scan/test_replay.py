"""Replayed worlds keep activity, hours and cascades, and lose who did what; the level follows from them."""

import numpy as np
import pytest

from detectors.scan.acts import acts_of_trace
from detectors.scan.level import Sizes, false_share, level_for
from detectors.scan.replay import replayed
from detectors.scan.search import groups_in, replay_sizes, scan_of
from tests.detectors.scan.test_core import crowd, pool_rows
from tests.detectors.worlds import actions_of, quiet_rows


def acts_in(rows):
    actions = actions_of(rows)
    return acts_of_trace(actions, "share", actions["account_id"].unique().sort())


def test_a_replay_has_as_many_acts_and_as_active_accounts():
    acts = acts_in(crowd())
    again = replayed(acts, np.random.default_rng(1))
    assert again.account.size == pytest.approx(acts.account.size, rel=0.05)
    busy = np.argsort(acts.degree)[-100:]
    assert again.degree[busy].sum() == pytest.approx(acts.degree[busy].sum(), rel=0.1)


def test_a_replay_keeps_how_many_act_on_an_object():
    acts = acts_in(crowd())
    again = replayed(acts, np.random.default_rng(1))
    quantiles = [np.quantile(world.crowd, [0.25, 0.5, 0.75]) for world in (acts, again)]
    assert quantiles[1] == pytest.approx(quantiles[0], rel=0.35)


def test_a_pool_is_gone_from_every_replay():
    scan = scan_of([acts_in(crowd() + pool_rows(2))], {"share": [60, 600]}, smallest=4, least={"share": 3}, seed=0)
    assert groups_in(scan)[0].members.size >= 90
    assert all(world.net.size == 0 for world in replay_sizes(scan, 3, lambda *_: None))


def test_a_replay_is_the_same_for_the_same_seed():
    scan = scan_of([acts_in(quiet_rows(4))], {"share": [600]}, smallest=4, least={"share": 3}, seed=7)
    one, other = (replay_sizes(scan, 2, lambda *_: None) for _ in range(2))
    assert [world.net.tolist() for world in one] == [world.net.tolist() for world in other]


def sizes(*groups: tuple[float, int]) -> Sizes:
    return Sizes(np.array([net for net, _ in groups]), np.array([float(size) for _, size in groups]))


def test_the_level_lies_above_what_replays_reach_as_soon_as_they_flag_too_many():
    real, null = sizes((100, 200), (9, 10)), [sizes((12, 5)), sizes()]
    assert false_share(real, null, 5) == pytest.approx(2.5 / 210)
    assert level_for(real, null, 0.05, 10) == pytest.approx(-np.log10(0.05) + 1)
    assert 12 < level_for(real, null, 0.01, 10) < 12.001


def test_without_replays_the_level_is_the_bound_on_all_lenses():
    assert level_for(sizes((3, 9)), [], 0.01, 100) == pytest.approx(4)


def test_where_the_data_holds_no_more_than_its_replays_nothing_is_left():
    real, null = sizes((8, 6)), [sizes((8, 6)), sizes((9, 6))]
    assert real.above(level_for(real, null, 0.01, 10)) == 0
