"""What ties the accounts of a ring as things of a graph: the devices, addresses, apps, sites and texts new to them, and since when."""

from dataclasses import dataclass

import polars as pl

from graph.runs import StoredRun
from graph.schemas import TIME


@dataclass(frozen=True, slots=True)
class NewThings:
    """`entities`: cluster_id, kind (device, client, asn, network, domain, text), value, accounts of the cluster that took it up, accounts that
    ever had it, place (a running number over the run); `new_for`: cluster_id, place, account_id, at in microseconds. Sorted.
    """

    entities: pl.DataFrame
    new_for: pl.DataFrame


def new_things(run: StoredRun) -> NewThings:
    """From both sides of the evidence of clusters of kind compromised, of every tier: whether one is explained stands at the cluster."""
    rings = run.scan("clusters").filter(pl.col("kind") == "compromised").select("cluster_id")
    evidence = run.scan("evidence").join(rings, on="cluster_id", how="semi")
    thing = ["cluster_id", "kind", "value"]
    sides = [
        evidence.select(
            "cluster_id",
            "popularity",
            kind="trace",
            value="object_id",
            account_id=side,
            at=pl.col(f"{side}_at").cast(TIME),
        )
        for side in ("left", "right")
    ]
    uses = pl.concat(sides).unique().collect().sort(*thing, "account_id", "at")
    each = uses.group_by(thing).agg(
        accounts=pl.col("account_id").n_unique().cast(pl.Int64), ever=pl.col("popularity").max()
    )
    entities = each.sort(thing).with_columns(place=pl.int_range(pl.len(), dtype=pl.Int64))
    first = uses.group_by(*thing, "account_id").agg(pl.col("at").min().cast(pl.Int64))
    new_for = first.join(entities.select(*thing, "place"), on=thing).select("cluster_id", "place", "account_id", "at")
    return NewThings(entities, new_for.sort("cluster_id", "place", "account_id"))
