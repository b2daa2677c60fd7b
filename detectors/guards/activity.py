"""Simply very active: what chance explains against what was seen, at the accounts' own activity."""

import polars as pl

from detectors.guards.found import Told, verdict_of
from detectors.guards.view import ClusterView
from detectors.sentences import plural, times


def activity(view: ClusterView) -> Told:
    """The expected part of the joint acts; the p-values already hold it, so there is no cap."""
    overlap = view.signals.filter(pl.col("name").str.contains("_(overlap|company)$"))
    seen, expected = float(overlap["seen"].sum()), float(overlap["expected"].sum())
    return Told(
        verdict_of(expected / max(seen, 1e-9)),
        f"Simply very active? Accounts as active as these would act together {times(expected)} by chance; "
        f"{plural(round(seen), 'time was', 'times were')} seen.",
    )
