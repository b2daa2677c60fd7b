"""CooRTweet: accounts that repeatedly acted on one object within seconds, more often than half of such pairs."""

from dataclasses import dataclass

import polars as pl

from detectors.peers.coortweet import pairs_like_coortweet
from detectors.rivals.results import acted_by_trace, ends_of, scored


@dataclass(frozen=True, slots=True)
class CooRTweetStyle:
    """The defaults of `detect_groups` and `generate_coordinated_network` (CooRTweet 2.1.3)."""

    traces: tuple[str, ...] = (
        "share",
        "url",
        "hashtag_sequence",
        "text",
    )  # one network per kind of object, as its manual
    window_seconds: float = 10.0
    min_participation: int = 2
    edge_weight: float = 0.5  # quantile of the weights that an edge must lie over

    def accounts(self, actions: pl.DataFrame) -> pl.DataFrame:
        """RIVAL_SCHEMA. Flagged: in a pair over the quantile (`weight_threshold`). Score: the heaviest pair.

        Source: Righetti and Balluff, CooRTweet; the edges are those of detectors.peers.coortweet, checked against it.
        """
        return scored(actions, [self._of_trace(acted) for _, acted in acted_by_trace(actions, self.traces)])

    def _of_trace(self, acted: pl.DataFrame) -> pl.DataFrame:
        own_post = pl.concat_str(pl.lit("row "), pl.int_range(pl.len()).cast(pl.String))
        table = acted.select("account_id", "object_id", pl.coalesce("post_id", own_post).alias("content_id"), "at")
        edges = pairs_like_coortweet(table, self.window_seconds, self.min_participation, self.edge_weight)
        return ends_of(edges, "weight", pl.col("weight_threshold") == 1)
