"""The fused infrastructure trace: addresses, devices, payment and landing pages that accounts have in common."""

import polars as pl

from detectors.guards.shared_address import most_in_a_week
from detectors.guards.view import CROWDED

MEANS = "means"
INFRASTRUCTURE = ("ip", "device", "payment", "landing_page")


def means_actions(actions: pl.DataFrame) -> pl.DataFrame:
    """ACTION rows of the trace `means` from the four of infrastructure; sorted. Empty where there are none.

    A value that more than CROWDED accounts used in a week is a carrier, campus, VPN or host and says nothing
    (DETECTORS 4: weight 0). Two accounts need two values in common, which any of the four may give.
    """
    rows = actions.filter(pl.col("trace").is_in(list(INFRASTRUCTURE)))
    if rows.is_empty():
        return rows.clear()
    crowd = most_in_a_week(rows.lazy()).filter(pl.col("in_a_week") > CROWDED).select("trace", "object_id").collect()
    kept = rows.join(crowd, on=["trace", "object_id"], how="anti")
    named = kept.with_columns(object_id=pl.col("trace") + ":" + pl.col("object_id"), trace=pl.lit(MEANS))
    return named.select(actions.columns).sort(actions.columns)
