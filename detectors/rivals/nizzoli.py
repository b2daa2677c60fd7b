"""Nizzoli et al. 2021: the backbone of the similarity network of the busiest accounts, and how far up each one stays in it."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from detectors.coding import I64, Flags
from detectors.rivals.results import RIVAL_SCHEMA, acted_by_trace, scored
from detectors.rivals.tf_idf import tf_idf_pairs
from detectors.significance import F64


@dataclass(frozen=True, slots=True)
class Nizzoli:
    """The paper's parameters; it has no cut, so every account that the backbone keeps counts as flagged."""

    traces: tuple[str, ...] = ("share", "url", "hashtag_sequence", "text")  # in the paper retweets alone
    busiest: float = 0.01  # share of accounts, by actions: the paper's superspreaders
    alpha: float = 0.15  # of the disparity filter, in the authors' example
    levels: int = 101  # quantiles of the weights, 0 to 1
    smallest: int = 2  # accounts of a group

    def accounts(self, actions: pl.DataFrame) -> pl.DataFrame:
        """RIVAL_SCHEMA. Score: how many of the 101 thresholds the account survives in a group, as a share; 0 outside.

        Source: Nizzoli et al. 2021, "Coordinated Behavior on Social Media in 2019 UK General Election".
        """
        return scored(actions, [self._of_trace(acted) for _, acted in acted_by_trace(actions, self.traces)])

    def _of_trace(self, acted: pl.DataFrame) -> pl.DataFrame:
        counts = acted.group_by("account_id").len().sort("len", "account_id", descending=[True, False])
        chosen = counts.head(int(np.ceil(self.busiest * counts.height))).select("account_id")
        pairs = tf_idf_pairs(acted.join(chosen, on="account_id", how="semi", maintain_order="left"))
        if pairs.is_empty():
            return pl.DataFrame(schema=dict(RIVAL_SCHEMA))
        names = pl.concat([pairs["left"], pairs["right"]]).unique().sort()
        left, right = (
            pairs[side].cast(pl.Enum(names)).to_physical().cast(pl.Int64).to_numpy() for side in ("left", "right")
        )
        weight = pairs["similarity"].to_numpy()
        kept = disparity(left, right, weight, len(names)) < self.alpha
        survived = self._survived(left[kept], right[kept], weight[kept], len(names))
        return pl.DataFrame({"account_id": names, "score": survived / self.levels, "flagged": survived > 0})

    def _survived(self, left: I64, right: I64, weight: F64, accounts: int) -> I64:
        """Per account the number of thresholds, from the lowest up, at which it is in a group."""
        survived = np.zeros(accounts, dtype=np.int64)
        if not weight.size:
            return survived
        for number, cut in enumerate(np.quantile(weight, np.linspace(0, 1, self.levels))):
            heavy = weight >= cut
            survived[in_groups(left[heavy], right[heavy], accounts, self.smallest)] = number + 1
        return survived


def disparity(left: I64, right: I64, weight: F64, accounts: int) -> F64:
    """Per edge the smaller alpha of its two ends, alpha_i = (1 - w / s_i)^(k_i - 1); an end with one edge has 1.

    Source: Serrano et al. 2009. In the authors' code the second end overwrites the first (DETECTORS 1); not copied.
    """
    ends = np.concatenate([left, right])
    strength = np.bincount(ends, weights=np.concatenate([weight, weight]), minlength=accounts)
    degree = np.bincount(ends, minlength=accounts)
    alphas = [(1 - np.minimum(weight / strength[end], 1.0)) ** (degree[end] - 1) for end in (left, right)]
    return np.asarray(np.minimum(*alphas), dtype=np.float64)


def in_groups(left: I64, right: I64, accounts: int, smallest: int) -> Flags:
    """Flags the accounts in connected components of at least `smallest` accounts."""
    links = csr_array((np.ones(left.size), (left, right)), shape=(accounts, accounts))
    _, group = connected_components(links, directed=False)
    return np.asarray(np.bincount(group)[group] >= smallest)
