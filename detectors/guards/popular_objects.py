"""What everyone passes on: news of the day, viral posts. The members are a minority of the audience."""

import polars as pl

from detectors.guards.found import EXPLAINS_PART, OPEN, Told, verdict_of
from detectors.guards.reactions import share_by_one_clock
from detectors.guards.view import ClusterView
from detectors.sentences import percent


def popular_objects(view: ClusterView) -> Told:
    """The share of the joint acts on objects where most accounts are outside, and on the data's most popular thousandth.

    The null already expects more meetings on popular objects; the cap says that the rest is no reason to alert. It does
    not hold where the members share popular posts by one clock: news has its moment, but then everybody has it.
    """
    crowded = view.objects.filter(pl.col("popularity") > 2 * pl.col("members"))
    share = view.share_of(crowded)
    middle = float((view.objects["members"] / view.objects["popularity"]).median() or 0.0)  # type: ignore[arg-type]
    line = pl.col("trace").replace_strict(view.crowded, default=None, return_dtype=pl.Int64)
    viral = view.share_of(crowded.filter(pl.col("popularity") >= line))
    together = share_by_one_clock(view)
    return Told(
        EXPLAINS_PART if together and share >= OPEN else verdict_of(share),
        f"Only what everyone passes on? {percent(share)} of the joint acts are on objects where most accounts are outside, "
        f"{percent(viral)} on the most popular thousandth of the data; "
        f"on the middle object {percent(middle)} of all accounts are of this cluster. "
        "It is cleared when the outsiders alone explain the rate."
        + (" But the members share by one clock." if together and share >= OPEN else ""),
        covers=share >= OPEN and not together,
        fires=share >= OPEN,
    )
