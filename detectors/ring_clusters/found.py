"""The rings of a run, described as its other clusters are: risk, confidence, tier, title, members, ties, signs, guards."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.nesting import group_name
from detectors.ring_clusters.access import access_signals
from detectors.ring_clusters.again import looked_at_again
from detectors.ring_clusters.deeds import deeds, first_acts
from detectors.ring_clusters.describing import described
from detectors.ring_clusters.innocence import ring_guards
from detectors.ring_clusters.pairs import ring_edges, ring_evidence
from detectors.ring_clusters.people import ring_members
from detectors.ring_clusters.signs import ring_signals
from detectors.settings import Settings
from detectors.stages import Funnel
from detectors.takeovers.find import Takeovers, find_takeovers
from graph.schemas import RUN_SCHEMAS


@dataclass(frozen=True)
class RingClusters:
    """`frames`: those of RUN_SCHEMAS that rings have rows in, but `accounts`; `types`: cluster_id -> type of the ring."""

    frames: Mapping[str, pl.DataFrame]
    types: Mapping[str, str]


def find_ring_clusters(
    posts: pl.LazyFrame,
    sessions: pl.LazyFrame,
    actions: pl.LazyFrame,
    accounts: pl.LazyFrame,
    settings: Settings,
    seed: int,
    everyone: int,
    funnel: Funnel,
) -> RingClusters:
    """Look for rings and describe them; `everyone` is how many accounts the run has. The order of rows changes nothing."""
    found = find_takeovers(posts, sessions, actions, accounts, q=settings.takeover_q, seed=seed, funnel=funnel)
    ids = {
        ring: f"T-{group_name(np.arange(len(who)), who)}"
        for (ring,), part in found.members.group_by("ring", maintain_order=True)
        for who in (part["account_id"].sort(),)
    }
    inside = pl.col("account_id").is_in(found.members["account_id"].implode())
    with funnel.step("rings described", found.rings.height) as step:
        evidence = ring_evidence(found.uses, found.ties)
        edges = ring_edges(evidence, found.ties, found.signs)
        signals = pl.concat([ring_signals(found.signs), access_signals(found.members, sessions)]).sort("ring", "name")
        again = looked_at_again(found.members, evidence, found.signs, seed)
        told = ring_guards(found.rings, found.members, found.ties, accounts.filter(inside).collect())
        own = posts.filter(inside).collect()
        numbered = {
            "clusters": described(found, edges, signals, told, settings, everyone, again.clusters),
            "members": ring_members(found, edges, seed, again.members),
            "edges": edges,
            "evidence": evidence,
            "signals": signals,
            "guards": told,
            "takeovers": found.members.join(first_acts(found.members, own), on=["ring", "account_id"], how="left"),
            "takeover_acts": deeds(found.members, own, sessions.filter(inside).collect()),
            "takeover_signs": found.signs,
            "habit_changes": _with_ties(found),
        }
        step.rows_out = found.rings.height
    frames = {name: _named(frame, ids, name) for name, frame in numbered.items()}
    return RingClusters(frames, dict(frames["clusters"].select("cluster_id", "type").iter_rows()))


def _named(frame: pl.DataFrame, ids: Mapping[object, str], name: str) -> pl.DataFrame:
    named = frame.with_columns(cluster_id=pl.col("ring").replace_strict(ids, default=None, return_dtype=pl.String))
    return named.select(pl.col(column).cast(kind) for column, kind in RUN_SCHEMAS[name].items())


def _with_ties(found: Takeovers) -> pl.DataFrame:
    """The changes of habits with the values among them that tie the ring."""
    used = found.uses.group_by("ring", "account_id", "feature", maintain_order=True).agg(ties="value")
    told = found.changes.join(used, on=["ring", "account_id", "feature"], how="left", maintain_order="left")
    return told.with_columns(ties=pl.col("ties").fill_null([])).with_columns(ties=pl.col("ties").list.sort())
