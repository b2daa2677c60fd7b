"""Replayed worlds keep activity, hours and cascades, and lose who did what; the level follows from them."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from detectors.scan import replays
from detectors.scan.acts import acts_of_trace
from detectors.scan.level import Sizes, false_share, level_for
from detectors.scan.replay import replayed
from detectors.scan.replays import Worlds, read_worlds, replay_sizes, write_worlds
from detectors.scan.search import groups_in, scan_of
from graph.errors import FlockwatchError
from tests.detectors.scan.test_core import crowd, pool_rows
from tests.detectors.worlds import Row, actions_of, quiet_rows


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


def night_rows(seed: int) -> list[Row]:
    """Twelve accounts have the nights for themselves: dealt anew within the hour they are still together."""
    draw = np.random.default_rng(seed)
    rows = [
        (
            f"night{one:02d}",
            "share",
            f"n{night}-{turn}",
            night * 86_400 + 10_800 + 600 * turn + float(draw.uniform(0, 40)),
        )
        for night in range(14)
        for turn in range(6)
        for one in np.flatnonzero(draw.random(12) < 0.7)
    ]
    return rows + [
        (f"user{one:03d}", "share", f"x{draw.integers(200)}", day * 86_400 + 36_000 + float(draw.uniform(0, 40_000)))
        for day in range(14)
        for one in range(300)
    ]


def test_replays_in_processes_of_their_own_find_the_same_by_number():
    scan = scan_of([acts_in(night_rows(1))], {"share": [60, 600]}, smallest=4, least={"share": 1}, seed=7)
    seen: list[tuple[int, int]] = []
    apart = replay_sizes(scan, 3, lambda done, total: seen.append((done, total)), at_once=2)
    here = replay_sizes(scan, 3, lambda *_: None, at_once=1)
    found = [world.net.tolist() for world in here]
    assert len({tuple(nets) for nets in found}) == 3  # another number, another world
    for one, other in zip(apart, here, strict=True):
        assert one.net == pytest.approx(other.net)
        assert one.accounts.tolist() == other.accounts.tolist()
    assert seen == sorted(seen)
    assert seen[-1][1] == 3


def test_what_replays_are_made_of_comes_back_whole(tmp_path: Path):
    scan = scan_of([acts_in(quiet_rows(4))], {"share": [60, 600]}, smallest=5, least={"share": 3}, seed=7)
    write_worlds(tmp_path, Worlds.of(scan))
    again = read_worlds(tmp_path)
    assert (again.smallest, again.least, again.seed, again.windows) == (5, {"share": 3}, 7, {"share": [60, 600]})
    for name in ("trace", "account", "object", "at", "block", "tongue"):
        assert np.array_equal(getattr(again.traces[0], name), getattr(scan.seen[0].acts, name))


def test_whoever_stops_a_run_stops_its_replays():
    scan = scan_of([acts_in(quiet_rows(4))], {"share": [60, 600]}, smallest=4, least={"share": 3}, seed=7)
    started: list[subprocess.Popen[bytes]] = []

    def stop(*_: int) -> None:
        raise InterruptedError

    with pytest.MonkeyPatch.context() as patch:
        begin = replays._started
        patch.setattr(replays, "_started", lambda *given: started.append(begin(*given)) or started[-1])
        with pytest.raises(InterruptedError):
            replay_sizes(scan, 4, stop, at_once=2)
    assert len(started) == 2
    assert all(process.poll() is not None for process in started)


def test_a_replay_that_fails_says_why(monkeypatch: pytest.MonkeyPatch):
    scan = scan_of([acts_in(quiet_rows(4))], {"share": [60, 600]}, smallest=4, least={"share": 3}, seed=7)
    monkeypatch.setattr(replays, "write_worlds", lambda folder, _: (folder / "trace0.npz").write_bytes(b"no array"))
    with pytest.raises(RuntimeError, match=r"replay \d failed:\nTraceback"):
        replay_sizes(scan, 2, lambda *_: None, at_once=2)


def test_a_replay_that_the_system_ended_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch):
    scan = scan_of([acts_in(quiet_rows(4))], {"share": [60, 600]}, smallest=4, least={"share": 3}, seed=7)
    begin = replays._started

    def killed(folder: Path, number: int) -> subprocess.Popen[bytes]:
        process = begin(folder, number)
        process.kill()
        return process

    monkeypatch.setattr(replays, "_started", killed)
    with pytest.raises(FlockwatchError, match=r"Replay \d was ended by the system \(signal 9\).* fewer replays"):
        replay_sizes(scan, 2, lambda *_: None, at_once=2)


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
