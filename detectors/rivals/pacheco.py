"""Pacheco et al. 2021: accounts whose TF-IDF vectors are among the most alike half per cent of pairs."""

from dataclasses import dataclass

import polars as pl

from detectors.rivals.results import acted_by_trace, ends_of, scored
from detectors.rivals.tf_idf import tf_idf_pairs


@dataclass(frozen=True, slots=True)
class Pacheco:
    """Parameters of case study 4 (co-retweets), as in the paper's table and the authors' notebook."""

    traces: tuple[str, ...] = ("share", "url", "hashtag_sequence", "text")  # each a network of its own
    min_actions: int = 10  # accounts with fewer are left out
    min_accounts: int = 3  # objects with fewer are left out, unless that leaves none (the notebook's min_df)
    kept: float = 0.005  # share of the pairs, the most alike ones

    def accounts(self, actions: pl.DataFrame) -> pl.DataFrame:
        """RIVAL_SCHEMA. Flagged: in a connected component of the kept pairs, so in any kept pair. Score: best cosine.

        Source: Pacheco et al. 2021, "Uncovering Coordinated Networks on Social Media: Methods and Case Studies".
        """
        return scored(actions, [self._of_trace(acted) for _, acted in acted_by_trace(actions, self.traces)])

    def _of_trace(self, acted: pl.DataFrame) -> pl.DataFrame:
        active = acted.filter(pl.len().over("account_id") >= self.min_actions)
        pairs = tf_idf_pairs(active, min_accounts=self.min_accounts, frequency="log")
        if pairs.is_empty():
            pairs = tf_idf_pairs(active, frequency="log")
        cut = pairs["similarity"].quantile(1 - self.kept, interpolation="linear")
        return ends_of(pairs, "similarity", pl.col("similarity") >= pl.lit(cut))
