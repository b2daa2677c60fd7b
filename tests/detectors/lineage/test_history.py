"""Which cluster is which of the next run: planted continuations, splits, merges, returns, births and silences."""

from datetime import timedelta
from itertools import permutations

import polars as pl
import pytest
from hypothesis import given, strategies

from detectors.lineage import ancestors, churn, history, lineage, lines, loyalty, window_of
from detectors.lineage.alikeness import alike
from detectors.lineage.matching import one_to_one
from detectors.lineage.profiles import profiles_of
from tests.detectors.lineage.small_runs import START, accounts, run_of

DEVICES = [("device", f"d{n}") for n in range(4)]
TEXTS = [("text", f"t{n}") for n in range(4)]


def told(relations: pl.DataFrame) -> set[tuple[str | None, str | None, str]]:
    return set(relations.select("cluster_before", "cluster_after", "relation").iter_rows())


def test_an_identical_run_continues_everything_with_similarity_one():
    run = run_of({"A": accounts("a", 0, 9), "B": accounts("b", 0, 5)}, {"A": [*TEXTS, ("url", "https://x.example/1")]})
    same = lineage(run, run)
    assert told(same) == {("A", "A", "continues"), ("B", "B", "continues")}
    assert same["similarity"].to_list() == [1.0, 1.0]
    assert same["overlap"].to_list() == [1.0, 1.0]


def test_a_cluster_that_changed_a_third_of_its_members_continues():
    found = lineage(run_of({"A": accounts("a", 0, 9)}), run_of({"B": accounts("a", 3, 12)}))
    assert told(found) == {("A", "B", "continues")}
    # 6 shared of 12 accounts; neither evidence nor infrastructure is known, so members have all the weight
    assert found["similarity"].to_list() == [0.5]
    assert found["shared"].to_list() == [6]


def test_a_target_beside_two_clusters_makes_them_no_more_alike():
    """The same three innocents are copied by both; nobody who is in the one is in the other."""
    runs = [run_of({name: accounts(name, 0, 4)}) for name in ("a", "b")]
    copied = run_of({name: accounts("t", 0, 3) for name in ("a", "b")})["members"]
    for run, name in zip(runs, ("a", "b"), strict=True):
        beside = copied.filter(pl.col("cluster_id") == name).with_columns(role=pl.lit("target"))
        run["members"] = pl.concat([run["members"].with_columns(role=pl.lit("core")), beside], how="vertical_relaxed")
    assert told(lineage(*runs)) == {("a", None, "missing"), (None, "b", "born")}
    assert profiles_of(runs[0]).members["key"].to_list() == accounts("a", 0, 4)


def test_halves_of_a_cluster_are_one_continuation_and_one_split():
    found = lineage(
        run_of({"A": accounts("a", 0, 20)}), run_of({"B": accounts("a", 0, 11), "C": accounts("a", 11, 20)})
    )
    assert told(found) == {("A", "B", "continues"), ("A", "C", "split")}


def test_two_clusters_that_became_one_are_a_continuation_and_a_merger():
    found = lineage(
        run_of({"A": accounts("a", 0, 11), "B": accounts("b", 0, 9)}),
        run_of({"C": [*accounts("a", 0, 11), *accounts("b", 0, 9)]}),
    )
    assert told(found) == {("A", "C", "continues"), ("B", "C", "merged")}


def test_a_small_rest_of_a_large_cluster_split_from_it_and_does_not_continue_it():
    found = lineage(run_of({"A": accounts("a", 0, 40)}), run_of({"B": accounts("a", 0, 5)}))
    assert told(found) == {("A", "B", "split")}


def test_a_small_cluster_inside_a_much_larger_one_merged_into_it():
    found = lineage(run_of({"A": accounts("a", 0, 5)}), run_of({"B": accounts("a", 0, 40)}))
    assert told(found) == {("A", "B", "merged")}


def test_strangers_are_born_and_the_old_are_missing():
    found = lineage(run_of({"A": accounts("a", 0, 9)}), run_of({"B": accounts("b", 0, 9)}))
    assert told(found) == {(None, "B", "born"), ("A", None, "missing")}


@pytest.mark.parametrize("kept", [DEVICES, TEXTS])
def test_new_accounts_with_the_old_devices_or_texts_are_reborn_after_they_were_gone(kept):
    first = run_of({"A": accounts("a", 0, 9)}, {"A": kept})
    between = run_of({"Q": accounts("q", 0, 9)})
    later = run_of({"N": accounts("n", 0, 9)}, {"N": [*kept[:3], ("share", "p1")]})
    assert ("A", "N", "reborn") in told(lineage(between, later, [first]))


