"""A world with takeovers is not solved by asking who began to use the same thing within three days."""

import polars as pl
import pytest

from detectors.worlds.takeovers import TakeoverWorld

SETTLED = 20
TRACES = ("domain", "text")


def newly_in_common(world: TakeoverWorld) -> pl.DataFrame:
    """account_id, things: kinds of things that a settled account began to use in the same 72 hours as two other settled ones."""
    access = world.sessions.filter("success").with_columns(network=pl.col("ip").str.extract(r"^(.*)\.\d+$"))
    told = [(access, name, name) for name in ("device", "network", "client")] + [(world.posts, "client", "client")]
    told += [(world.actions.filter(pl.col("trace") == trace), trace, "object_id") for trace in TRACES]
    uses = pl.concat(
        [rows.select("account_id", "at", pl.lit(kind).alias("kind"), value=name) for rows, kind, name in told]
    ).drop_nulls()
    place = uses.select("account_id", "at").unique().sort("account_id", "at")
    place = place.with_columns(place=pl.int_range(pl.len()).over("account_id"))
    first = uses.group_by("account_id", "kind", "value").agg(pl.col("at").min()).join(place, on=["account_id", "at"])
    days = ((pl.col("at") - uses["at"].min()).dt.total_hours() // 72).alias("days")
    settled = first.filter(pl.col("place") >= SETTLED).with_columns(days)
    together = settled.filter(pl.col("account_id").n_unique().over("kind", "value", "days") >= 3)
    return together.group_by("account_id").agg(things=pl.col("kind").n_unique())


@pytest.mark.parametrize(("things", "most"), [(1, 0.2), (2, 0.35)])
@pytest.mark.parametrize("seed", [7, 8])
def test_newness_in_common_finds_victims_and_far_more_others(made, seed, things, most):
    world = made(250_000, seed)
    flagged = newly_in_common(world).filter(pl.col("things") >= things)
    victims = world.labels.filter(pl.col("label") == "compromised")
    right = flagged.join(victims, on="account_id", how="semi").height
    assert right / victims.height > 0.8
    assert right / flagged.height < most
