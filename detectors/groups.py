"""The groups of a run: pairs that stand on their own and company that many keep, in one search, at a level set by replay."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from detectors.link_groups import link_groups
from detectors.scan.acts import Acts
from detectors.scan.choose import Candidate
from detectors.scan.level import false_share, level_for
from detectors.scan.replays import replay_sizes
from detectors.scan.search import Scan, groups_in, scan_of, sizes_of
from detectors.scan.usual import Usual
from detectors.sentences import span
from detectors.settings import Settings
from detectors.signals import Members
from detectors.significance import I64
from detectors.stages import Funnel
from detectors.trace_windows import least_objects, windows_of

FAST_SECONDS = 3600  # up to here the pool core alone may alert (DETECTORS 9, B); over a day, common interest brings
# people to the same things too, and a second family of evidence is asked for


@dataclass(frozen=True)
class Level:
    """Net evidence from which a group is for review and from which it may alert, and what replay says of both."""

    review: float
    alert: float
    false_share: dict[str, float]  # tier -> accounts per replay as a share of the accounts flagged
    worlds: int
    lenses: int

    def told(self) -> dict[str, Any]:
        """Plain values for the run record."""
        return {
            "review_level": round(self.review, 6),
            "alert_level": round(self.alert, 6),
            "empirical_fdr": {tier: round(share, 6) for tier, share in self.false_share.items()},
            "replays": self.worlds,
            "lenses": self.lenses,
        }


@dataclass(frozen=True)
class Groups:
    """The clusters of a run, the scan they were found in, and the level."""

    members: Members
    scan: Scan
    level: Level

    def may_alert(self, number: int) -> bool:
        """Whether its evidence alone is enough: above the level, and fast."""
        one = self.members.found[number]
        return one.evidence.net >= self.level.alert and one.window_us <= FAST_SECONDS * 1_000_000


def find_groups(
    traces: Sequence[Acts], links: pl.DataFrame, hints: Sequence[I64], settings: Settings, seed: int, funnel: Funnel
) -> Groups:
    """Search all traces and windows, the communities of `links` (TESTED and q) and `hints`; keep what reaches the review level.

    An account is in one group at most. The level is the least at which groups of worlds without coordination (replays
    of this data) hold at most settings.q (alert) or settings.review_q (review) of the accounts flagged.
    """
    with funnel.step("company of groups", sum(acts.account.size for acts in traces)) as step:
        windows = {acts.trace: windows_of(acts.trace, settings) for acts in traces}
        least = {acts.trace: least_objects(acts.trace, settings) for acts in traces}
        scan = scan_of(traces, windows, smallest=settings.min_cluster, least=least, seed=seed)
        more = [*pair_communities(links, settings, seed), *hints]
        found = groups_in(scan, more, partial(funnel.tell, "company of groups"), partial(_told_dropped, funnel))
        step.rows_out = len(found)
    with funnel.step("replayed worlds", settings.replays) as step:
        replays = replay_sizes(scan, settings.replays, partial(funnel.tell, "replayed worlds"))
        step.rows_out = sum(world.net.size for world in replays)
    real = sizes_of(found)
    review, alert = (level_for(real, replays, q, scan.lenses) for q in (settings.review_q, settings.q))
    shares = {"review": false_share(real, replays, review), "alert": false_share(real, replays, alert)}
    kept = [one for one in found if one.evidence.net >= review]
    return Groups(_members(kept, scan), scan, Level(review, alert, shares, settings.replays, scan.lenses))


def _told_dropped(funnel: Funnel, view: Usual, pairs: int) -> None:
    funnel.note(
        f"{pairs:,} pairs of accounts that met in the trace {view.acts.trace} within {span(view.company.window_us / 1e6)} were no "
        "links when candidate groups were looked for: every account keeps its strongest links, and no graph more than a budget."
    )


def pair_communities(links: pl.DataFrame, settings: Settings, seed: int) -> list[I64]:
    """Communities among the significant links, each pair weighing min(50, -log10 p) of its strongest link."""
    return link_groups(links, resolution=settings.resolution, smallest=settings.min_cluster, seed=seed)


def _members(found: Sequence[Candidate], scan: Scan) -> Members:
    ordered = sorted(found, key=lambda one: int(one.members[0]))
    accounts = scan.seen[0].acts.accounts if scan.seen else 0
    cluster_of = np.full(accounts, -1, dtype=np.int64)
    for number, one in enumerate(ordered):
        cluster_of[one.members] = number
    return Members([one.members for one in ordered], cluster_of, ordered)
