"""Nesting: which coarser group holds each cluster and which finer groups it holds, by a ladder of resolutions."""

import hashlib
from collections.abc import Sequence

import numpy as np
import polars as pl

from detectors.agreement import partition
from detectors.link_groups import link_groups
from detectors.significance import I64
from graph.schemas import NESTING_SCHEMA, FrameSchema

COARSER = (0.2,)  # times the resolution of the run: .1, 2 and 5 around .5 (DETECTORS 2.5)
FINER = (4.0, 10.0)
MOST = 0.5  # share of its members inside a cluster from which a finer group belongs to it

NUMBERED_NESTING: FrameSchema = {
    "cluster": pl.Int64,
    **{name: kind for name, kind in NESTING_SCHEMA.items() if name != "cluster_id"},
}


def group_name(group: I64, everyone: pl.Series) -> str:
    """Eight hex digits that follow from who is in."""
    said = "\0".join(everyone.gather(group).to_list()).encode("utf-8", "surrogatepass")
    return hashlib.sha256(said).hexdigest()[:8]


def nesting(
    links: pl.DataFrame,
    groups: Sequence[I64],
    names: Sequence[str],
    everyone: pl.Series,
    *,
    resolution: float,
    smallest: int,
    seed: int,
) -> pl.DataFrame:
    """NESTING rows with the number of the cluster, sorted; links as in TESTED, `names` the ids of the clusters.

    Leiden keeps no hierarchy: a coarser group need not hold the whole cluster, so `shared` says how much of it it holds.
    """
    rows: list[dict[str, object]] = []
    clusters = partition(groups, len(everyone))
    for factor in (*COARSER, *FINER):
        at = factor * resolution
        found = link_groups(links, resolution=at, smallest=smallest, seed=seed)
        rung = partition(found, len(everyone))
        for number, group in enumerate(found):
            inside = clusters.label[group]
            shared = np.bincount(inside[inside >= 0], minlength=len(groups))
            if factor < 1:
                homes = [c for c in np.flatnonzero(shared).tolist() if rung.best_match(groups[c])[0] == number]
            else:
                homes = np.flatnonzero(shared > MOST * group.size).tolist()
            rows += [
                {
                    "cluster": cluster,
                    "relation": "coarser" if factor < 1 else "finer",
                    "resolution": round(at, 9),
                    "group_id": f"G-{group_name(group, everyone)}",
                    "size": group.size,
                    "shared": int(shared[cluster]),
                    "clusters": sorted(names[home] for home in homes),
                }
                for cluster in homes
            ]
    frame = pl.DataFrame(rows, schema=dict(NUMBERED_NESTING), orient="row")
    return frame.sort("cluster", "resolution", "group_id")
