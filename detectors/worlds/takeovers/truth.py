"""Truth: what each account of a world with takeovers is, and when it was in other hands."""

from collections.abc import Iterable

import numpy as np
import polars as pl

from detectors.worlds.campaigns import COORDINATED, ORGANIC
from detectors.worlds.drafts import I64, LABEL_SCHEMA, Schema, account_ids, labels, moments
from detectors.worlds.takeovers.holders import FAR, Holders
from detectors.worlds.takeovers.operations import Crew, Operation
from detectors.worlds.takeovers.rings import Ring, Victims

COMPROMISED = "compromised"
TRUTH_SCHEMA: Schema = {
    **LABEL_SCHEMA,
    "type": pl.String,  # compromised | owner_run | farm
    "ring": pl.String,
    "taken_at": pl.Int64,
    "recovered_at": pl.Int64,
    "style": pl.String,  # of the intrusion: stuffing | token | sim_swap | dormant | contagion
}


def truth_table(
    holders: Holders,
    groups: dict[str, I64],
    rings: Iterable[tuple[Ring, Victims]],
    operations: Iterable[tuple[Operation, Crew]],
) -> pl.DataFrame:
    """TRUTH_SCHEMA with account ids and times, one row per account, sorted by id."""
    group = np.full(len(holders), "", dtype=object)
    for name, who in groups.items():
        group[who] = name
    plain = labels(
        len(holders), account=holders.number, label=ORGANIC, campaign="", archetype="", role="",
        group=pl.Series(group.tolist(), dtype=pl.String),
    )  # fmt: skip
    special = [_victims(holders, ring, victims) for ring, victims in rings]
    special += [_members(holders, operation, crew) for operation, crew in operations]
    told = pl.concat([_widened(plain), *special]).unique("account", keep="last")
    named = told.select(
        account_ids("account").alias("account_id"),
        pl.exclude("account", "taken_at", "recovered_at"),
        moments("taken_at").alias("taken_at"),
        moments("recovered_at").alias("recovered_at"),
    )
    return named.select("account_id", *(name for name in TRUTH_SCHEMA if name != "account")).sort("account_id")


def _widened(rows: pl.DataFrame) -> pl.DataFrame:
    lacking = [name for name in TRUTH_SCHEMA if name not in rows.columns]
    return rows.with_columns(*(pl.lit(None, TRUTH_SCHEMA[name]).alias(name) for name in lacking)).select(
        list(TRUTH_SCHEMA)
    )


def _victims(holders: Holders, ring: Ring, victims: Victims) -> pl.DataFrame:
    rows = labels(
        len(victims),
        account=holders.number[victims.who],
        label=COMPROMISED,
        campaign="",
        archetype="",
        role="",
        group="",
    )
    back = pl.col("recovered_at")
    return _widened(
        rows.with_columns(
            type=pl.lit(COMPROMISED), ring=pl.lit(ring.name), style=pl.lit(ring.style),
            taken_at=pl.Series(victims.taken), recovered_at=pl.Series(victims.recovered, dtype=pl.Int64),
        ).with_columns(recovered_at=pl.when(back < FAR).then(back))
    )  # fmt: skip


def _members(holders: Holders, operation: Operation, crew: Crew) -> pl.DataFrame:
    rows = labels(
        crew.who.size, account=holders.number[crew.who], label=COORDINATED, campaign=operation.name,
        archetype=operation.type, role="member", group="",
    )  # fmt: skip
    return _widened(rows.with_columns(type=pl.lit(operation.type)))
