"""Addresses of many: carriers, campuses, VPNs, Tor, hosting. Whom one of them joins is not joined by anything."""

import polars as pl

from detectors.guards.found import OPEN, PART, Told, verdict_of
from detectors.guards.view import CROWDED, DAY_SECONDS, ClusterView
from detectors.sentences import count, percent, plural

INDEPENDENT = 2  # private values that make shared infrastructure a sign without a device (DETECTORS 4)
INFRASTRUCTURE = ("ip", "device")
SHARED_MEANS = (*INFRASTRUCTURE, "means")  # the traces that say where and with what, not what was said


def shared_address(view: ClusterView) -> Told | None:
    """How many of the addresses that members share are crowded; None where no two share an address.

    The risk is capped where infrastructure is nearly all of the evidence and neither a device nor two private addresses
    carry it.
    """
    shared = view.shared_values.unique(["trace", "object_id"])
    addresses = shared.filter(pl.col("trace") == "ip")
    if addresses.is_empty():
        return None
    crowded = addresses.filter(pl.col("in_a_week") > CROWDED)
    private = addresses.height - crowded.height
    devices = shared.filter((pl.col("trace") == "device") & (pl.col("in_a_week") <= CROWDED)).height
    share = crowded.height / addresses.height
    only = view.share_of(view.objects.filter(pl.col("trace").is_in(SHARED_MEANS)))
    carried = devices > 0 or private >= INDEPENDENT
    fires = share >= PART and not carried
    return Told(
        verdict_of(share) if not carried else "explains little" if share >= PART else verdict_of(share),
        f"An address of many, like a carrier's or a VPN's? {count(crowded.height)} of {plural(addresses.height, 'address', 'addresses')} "
        f"that members share had more than {CROWDED} accounts in one week; beside them the members share "
        f"{plural(private, 'private address', 'private addresses')} and {plural(devices, 'device', 'devices')} "
        f"(a device, or {INDEPENDENT} private addresses, would rule it out). {percent(only)} of the joint acts are addresses "
        "and devices.",
        covers=fires and only >= OPEN,
        fires=fires,
    )


def most_in_a_week(actions: pl.LazyFrame) -> pl.LazyFrame:
    """trace, object_id, accounts, in_a_week, since, until of address and device actions.

    Weeks are counted from two starting days half a week apart, so that a crowd of up to 3.5 days is never cut in two.
    """
    week = 7 * DAY_SECONDS * 1_000_000
    at = pl.col("at").dt.timestamp("us")
    keys = ["trace", "object_id"]
    weeks = [
        actions.group_by(*keys, ((at + shift) // week).alias("week"))
        .agg(pl.col("account_id").n_unique().alias("many"))
        .group_by(keys)
        .agg(pl.col("many").max())
        for shift in (0, week // 2)
    ]
    most = pl.concat(weeks).group_by(keys).agg(pl.col("many").max().cast(pl.Int64).alias("in_a_week"))
    told = actions.group_by(keys).agg(
        pl.col("account_id").n_unique().cast(pl.Int64).alias("accounts"),
        at.min().alias("since"),
        at.max().alias("until"),
    )
    return told.join(most, on=keys)
