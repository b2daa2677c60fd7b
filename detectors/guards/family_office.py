"""Families, flats and small offices: few accounts on one address or device for a long time, saying different things."""

import polars as pl

from detectors.guards.found import LITTLE, OPEN, Told
from detectors.guards.shared_address import INFRASTRUCTURE
from detectors.guards.view import DAY_SECONDS, ClusterView
from detectors.sentences import count, percent, span

HOUSEHOLD = 5  # accounts on one value (DETECTORS 4)
LONG_SECONDS = 30 * DAY_SECONDS  # the longer window of infrastructure (DETECTORS 2.1)


def family_office(view: ClusterView) -> Told | None:
    """Whether the members are one household: a value that at most five accounts used for a month, and no common content.

    None where no two members share an address or device. Infrastructure alone is then no flag: the risk is capped.
    """
    shared = view.shared_values
    if shared.is_empty():
        return None
    home = shared.filter(
        (pl.col("accounts") <= HOUSEHOLD) & ((pl.col("until") - pl.col("since")) >= LONG_SECONDS * 1_000_000)
    )
    inside = home["account_id"].n_unique() / max(view.size, 1)
    content = 1 - view.share_of(view.objects.filter(pl.col("trace").is_in(INFRASTRUCTURE)))
    fires = inside >= OPEN and content <= LITTLE
    longest = float((shared["until"] - shared["since"]).max() or 0) / 1e6  # type: ignore[arg-type]
    return Told(
        "open" if fires else "explains little" if inside >= OPEN else "ruled out",
        f"A family, a flat or a small office? {percent(inside)} of the {count(view.size)} members ({percent(OPEN)} are asked) share an address or device "
        f"that at most {HOUSEHOLD} accounts used over {span(LONG_SECONDS)} or more (the longest shared use here: "
        f"{span(longest)}); {percent(content)} of the joint acts are contents rather than infrastructure ({percent(LITTLE)} at most). "
        "Posting the same things would rule it out.",
        covers=fires,
        fires=fires,
    )
