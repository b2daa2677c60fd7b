"""Luceri et al. 2024: five similarity networks in one, pruned to the nodes that are central in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from detectors.coding import I64
from detectors.rivals.results import acted_by_trace, scored
from detectors.rivals.tf_idf import tf_idf_pairs
from detectors.significance import F64

# Percentile of cosines from which an edge is kept. The paper names none for quick shares; that of shares stands in.
PERCENTILES: Mapping[str, float] = MappingProxyType(
    {"share": 80.0, "url": 80.0, "hashtag_sequence": 65.0, "fast_share": 80.0, "text": 96.0}
)
_STEPS = 1_000
_CONVERGED = 1e-9


@dataclass(frozen=True, slots=True)
class Luceri:
    """Filters as in the authors' code; the tuned percentiles and the conservative cut were read second hand (DETECTORS 1)."""

    percentiles: Mapping[str, float] = field(default_factory=lambda: PERCENTILES)
    min_shares: int = 20  # accounts with fewer are left out of the co-share network, and of no other
    centrality: float = 1e-2  # of the eigenvector with length 1, from which a node stays

    def accounts(self, actions: pl.DataFrame) -> pl.DataFrame:
        """RIVAL_SCHEMA. Score: unweighted eigenvector centrality in the union of the networks; flagged from the cut on.

        As published, centrality all but vanishes outside the component with the largest eigenvalue.
        Source: Luceri et al. 2024, "Unmasking the Web of Deceit: Uncovering Coordinated Activity to Expose Information Operations on Twitter".
        """
        edges = pl.concat(
            [
                pl.DataFrame(schema={"left": pl.String, "right": pl.String}),
                *(self._edges(trace, acted) for trace, acted in acted_by_trace(actions, self.percentiles)),
            ]
        )
        return scored(actions, [self._central(edges.unique().sort("left", "right"))])

    def _edges(self, trace: str, acted: pl.DataFrame) -> pl.DataFrame:
        if trace == "share":
            acted = acted.filter(pl.len().over("account_id") >= self.min_shares)
        if trace == "fast_share":  # quick once is no habit; here counts matter, elsewhere only whether
            acted = acted.filter(pl.len().over("account_id", "object_id") > 1)
        touched = acted.filter(pl.col("account_id").n_unique().over("object_id") > 1)
        pairs = tf_idf_pairs(touched, frequency="count" if trace == "fast_share" else "once")
        cut = pairs["similarity"].quantile(self.percentiles[trace] / 100, interpolation="linear")
        return pairs.filter(pl.col("similarity") >= pl.lit(cut)).select("left", "right")

    def _central(self, edges: pl.DataFrame) -> pl.DataFrame:
        names = pl.concat([edges["left"], edges["right"]]).unique().sort()
        ends = [edges[side].cast(pl.Enum(names)).to_physical().cast(pl.Int64).to_numpy() for side in ("left", "right")]
        score = eigenvector_centrality(ends, len(names))
        return pl.DataFrame({"account_id": names, "score": score, "flagged": score >= self.centrality})


def eigenvector_centrality(ends: Sequence[I64], nodes: int) -> F64:
    """The leading eigenvector of the unweighted graph, length 1, entries >= 0; power iteration on A + I as in networkx.

    At most 1,000 steps: where two components lead by nearly the same eigenvalue the last step stands.
    """
    if not nodes:
        return np.empty(0)
    both = np.concatenate(ends), np.concatenate(ends[::-1])
    matrix = csr_array((np.ones(both[0].size), both), shape=(nodes, nodes))
    vector = np.full(nodes, 1 / np.sqrt(nodes))
    for _ in range(_STEPS):
        following = vector + matrix @ vector
        following /= np.linalg.norm(following)
        moved = float(np.abs(following - vector).sum())
        vector = following
        if moved < nodes * _CONVERGED:
            break
    return np.asarray(vector, dtype=np.float64)
