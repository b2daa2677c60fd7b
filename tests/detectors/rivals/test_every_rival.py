"""What all rivals have in common: one row per account, sorted, the same for any order of rows, and a planted ring on top."""

import polars as pl
import pytest

from detectors.ranking import auc
from detectors.rivals import RIVAL_SCHEMA, RIVALS
from graph.schemas import ACTION_SCHEMA
from tests.detectors.worlds import actions_of, quiet_rows, ring_rows

WORLD = actions_of(
    quiet_rows(1, accounts=300, objects=500, acts=4_000) + ring_rows(2, members=10, objects=16, spread=8)
)
every_rival = pytest.mark.parametrize("name", list(RIVALS))


@every_rival
def test_every_account_that_acted_has_one_row_in_order_of_its_id(name: str):
    said = RIVALS[name].accounts(WORLD)
    assert said.schema == dict(RIVAL_SCHEMA)
    assert said["account_id"].to_list() == sorted(set(WORLD["account_id"]))
    assert said.null_count().row(0) == (0, 0, 0)


@every_rival
def test_row_order_changes_no_byte(name: str):
    rows = WORLD.sample(fraction=1.0, shuffle=True, seed=4)
    assert RIVALS[name].accounts(rows).equals(RIVALS[name].accounts(WORLD))


@every_rival
def test_an_account_without_score_is_never_flagged(name: str):
    assert RIVALS[name].accounts(WORLD).filter(pl.col("flagged") & (pl.col("score") <= 0)).is_empty()


@pytest.mark.parametrize("name", ["Pacheco 2021", "CooRTweet", "FRAUDAR 2016"])
def test_a_tight_ring_ranks_above_the_crowd(name: str):
    said = RIVALS[name].accounts(WORLD)
    ring = said["account_id"].str.starts_with("ring").to_numpy()
    found = auc(ring, said["score"].to_numpy())
    assert found is not None
    assert found > 0.95
    assert said.filter(pl.col("flagged") & pl.col("account_id").str.starts_with("ring")).height >= 8


@every_rival
def test_nothing_to_look_at_gives_no_rows(name: str):
    assert RIVALS[name].accounts(pl.DataFrame(schema=dict(ACTION_SCHEMA))).schema == dict(RIVAL_SCHEMA)


@every_rival
def test_other_traces_than_its_own_only_give_rows_of_zero(name: str):
    said = RIVALS[name].accounts(WORLD.with_columns(trace=pl.lit("device")))
    assert said.height == WORLD["account_id"].n_unique()
    assert not said["flagged"].any()
    assert said["score"].sum() == 0