def test_one_text_in_common_is_not_a_rebirth():
    first = run_of({"A": accounts("a", 0, 9)}, {"A": TEXTS[:1]})
    later = run_of({"N": accounts("n", 0, 9)}, {"N": [*TEXTS[:1], *[("share", f"p{n}") for n in range(9)]]})
    assert (None, "N", "born") in told(lineage(run_of({"Q": accounts("q", 0, 9)}), later, [first]))


def test_what_was_gone_for_more_than_180_days_is_not_looked_for():
    first = run_of({"A": accounts("a", 0, 9)}, {"A": DEVICES})
    later = run_of({"N": accounts("n", 0, 9)}, {"N": DEVICES[:3]})
    quiet = run_of({})
    for days, relation in ((180, "reborn"), (181, "born")):
        windows = [
            window_of("r0", first, START),
            window_of("r1", quiet, START + timedelta(days=1)),
            window_of("r2", later, START + timedelta(days=days)),
        ]
        assert relation in set(history(windows)["relation"])


def test_a_cluster_that_missed_a_window_continues_after_the_gap():
    run, gap = run_of({"A": accounts("a", 0, 9)}), run_of({})
    windows = [window_of(f"r{n}", frames, START + timedelta(days=n)) for n, frames in enumerate([run, gap, run])]
    relations = history(windows)
    assert relations.select("run_before", "run_after", "relation").rows() == [
        ("r0", "r1", "missing"),
        ("r0", "r2", "continues"),
    ]
    assert [step.run_id for step in ancestors(relations, "r2", "A")] == ["r0"]


def test_three_windows_without_it_are_dormant_and_thirty_are_dead():
    run, gap = run_of({"A": accounts("a", 0, 9)}), run_of({})
    windows = [window_of(f"r{n:02d}", run if n == 0 else gap, START + timedelta(days=n)) for n in range(33)]
    assert history(windows).select("run_after", "relation").rows() == [
        ("r01", "missing"),
        ("r03", "dormant"),
        ("r30", "dead"),
    ]


def test_a_dead_cluster_does_not_continue():
    run, gap = run_of({"A": accounts("a", 0, 9)}), run_of({})
    windows = [window_of(f"r{n:02d}", gap if 0 < n < 31 else run, START + timedelta(days=n)) for n in range(32)]
    assert history(windows).filter(pl.col("cluster_after") == "A")["relation"].to_list() == ["born"]


def test_runs_over_the_same_window_do_not_count_as_windows_missed():
    run, gap = run_of({"A": accounts("a", 0, 9)}), run_of({})
    windows = [window_of("r0", run, START), *(window_of(f"r{n}", gap, START) for n in range(1, 6))]
    assert history(windows).is_empty()
    again = [*windows, window_of("r6", run, START)]
    assert history(again).select("run_before", "relation").rows() == [("r0", "continues")]


def test_the_chain_follows_continues_alone():
    first = run_of({"A": accounts("a", 0, 20)})
    second = run_of({"B": accounts("a", 0, 11), "C": accounts("a", 11, 20)})
    third = run_of({"D": accounts("a", 0, 11), "E": accounts("a", 11, 20)})
    windows = [window_of(f"r{n}", frames) for n, frames in enumerate([first, second, third])]
    relations = history(windows)
    assert [(s.run_id, s.cluster_id) for s in ancestors(relations, "r2", "D")] == [("r1", "B"), ("r0", "A")]
    assert [(s.run_id, s.cluster_id) for s in ancestors(relations, "r2", "E")] == [("r1", "C")]
    named = lines(relations, windows)
    assert named.height == 5
    assert sorted(named.group_by("lineage_id").len()["len"]) == [2, 3]


def test_a_member_that_left_and_came_back_is_counted_so():
    steps = [["a", "b", "c", "d"], ["a", "b", "c", "e"], ["a", "b", "d", "e"]]
    windows = [window_of(f"r{n}", run_of({"A": members})) for n, members in enumerate(steps)]
    line = lines(history(windows), windows)
    moved = churn(line, windows)
    assert moved.select("stayed", "left", "joined").rows() == [(None, None, None), (3, 1, 1), (3, 1, 1)]
    assert moved["stay_rate"].to_list() == [None, 0.75, 0.75]
    known = {row[0]: row[1:] for row in loyalty(line, windows).iter_rows()}
    assert known["a"] == (3, 2, 0, 0, 1.0, "loyal")
    assert known["c"] == (2, 1, 1, 0, 0.5, "loyal")
    assert known["d"] == (2, 0, 1, 1, 0.0, "transient")


