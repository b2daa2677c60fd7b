"""p-values against oracles: exact tails on small cases, and worlds in which nobody coordinates because their accounts were dealt."""

from datetime import timedelta
from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from detectors.meetings import meetings_of
from detectors.nulls import NULLS, SPELL_SECONDS, GlobalNull
from detectors.pair_tests import run_pair_tests, significant
from detectors.projection import project
from detectors.scan.acts import Company, acts_of_trace
from detectors.scan.evidence import evidence_of
from detectors.scan.usual import KINDS, LADDER, Usual
from detectors.settings import Settings
from detectors.significance import hoeffding_tail, poisson_tail
from detectors.stages import Funnel
from detectors.trace_actions import TraceActions, trace_actions
from detectors.worlds import WorldSettings, generate_world
from tests.bench.quality.false_discoveries import swapped
from tests.detectors.test_significance import exact_tail
from tests.detectors.worlds import Row, actions_of

HOUR = timedelta(hours=1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(2, 12), min_size=4, max_size=25), st.integers(3, 12), st.integers(3, 12), st.integers(0, 6))
def test_the_p_of_a_pair_bounds_the_exact_tail_over_its_objects(crowds: list[int], one: int, other: int, more: int):
    """Each object of d accounts is shared with chance k_i k_j d (d - 1) / E^2 (DETECTORS 2.3): the sum, exactly and by the null."""
    acts = sum(crowds) + one + other
    chances = [one * other * d * (d - 1) / acts**2 for d in crowds]
    if max(chances) > 1:
        return
    null = GlobalNull(sum(d * (d - 1) // 2 for d in crowds), np.array([one, other, acts - one - other]))
    expected = null.expected(np.array([0]), np.array([1]))
    assert expected[0] == pytest.approx(sum(chances))
    seen = int(np.ceil(expected[0])) + 1 + more
    exact = exact_tail(chances, seen) if seen <= len(chances) else 0.0
    assert poisson_tail(np.array([seen]), expected)[0] >= exact - 1e-12


def paired_rows(seed: int, together: int) -> list[Row]:
    """Two accounts on objects of two; `together` of these they have in common, the rest each has with somebody else."""
    draw = np.random.default_rng(seed)
    rows: list[Row] = []
    for number in range(900):
        pair = draw.choice(300, 2, replace=False)
        rows += [(f"user{who:03d}", "share", f"p-{number}", float(number + turn)) for turn, who in enumerate(pair)]
    for number in range(12):
        mate = "b" if number < together else f"user{number:03d}"
        rows += [(who, "share", f"a-{number}", float(number)) for who in ("a", mate)]
        if mate != "b":
            rows += [(who, "share", f"b-{number}", float(number)) for who in ("b", f"user{number + 100:03d}")]
    return rows


@pytest.mark.parametrize("together", [2, 4, 8, 12])
def test_the_bound_on_company_is_chernoffs_and_never_below_the_exact_tail(together: int):
    """Where all acts weigh the same the tilt must find exp(-n KL); the grid of tilts loses less than 1 % of the exponent."""
    actions = actions_of(paired_rows(together, together)).with_columns(block=pl.lit(""))
    everyone = actions["account_id"].unique().sort()
    usual = Usual(Company(acts_of_trace(actions, "share", everyone), 60_000_000))
    pair = np.array([everyone.to_list().index(name) for name in ("a", "b")])
    told = evidence_of(usual, pair)
    for place in range(2):
        seen, many = int(told.company[place]), int(told.acts[place])
        chance = float(told.expected[place]) / many
        assert seen == together
        bound = 10 ** -(told.member[place] + np.log10(len(LADDER) * len(KINDS)))
        assert bound >= binom.sf(seen - 1, many, chance) * (1 - 1e-9)
        assert np.log10(bound) == pytest.approx(np.log10(hoeffding_tail(seen, many, chance)), rel=0.01, abs=0.01)


@cache
def shares(seed: int) -> pl.DataFrame:
    """The shares of an organic world: heavy tails, cascades and nights as in real data."""
    posts = generate_world(WorldSettings("organic", 12_000, seed)).posts.filter(pl.col("kind") == "share")
    return (
        actions_of([])
        .clear()
        .vstack(
            posts.select(
                "account_id",
                pl.lit("share").alias("trace"),
                pl.col("shared_post_id").alias("object_id"),
                pl.col("created_at").alias("at"),
                "post_id",
                pl.lit("").alias("block"),
                pl.lit("made up").alias("source"),
                pl.lit(0, pl.Int64).alias("line"),
            ).cast(dict(actions_of([]).schema))
        )
    )


def dealt(seed: int, span: str | None) -> TraceActions:
    actions = swapped(shares(seed), seed, span)
    return trace_actions(actions, "share", 3, shares(seed)["account_id"].unique().sort())


@pytest.mark.parametrize(("null", "span"), [("global", None), ("spells", "6h"), ("spells", None)])
def test_p_of_pairs_is_conservative_where_accounts_were_dealt_at_random(null: str, span: str | None):
    """Dealt over everything the global null is true, within six hours that of spells: of all pairs at most x have p <= x."""
    below, tests = {0.05: 0, 0.01: 0, 0.001: 0}, 0
    for seed in (1, 2, 3, 4):
        actions = dealt(seed, span)
        found = project(actions.coded, HOUR, 1)
        model = NULLS[null](meetings_of(actions.coded, actions.degrees, SPELL_SECONDS), HOUR)
        p = poisson_tail(found.weight, model.expected(found.left.astype(int), found.right.astype(int)))
        tests += actions.accounts * (actions.accounts - 1) // 2
        for level in below:
            below[level] += int((p <= level).sum())
    for level, count in below.items():
        assert binom.sf(count - 1, tests, level) > 1e-4, f"{count} of {tests} pairs at p <= {level}"


def test_fused_p_of_pairs_finds_nothing_where_accounts_were_dealt_at_random():
    """Benjamini-Hochberg at .05 over all pairs, three windows fused: of eight null worlds at most three have a link (p = .006)."""
    told = Settings(traces=("share",))
    worlds_with_a_link = 0
    for seed in range(1, 9):
        tested = run_pair_tests([dealt(seed, None)], told, Funnel(), null=NULLS["global"])
        worlds_with_a_link += significant(tested, 0.05).height > 0
    assert worlds_with_a_link <= 3
