"""The fast projection says what the two loops say, on whatever small table and however the work is cut."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.coding import code_actions
from detectors.projection import Projection, project
from tests.detectors.projection.oracle import Row, actions_of, meetings, weights

UNITS = st.sampled_from([1, 7, 1_000, 1_000_000, 60_000_000])


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Row], int]:
    """Few accounts, few objects, few moments, so that everything collides; and a window that falls on, beside, beyond."""
    unit = draw(UNITS)
    row = st.tuples(
        st.sampled_from([f"account{number}" for number in range(7)]),
        st.sampled_from([f"object{number}" for number in range(5)]),
        st.integers(0, 25).map(lambda steps: steps * unit),
    )
    rows = draw(st.lists(row, max_size=50))
    window = draw(st.sampled_from([0, 1, 2, 10, 100_000])) * unit + draw(st.sampled_from([-1, 0, 1]))
    return rows, max(window, 0)


def projected(
    rows: list[Row], window: int, min_shared: int, **options: int
) -> tuple[Projection, dict[tuple[str, str], int]]:
    coded = code_actions(actions_of(rows))
    found = project(coded, timedelta(microseconds=window), min_shared, **options)
    ids = coded.account_ids
    pairs = zip(ids.gather(found.left), ids.gather(found.right), found.weight.tolist(), strict=True)
    return found, {(left, right): weight for left, right, weight in pairs}


@settings(max_examples=400, deadline=None)
@given(tables(), st.integers(1, 4), st.sampled_from([1, 2, 5, 30, 8_000_000]))
def test_projection_equals_two_loops_however_small_the_chunks(table, min_shared, pair_budget):
    rows, window = table
    found, pairs = projected(rows, window, min_shared, pair_budget=pair_budget)
    assert pairs == weights(rows, window, min_shared)
    assert list(pairs) == sorted(pairs)
    assert found.pairs_in_window == len(meetings(rows, window))
    assert found.edges_total == len({(account, thing) for account, thing, _ in rows}) == found.objects_of.sum()


@settings(max_examples=100, deadline=None)
@given(tables(), st.integers(1, 3), st.randoms(use_true_random=False))
def test_shuffled_and_repeated_rows_change_nothing(table, min_shared, random):
    rows, window = table
    again = rows + rows[: len(rows) // 2]
    random.shuffle(again)
    first, pairs = projected(rows, window, min_shared)
    second, pairs_again = projected(again, window, min_shared)
    assert pairs_again == pairs
    assert second.pairs_in_window == first.pairs_in_window


@settings(max_examples=100, deadline=None)
@given(tables(), st.integers(1, 3))
def test_renaming_accounts_and_objects_changes_only_the_names(table, min_shared):
    rows, window = table
    other = {account: f"{int(account[-1]) * 5 % 7}-{account}" for account, _, _ in rows}
    renamed = [(other[account], thing[::-1] + "x", at) for account, thing, at in rows]
    _, pairs = projected(rows, window, min_shared)
    _, pairs_renamed = projected(renamed, window, min_shared)
    expected = {(min(other[a], other[b]), max(other[a], other[b])): weight for (a, b), weight in pairs.items()}
    assert pairs_renamed == expected


@settings(max_examples=100, deadline=None)
@given(tables(), st.integers(0, 20_000_000))
def test_a_wider_window_never_lowers_a_weight(table, wider):
    rows, window = table
    _, narrow = projected(rows, window, 1)
    _, wide = projected(rows, window + wider, 1)
    assert all(wide[pair] >= weight for pair, weight in narrow.items())
