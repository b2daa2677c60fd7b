"""The frames of a run with its rings among the clusters, in the orders that all frames keep."""

from collections.abc import Mapping

import polars as pl

from detectors.ring_clusters.both_kinds import accounts_of_both
from detectors.ring_clusters.found import RingClusters
from graph.schemas import RUN_SCHEMAS, empty

_ORDER = {
    "members": ["cluster_id", "account_id"],
    "edges": ["left", "right", "trace", "window_seconds", "cluster_id"],
    "evidence": ["left", "right", "trace", "object_id", "cluster_id"],
    "takeovers": ["cluster_id", "account_id"],
    "takeover_acts": ["cluster_id", "account_id", "what"],
}
_IN_ORDER_OF_CLUSTERS = ("signals", "guards")


def with_ring_clusters(frames: Mapping[str, pl.DataFrame], rings: RingClusters | None) -> dict[str, pl.DataFrame]:
    """Every frame of RUN_SCHEMAS; `frames` are those of the coordinated clusters. None: rings were not looked for.

    Without rings every frame that was there stays as it was.
    """
    whole = {name: frames.get(name, empty(schema)) for name, schema in RUN_SCHEMAS.items()}
    if rings is None or rings.frames["clusters"].is_empty():
        return whole
    both = {name: pl.concat([whole[name], rings.frames[name]]) for name in rings.frames}
    clusters = both["clusters"].sort(["risk", "size", "cluster_id"], descending=[True, True, False])
    told = {
        name: frame.sort(_ORDER[name], nulls_last=True) if name in _ORDER else frame for name, frame in both.items()
    }
    # The habits of an account keep the order of a panel, the signs of a cluster that of their p.
    told["habit_changes"] = both["habit_changes"].sort("cluster_id", "account_id", maintain_order=True)
    told["takeover_signs"] = both["takeover_signs"].sort("cluster_id", maintain_order=True)
    told |= {
        name: clusters.select("cluster_id").join(both[name], on="cluster_id", how="inner", maintain_order="left_right")
        for name in _IN_ORDER_OF_CLUSTERS
    }
    named = whole | told | {"clusters": clusters, "accounts": accounts_of_both(whole["accounts"], rings)}
    return {name: named[name].select(*RUN_SCHEMAS[name]) for name in RUN_SCHEMAS}
