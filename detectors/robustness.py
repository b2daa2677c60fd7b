"""How far clusters can be relied on: stability with its badge, tightness, agreement between traces, nesting. One step of a run."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import polars as pl

from detectors.agreement import partition
from detectors.company_again import still_in_company
from detectors.groups import Groups
from detectors.link_acts import LinkActs, link_acts, without_top_objects
from detectors.link_groups import link_groups
from detectors.multiplex import agreement
from detectors.nesting import NUMBERED_NESTING, nesting
from detectors.pair_tests import PairTests, significant, strongest_per_pair
from detectors.settings import Settings
from detectors.significance import F64, I64
from detectors.stability import BOOTSTRAPS, LEVELS, Stability, action_stability, badge, link_stability
from detectors.tightness import tightness
from detectors.trace_actions import TraceActions
from graph.schemas import FrameSchema, empty

ACTS_HELD = (
    50_000_000  # joint acts held for counting again, 16 bytes each; above it stability is not tried, and said so
)
ACTIONS_IN_ALL = 20_000_000  # actions read again over all draws for groups that stand on company
LEAST_DRAWS = 5
SAME = 0.5  # Jaccard index with a community of significant links from which a cluster is repeated as one

PER_CLUSTER: FrameSchema = {
    "cluster": pl.Int64,
    "stability": pl.Float64,
    "badge": pl.String,
    "tightness": pl.Float64,
    "agreement": pl.Float64,
}


@dataclass(frozen=True, slots=True)
class Robustness:
    """`clusters`: PER_CLUSTER, one row each; `stability` and `tightness` per account rank, NaN outside clusters or where
    it was not tried; `nesting`: NESTING with cluster numbers; `rand`: agreement with the multiplex view, NaN with one trace."""

    clusters: pl.DataFrame = field(default_factory=lambda: empty(PER_CLUSTER))
    stability: F64 = field(default_factory=lambda: np.empty(0))
    tightness: F64 = field(default_factory=lambda: np.empty(0))
    nesting: pl.DataFrame = field(default_factory=lambda: empty(NUMBERED_NESTING))
    rand: float = float("nan")
    note: str = ""

    @property
    def summary(self) -> str:
        """What the figures of the step mean, for the funnel."""
        agreed = "" if np.isnan(self.rand) else f"; agreement with one layer per trace {self.rand:.2f} (adjusted Rand)"
        return f"solid clusters{agreed}"


def robustness(
    traces: Sequence[TraceActions],
    tested: PairTests,
    found: Groups,
    ids: Sequence[str],
    everyone: pl.Series,
    settings: Settings,
    seed: int,
    *,
    actions: pl.DataFrame,
) -> Robustness:
    """Look at every cluster again; `ids` are their names, `actions` the ACTION rows of the run.

    A cluster that is a community of significant links is repeated as one, all others by the company they keep. Tightness,
    agreement and nesting come from links, so a group without any has none.
    """
    groups, accounts = found.members.groups, len(everyone)
    if not groups:
        return Robustness(stability=np.full(accounts, np.nan), tightness=np.full(accounts, np.nan))
    resolution, smallest = settings.resolution, settings.min_cluster
    links = significant(tested, settings.q)
    base = partition(link_groups(links, resolution=resolution, smallest=smallest, seed=seed), accounts)
    paired = [number for number, group in enumerate(groups) if base.best_match(group)[1] >= SAME]
    others = [number for number in range(len(groups)) if number not in set(paired)]
    own, names = [groups[number] for number in paired], [ids[number] for number in paired]
    alike, rand = agreement(links, partition(own, accounts), own, resolution=resolution, smallest=smallest, seed=seed)
    tight = tightness(links, groups, accounts, smallest=smallest)
    nested = nesting(links, own, names, everyone, resolution=resolution, smallest=smallest, seed=seed)
    pairs, without_top, note = _of_pairs(traces, tested, own, accounts, settings, seed)
    company = _of_company(actions, found, others, everyone, smallest, seed)
    figures = np.full((3, len(groups)), np.nan)
    figures[:, paired] = pairs.clusters, without_top, alike
    figures[0, others] = company.clusters
    frame = _frame(figures, [_median(tight[group]) for group in groups])
    numbered = nested.with_columns(pl.Series("cluster", paired, dtype=pl.Int64).gather(nested["cluster"]))
    return Robustness(frame, np.fmax(pairs.members, company.members), tight, numbered, rand, note)


def _frame(figures: F64, tight: Sequence[float]) -> pl.DataFrame:
    """PER_CLUSTER from stability, Jaccard without the top object and agreement, one column per cluster."""
    stable, without_top, agreed = figures
    told = {
        "cluster": range(stable.size),
        "stability": stable,
        "badge": [badge(*two) for two in zip(stable.tolist(), without_top.tolist(), strict=True)],
        "tightness": tight,
        "agreement": agreed,
    }
    rounded = pl.col("stability", "tightness", "agreement").fill_nan(None).round(6)
    return pl.DataFrame(told, schema=dict(PER_CLUSTER)).with_columns(rounded)


def _of_pairs(
    traces: Sequence[TraceActions],
    tested: PairTests,
    groups: Sequence[I64],
    accounts: int,
    settings: Settings,
    seed: int,
) -> tuple[Stability, F64, str]:
    """Stability of the clusters of pairs, the Jaccard index of each with what is left without its top object, and a note.

    A pair is counted again on its strongest link alone, which is what it weighs; the number of tests is cut alike. The
    links of the loosest level are among those with p <= q of the settings: Benjamini-Hochberg at .05 could keep a larger
    p only if more than a fifth (q = .01) of all pairs were linked.
    """
    nobody = Stability(np.full(len(groups), np.nan), np.full(accounts, np.nan))
    if not groups:
        return nobody, nobody.clusters, ""
    every = significant(tested, max(LEVELS))
    loosest = strongest_per_pair(every).drop("q")
    if loosest["n"].sum() > ACTS_HELD:
        told = f"Stability was not tried: the links stand on more than {ACTS_HELD:,} joint acts."
        return nobody, nobody.clusters, told
    acts = link_acts(traces, loosest)
    found = link_stability(
        loosest,
        acts,
        groups,
        accounts,
        partial(_regroup, smallest=settings.min_cluster),
        tests=round(tested.tests * loosest.height / max(every.height, 1)),
        min_shared=settings.min_shared,
        resolution=settings.resolution,
        seed=seed,
    )
    return found, _without_top(loosest, acts, tested, groups, accounts, settings), ""


def _without_top(
    links: pl.DataFrame, acts: LinkActs, tested: PairTests, groups: Sequence[I64], accounts: int, settings: Settings
) -> F64:
    label = partition(groups, accounts).label
    left, right = label[links["left"].to_numpy()], label[links["right"].to_numpy()]
    kept = without_top_objects(links, acts, np.where(left == right, left, -1), settings.min_shared)
    cut = float(strongest_per_pair(significant(tested, settings.q))["p"].max() or 0.0)  # type: ignore[arg-type]
    again = partition(_regroup(kept.filter(pl.col("p") <= cut), settings.resolution, 0, settings.min_cluster), accounts)
    return np.asarray([again.best_match(group)[1] for group in groups])


def _of_company(
    actions: pl.DataFrame, found: Groups, numbers: Sequence[int], everyone: pl.Series, smallest: int, seed: int
) -> Stability:
    """Stability of the clusters `numbers` by the company their members keep on four fifths of the objects."""
    shown = [found.members.found[number] for number in numbers]
    if not shown:
        return Stability(np.empty(0), np.full(len(everyone), np.nan))
    own = actions.filter(pl.col("trace").is_in(sorted({one.usual.acts.trace for one in shown})))
    draws = int(np.clip(ACTIONS_IN_ALL // max(own.height, 1), LEAST_DRAWS, BOOTSTRAPS))
    again = partial(still_in_company, found=shown, everyone=everyone, smallest=smallest, least=found.level.review)
    return action_stability(again, own, [one.members for one in shown], len(everyone), draws=draws, seed=seed)


def _regroup(links: pl.DataFrame, resolution: float, seed: int, smallest: int) -> list[I64]:
    return link_groups(links, resolution=resolution, smallest=smallest, seed=seed)


def _median(levels: F64) -> float:
    known = levels[~np.isnan(levels)]
    return float(np.median(known)) if known.size else float("nan")
