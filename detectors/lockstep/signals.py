"""What is said of a dense block: how many touches lie inside, against what chance explains."""

from collections.abc import Mapping

import polars as pl

from detectors import sentences
from detectors.lockstep.frames import Blocks
from detectors.risk import strength
from detectors.scan.signals import NUMBERED_SIGNAL
from detectors.significance import chance_band, surprise


def lockstep_signals(found: Blocks, trace: str, cluster_of: Mapping[int, int] | None = None) -> pl.DataFrame:
    """One row (SIGNAL with cluster number and trace, family lockstep, no window) per block of the trace, sorted by cluster.

    `cluster_of` gives the cluster of each block (default: its own number); blocks that are not in it are left out.
    `seen` and `expected` are touches inside the block.
    """
    clusters = cluster_of if cluster_of is not None else {block: block for block in found.blocks["block"]}
    rows = [
        _of_block(row, trace, clusters[row["block"]])
        for row in found.blocks.iter_rows(named=True)
        if row["block"] in clusters
    ]
    return pl.DataFrame(rows, schema=dict(NUMBERED_SIGNAL), orient="row").sort("cluster", "name", "seen")


def _of_block(row: Mapping[str, float], trace: str, cluster: int) -> dict[str, object]:
    low, high = chance_band(row["expected"])
    p = pl.Series([row["p"]]).to_numpy()
    return {
        "cluster": cluster,
        "trace": trace,
        "window_seconds": None,
        "name": f"{trace}_lockstep",
        "family": "lockstep",
        "value": strength(float(surprise(p)[0])),
        "seen": float(row["touches"]),
        "expected": row["expected"],
        "low": low,
        "high": high,
        "p": row["p"],
        "sentence": sentences.lockstep_sentence(
            trace, int(row["accounts"]), int(row["objects"]), int(row["touches"]), row["expected"], row["p"]
        ),
    }
