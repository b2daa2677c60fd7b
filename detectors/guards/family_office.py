"""Families, flats and small offices: few accounts on one address or device for a long time, saying different things."""

import polars as pl

from detectors.guards.found import LITTLE, OPEN, PART, Told
from detectors.guards.shared_address import SHARED_MEANS
from detectors.guards.view import DAY_SECONDS, ClusterView
from detectors.sentences import count, percent, span

HOUSEHOLD = 5  # accounts on one value (DETECTORS 4)
LONG_SECONDS = 30 * DAY_SECONDS  # the longer window of infrastructure (DETECTORS 2.1)
HOMES = 2  # addresses that a household shares at most: the old line and the new one, the flat and the weekend house


def family_office(view: ClusterView) -> Told | None:
    """Whether the members are one household: a value that at most five accounts used for a month, and no common content.

    In data of less than two months, for half of its time. None where no two members share an address or device.
    Infrastructure alone is then no flag (DETECTORS 4): the cluster is settled where all five accounts at most are on it,
    on hardly any other address, and without common payment or landing pages.
    """
    shared = view.shared_values
    if shared.is_empty():
        return None
    long = min(LONG_SECONDS, PART * view.data_seconds)
    home = shared.filter((pl.col("accounts") <= HOUSEHOLD) & ((pl.col("until") - pl.col("since")) >= long * 1_000_000))
    inside = home["account_id"].n_unique() / max(view.size, 1)
    content = 1 - view.share_of(view.objects.filter(pl.col("trace").is_in(SHARED_MEANS)))
    addresses = shared.filter(pl.col("trace") == "ip")["object_id"].n_unique()
    fires = inside >= OPEN and content <= LITTLE and not view.paid_ties
    longest = float((shared["until"] - shared["since"]).max() or 0) / 1e6  # type: ignore[arg-type]
    return Told(
        "open" if fires else "explains little" if inside >= OPEN else "ruled out",
        f"A family, a flat or a small office? {percent(inside)} of the {count(view.size)} members ({percent(OPEN)} are asked) share an address or device "
        f"that at most {HOUSEHOLD} accounts used over {span(long)} or more (the longest shared use here: "
        f"{span(longest)}); {percent(content)} of the joint acts are contents rather than infrastructure ({percent(LITTLE)} at most). "
        "Posting the same things would rule it out.",
        covers=fires,
        fires=fires,
        settles=view.size <= HOUSEHOLD and inside == 1 and content == 0 and addresses <= HOMES,
    )
