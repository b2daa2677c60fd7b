"""Who leads in a cluster: where each account stands in time, who leads whom, and what it would cost to frame one."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from detectors.explaining.dossier import Dossier
from detectors.roles import pair_leads
from detectors.sentences import plural, span
from detectors.significance import I64
from detectors.standing import joint_acts_in_time, standing


def account_order(dossier: Dossier) -> list[dict[str, Any]]:
    """STANDING of every member among the members, and of each account beside the cluster against them; by account.

    Each has `account_id`, `inside` the cluster or not, and `cost_to_frame` (see below).
    """
    told = _standing(dossier, dossier.members).with_columns(member=True)
    for rank in dossier.apart:
        own = _standing(dossier, np.append(dossier.members, rank)).filter(pl.col("account") == rank)
        told = pl.concat([told, own.with_columns(member=False)])
    named = told.with_columns(account_id=dossier.everyone.gather(told["account"])).sort("account_id")
    rows = named.drop("cluster", "account", "inside").iter_rows(named=True)
    return [{**row, "sentence": cost_sentence(row)} for row in rows]


def cost_sentence(row: Mapping[str, Any]) -> str:
    """What others would have had to do to make this account look as it does, and what it did itself."""
    quick = "" if row["lag_s"] is None else f", a median of {span(row['lag_s'])} after it"
    tied = f"; {plural(row['tied'], 'more was', 'more were')} at one moment" if row["tied"] else ""
    return (
        f"Cost to frame: {plural(row['copies'], 'act', 'acts')} by others on {plural(row['led'], 'object', 'objects')} "
        f"that it acted on first{quick}. It acted after others on {plural(row['followed'], 'object', 'objects')}{tied}."
    )


def _standing(dossier: Dossier, accounts: I64) -> pl.DataFrame:
    cluster_of = np.full(len(dossier.everyone), -1, dtype=np.int64)
    cluster_of[accounts] = 0
    return standing(joint_acts_in_time(dossier.population.traces, cluster_of, max(dossier.settings.spans)))


def with_leads(edges: pl.DataFrame, dossier: Dossier) -> pl.DataFrame:
    """`edges` with left_first, right_first, tied, median_lead_s and lead_p of the pair on the trace, in the widest window."""
    near = dossier.acts.filter(pl.col("gap_us").abs() <= max(dossier.settings.windows) * 1_000_000)
    told = [pair_leads(rows).with_columns(trace=pl.lit(str(trace))) for (trace,), rows in near.group_by("trace")]
    if not told:
        return edges
    leads = pl.concat(told).rename({"p": "lead_p"})
    named = leads.with_columns(dossier.everyone.gather(leads[side]).alias(side) for side in ("left", "right"))
    return edges.join(named, on=["left", "right", "trace"], how="left", maintain_order="left")