def test_a_part_that_nobody_knows_gives_its_weight_to_the_others():
    """J(members) 1/3, cosine of objects 1, no infrastructure: (.6/3 + .25) / .85; with disjoint devices: .6/3 + .25."""
    members = ({"A": accounts("a", 0, 6)}, {"B": accounts("a", 3, 9)})
    shares = [("share", "p1"), ("share", "p2")]
    without = lineage(run_of(members[0], {"A": shares}), run_of(members[1], {"B": shares}))
    assert without["similarity"].to_list() == [pytest.approx((0.2 + 0.25) / 0.85)]
    with_devices = lineage(
        run_of(members[0], {"A": [*shares, ("device", "x")]}), run_of(members[1], {"B": [*shares, ("device", "y")]})
    )
    assert with_devices["similarity"].to_list() == [pytest.approx(0.45)]


def test_sources_speak_when_the_objects_are_new():
    members = ({"A": accounts("a", 0, 6)}, {"B": accounts("a", 3, 9)})
    runs = [
        run_of(members[0], {"A": [("url", "https://x.example/1")]}),
        run_of(members[1], {"B": [("url", "https://x.example/2")]}),
    ]
    known = pl.DataFrame(
        {"trace": ["url", "url"], "object_id": ["https://x.example/1", "https://x.example/2"], "block": "x.example"}
    )
    assert lineage(*runs)["similarity"].to_list() == [pytest.approx(0.2 / 0.85)]
    assert lineage(*runs, sources=known)["similarity"].to_list() == [pytest.approx((0.2 + 0.25) / 0.85)]


groups = strategies.lists(
    strategies.frozensets(strategies.integers(0, 15), min_size=1, max_size=8), min_size=1, max_size=4
)


def as_run(sets: list[frozenset[int]]) -> dict[str, pl.DataFrame]:
    return run_of({f"C{n}": [f"u{m:02d}" for m in sorted(members)] for n, members in enumerate(sets)})


@given(groups, groups, strategies.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(before, after, chance):
    def shuffled(run):
        def mixed(frame):
            order = list(range(frame.height))
            chance.shuffle(order)
            return frame[order] if order else frame

        return {name: mixed(frame) for name, frame in run.items()}

    one, other = as_run(before), as_run(after)
    assert lineage(shuffled(one), shuffled(other)).equals(lineage(one, other))


@given(groups, groups)
def test_the_assignment_is_the_best_of_all(before, after):
    pairs = alike(profiles_of(as_run(before)), profiles_of(as_run(after)))
    fit = {
        (b, a): s for b, a, s in pairs.select("cluster_before", "cluster_after", "similarity").iter_rows() if s >= 0.3
    }
    rows, columns = [f"C{n}" for n in range(len(before))], [f"C{n}" for n in range(len(after))]
    wide = [*columns, *[""] * len(rows)]
    best = max(
        sum(fit.get(pair, 0.0) for pair in zip(rows, order, strict=False)) for order in permutations(wide, len(rows))
    )
    chosen = one_to_one(pairs)
    assert chosen["similarity"].sum() == pytest.approx(best)
    assert chosen["cluster_before"].is_unique().all()
    assert chosen["cluster_after"].is_unique().all()


@given(groups, groups)
def test_every_later_cluster_is_told_of_and_no_earlier_one_is_forgotten(before, after):
    found = lineage(as_run(before), as_run(after))
    assert set(found["cluster_after"].drop_nulls()) == {f"C{n}" for n in range(len(after))}
    assert set(found["cluster_before"].drop_nulls()) == {f"C{n}" for n in range(len(before))}


def test_a_ring_of_victims_is_no_continuation_of_a_cluster_of_the_same_accounts():
    """Else a verdict on the operation would reach the people whose accounts it took."""
    before = run_of({"A": accounts("a", 0, 6)})
    after = run_of({"B": accounts("a", 0, 6)})
    before["members"] = before["members"].with_columns(role=pl.lit("core"))
    after["members"] = after["members"].with_columns(role=pl.lit("victim"))
    assert told(lineage(before, after)) == {("A", None, "missing"), (None, "B", "born")}
    assert told(lineage(after, after)) == {("B", "B", "continues")}
