"""One event or one day: the share of the joint acts on the busiest day."""

import polars as pl

from detectors.guards.found import Told, verdict_of
from detectors.guards.view import DAY_SECONDS, EPISODE_SECONDS, ClusterView
from detectors.sentences import percent, plural, span


def one_occasion(view: ClusterView) -> Told:
    """Said of every cluster, without a cap: a single day can be an event, a call, or an operation that was quick."""
    day = view.objects.with_columns(day=pl.col("at") // (DAY_SECONDS * 1_000_000))
    per_day = day.group_by("day").agg(pl.col("often").sum())
    share = float(per_day["often"].max() or 0) / max(view.weight, 1.0)  # type: ignore[arg-type]
    episodes = view.objects.select((pl.col("at") // (EPISODE_SECONDS * 1_000_000)).n_unique()).item()
    if view.data_seconds < 2 * DAY_SECONDS:
        return Told(
            "open",
            f"One occasion? The data spans only {span(view.data_seconds)}, with joint acts in {plural(episodes, 'spell', 'spells')} "
            "of 6 h: cannot tell. More days of data would.",
        )
    return Told(
        verdict_of(share),
        f"One occasion? {percent(share)} of the joint acts are on the busiest day, of {plural(per_day.height, 'day', 'days')} "
        f"with joint acts in {span(view.data_seconds)} of data. The same on other days would rule it out.",
    )
