"""One firm's accounts: a press office, its regions and jobs pages pass on the firm's own posts from one address, in working hours."""

import numpy as np
import polars as pl

from detectors.guards.found import LITTLE, OPEN, Told, verdict_of
from detectors.guards.reactions import commonest_author
from detectors.guards.view import DAY_SECONDS, ClusterView
from detectors.sentences import count, percent
from detectors.significance import I64

STAFF = (
    15  # accounts on the address and in the cluster; a convention: beyond it so many voices of one firm are a campaign
)
DAYS, HOURS = 5, 10  # a working week and a working day with its breaks; five days of seven, in a row, in any time zone
WEEK_HOURS = 168
LEAST_DAYS = 5  # with joint acts: fewer fall into working hours by chance
ESTABLISHED_SECONDS = 90 * DAY_SECONDS  # before the first joint act: a firm's accounts are not made for the occasion
QUIET = 1  # accounts outside on one object: the firm itself


def one_workplace(view: ClusterView) -> Told | None:
    """Whether the members pass on one account's posts, from its own address, in working hours, and nobody else takes them up.

    None where no two members share an address. A troll factory works from one building, too. Therefore all of it at
    once: one open address that the source uses as well and hardly any other, few accounts, a source of their own, and
    no reach: whoever imitates it has bought itself a loudspeaker that nobody hears.
    """
    addresses = view.users.filter(pl.col("trace") == "ip")
    if addresses.is_empty():
        return None
    door = str(addresses.group_by("object_id").len().sort(["len", "object_id"], descending=[True, False]).row(0)[0])
    there = frozenset(addresses.filter(pl.col("object_id") == door)["account_id"])
    author, passed_on, _ = commonest_author(view)
    source = author in there
    inside = len(view.ids & there) / max(view.size, 1)
    others = addresses.filter((pl.col("object_id") != door) & pl.col("account_id").is_in(sorted(view.ids)))
    elsewhere = others["account_id"].n_unique() / max(view.size, 1)
    working, days = _working(view)
    quiet, established = _quiet(view), _established(view)
    share = min(inside, passed_on if source else 0.0, working, quiet, established)
    fires = (
        share >= OPEN
        and elsewhere <= LITTLE
        and len(there | view.ids) <= STAFF
        and days >= LEAST_DAYS
        and not view.paid_ties
    )
    return Told(
        verdict_of(share) if fires or share < OPEN else "explains part",
        f"One firm's accounts? {percent(inside)} of the members share an address that {count(len(there))} accounts use, "
        f"{'the source among them' if source else 'the source not among them'}; {percent(elsewhere)} share others beside it; "
        f"{percent(passed_on)} of the joint posts pass on one account's posts; {percent(working)} are made in {HOURS} working hours of "
        f"{DAYS} days a week, on {count(days)} days; {percent(quiet)} of the joint acts are on what nobody else took up; {percent(established)} of the members are "
        f"older than {ESTABLISHED_SECONDS // DAY_SECONDS} days ({percent(OPEN)} of each are asked). An imprint would clear it; an audience, or another "
        "source, would rule it out.",
        covers=fires,
        fires=fires,
        settles=fires,
    )


def _working(view: ClusterView) -> tuple[float, int]:
    """The part of the joint posts in the fullest working week (no time zone is known, so every hour and day is tried); days."""
    at = view.acts.drop_nulls("post_id").group_by("post_id").agg(pl.col("at").min())["at"].to_numpy()
    if not at.size:
        return 0.0, 0
    hours: I64 = at // 3_600_000_000 % WEEK_HOURS
    per_hour = np.bincount(hours, minlength=WEEK_HOURS).astype(np.float64)
    wanted = (np.arange(DAYS)[:, None] * 24 + np.arange(HOURS)[None, :]).ravel()
    most = max(float(per_hour[(start + wanted) % WEEK_HOURS].sum()) for start in range(WEEK_HOURS))
    return most / at.size, int(np.unique(at // (DAY_SECONDS * 1_000_000)).size)


def _quiet(view: ClusterView) -> float:
    """The part of the joint acts on objects that hardly anybody outside touched, of those where it is known."""
    known = view.objects.drop_nulls("outsiders")
    quiet = known.filter(pl.col("outsiders") <= QUIET)["often"].sum()
    return float(quiet) / max(float(known["often"].sum()), 1.0)


def _established(view: ClusterView) -> float:
    """The share of the members created well before the first joint act."""
    begins = view.objects["at"].min()
    old = view.members.filter(pl.col("created_at") <= pl.lit(begins) - ESTABLISHED_SECONDS * 1_000_000)
    return old.height / max(view.size, 1)
