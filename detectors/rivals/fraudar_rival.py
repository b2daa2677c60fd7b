"""FRAUDAR: the densest block of accounts and objects, whatever it is."""

from dataclasses import dataclass

import polars as pl

from detectors.lockstep.peeling import peel
from detectors.lockstep.touch_graph import named_touches
from detectors.rivals.results import acted_by_trace, scored


@dataclass(frozen=True, slots=True)
class Fraudar:
    """The authors' logarithmic weights; one block per trace, as in their experiments with injected fraud."""

    traces: tuple[str, ...] = (
        "follow",
        "like",
        "share",
        "url",
        "hashtag_sequence",
        "text",
    )  # the paper: follows, reviews
    offset: float = 5.0  # column weight 1 / ln(popularity + 5)

    def accounts(self, actions: pl.DataFrame) -> pl.DataFrame:
        """RIVAL_SCHEMA. Flagged: in the densest block of a trace. Score: density of the densest set that held the account.

        It has no test: some block is the densest of any crowd. detectors.lockstep asks whether it means anything.
        Source: Hooi et al. 2016, "FRAUDAR: Bounding Graph Fraud in the Face of Camouflage".
        """
        return scored(actions, [self._of_trace(acted) for _, acted in acted_by_trace(actions, self.traces)])

    def _of_trace(self, acted: pl.DataFrame) -> pl.DataFrame:
        touched = named_touches(acted, self.offset)
        peeled = peel(touched.graph)
        return pl.DataFrame({"account_id": touched.account_ids, "score": peeled.level, "flagged": peeled.accounts})
