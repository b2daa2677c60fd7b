"""The cluster judged again on what is left of it: the run's own tests, with the run's figures for everybody.

The what-ifs know nothing of how a cluster is judged: they hand a `Kept` to a `ScoreOf` and read the `Outcome`. When the
tests of the suite change, this file changes and they do not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from detectors import risk
from detectors.evidence import Evidence, no_evidence
from detectors.explaining.dossier import Dossier
from detectors.explaining.views import UsualWithout
from detectors.groups import FAST_SECONDS
from detectors.scan.choose import Candidate, contracted
from detectors.scan.search import Scan
from detectors.scan.usual import Usual
from detectors.settings import Settings
from detectors.signals import Members, cluster_signals
from detectors.significance import F64, poisson_tail
from detectors.trace_actions import TraceActions
from detectors.trace_windows import windows_of

SAME = 1e-6  # risks are stored with six digits

# Signs of what the members share. The others (clockwork, sign-up times, blocks) stand for the cluster as it was.
ASKED_AGAIN = "_(overlap|company|synchrony)$"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is taken away or changed. `objects`: trace, object (code) that nobody acted on; `accounts`: ranks of members
    who are not in it; `traces` that nobody looks at; `stretch` of all windows; `null` model instead of the run's."""

    objects: frozenset[tuple[str, int]] = frozenset()
    accounts: frozenset[int] = frozenset()
    traces: frozenset[str] = frozenset()
    stretch: float = 1.0
    null: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The cluster as it would be: `size` 0 when nothing of at least the smallest size hangs together any more.

    `strengths` per family of signs; `signals` as in a run (name, seen, expected, p, value); `risk` 0..1.
    """

    risk: float
    size: int
    links: int
    tier: str
    strengths: Mapping[str, float] = field(default_factory=dict)
    signals: pl.DataFrame = field(default_factory=pl.DataFrame)
    enough: bool = False  # company alone is enough for an alert


ScoreOf = Callable[[Kept], Outcome]
GONE = Outcome(0.0, 0, 0, "none")


def scorer(dossier: Dossier) -> ScoreOf:
    """How this cluster is judged. With nothing taken away the risk is the run's.

    An innocent explanation that capped the run's risk goes on capping it: what it covers is not asked again.
    """
    found = _judged(dossier, Kept())
    stored = float(str(dossier.cluster["risk"]))
    cap = stored if found.risk > stored + SAME else 1.0

    def score_of(kept: Kept) -> Outcome:
        outcome = found if kept == Kept() else _judged(dossier, kept)
        value = min(outcome.risk, cap)
        enough = outcome.enough and cap == 1.0  # what an innocent explanation covers is not enough
        tier = (
            risk.tier(outcome.strengths, value, dossier.settings.alert_risk, enough=enough) if outcome.size else "none"
        )
        return replace(outcome, risk=round(value, 6), tier=tier)

    return score_of


def _judged(dossier: Dossier, kept: Kept) -> Outcome:
    settings = _changed(dossier.settings, kept)
    found = _found(dossier, kept)
    if found is None or found.evidence.net < dossier.review:
        return GONE
    acts, members = _acts_left(dossier, kept), found.members
    inside = pl.col("left").is_in(members) & pl.col("right").is_in(members)
    links = _links_left(dossier, acts.filter(inside), settings, found)
    signals = _signals(dossier, kept, acts.filter(inside), links, found, settings)
    strengths = dict(signals.group_by("family").agg(pl.col("value").max()).sort("family").iter_rows())
    pairs = links.select("left", "right").n_unique()
    enough = found.evidence.net >= dossier.alert and found.window_us <= FAST_SECONDS * 1_000_000
    return Outcome(risk.risk(strengths), int(members.size), pairs, "", strengths, signals, enough)


def _found(dossier: Dossier, kept: Kept) -> Candidate | None:
    """The group that is left where the run found it; without that trace, where most speaks for it in another.

    Who is asked about, and who was taken out of the cluster by the run, is no outsider to it.
    """
    trace, seconds = dossier.company
    gone = np.array(sorted(kept.accounts), dtype=np.int64)
    members, aside = np.setdiff1d(dossier.members, gone), np.union1d(dossier.apart, gone)
    smallest = dossier.settings.min_cluster
    if trace not in kept.traces:
        return contracted(_view(dossier, kept, trace, _stretched(seconds, kept)), members, smallest, aside)
    others = sorted({actions.trace for actions in dossier.ours} - kept.traces)
    views = [
        _view(dossier, kept, name, _stretched(one, kept))
        for name in others
        for one in windows_of(name, dossier.settings)
    ]
    told = [one for view in views if (one := contracted(view, members, smallest, aside)) is not None]
    return min(told, key=lambda one: one.rank, default=None)


def _view(dossier: Dossier, kept: Kept, trace: str, seconds: int) -> Usual:
    view = dossier.population.view(trace, seconds)
    gone = sorted(number for name, number in kept.objects if name == trace)
    if not gone:
        return view
    return UsualWithout(view, dossier.population.numbers_in_view(dossier.whole(trace), gone))


def _stretched(seconds: int, kept: Kept) -> int:
    return max(1, round(seconds * kept.stretch))


def _changed(settings: Settings, kept: Kept) -> Settings:
    windows = tuple(sorted({_stretched(seconds, kept) for seconds in settings.windows}))
    slow = tuple(sorted({_stretched(seconds, kept) for seconds in settings.slow_windows}))
    return settings.model_copy(update={"windows": windows, "slow_windows": slow, "null": kept.null or settings.null})


def _acts_left(dossier: Dossier, kept: Kept) -> pl.DataFrame:
    acts = dossier.acts
    if kept.traces:
        acts = acts.filter(~pl.col("trace").is_in(sorted(kept.traces)))
    if kept.objects:
        taken = pl.DataFrame(sorted(kept.objects), schema={"trace": pl.String, "object": pl.UInt32}, orient="row")
        acts = acts.join(taken, on=["trace", "object"], how="anti", maintain_order="left")
    return acts


def _links_left(dossier: Dossier, acts: pl.DataFrame, settings: Settings, found: Candidate) -> pl.DataFrame:
    """left, right, trace, window_seconds, n: the tests of linked pairs that still say something, and the meetings.

    A test says something at p <= q on at least `min_shared` objects, as in the run, against its null model; pairs that
    the run did not link are not tried again. Meetings are told where the group is found, and one is enough.
    """
    trace, seconds = found.usual.acts.trace, found.window_us // 1_000_000
    linked = dossier.links.filter(pl.col("q") < 1).select("left", "right", "trace").unique().with_columns(linked=True)
    parts = [_counted(acts, one) for one in sorted({*settings.windows, seconds})]
    told = pl.concat(parts).join(linked, on=["left", "right", "trace"], how="left")
    met = (pl.col("trace") == trace) & (pl.col("window_seconds") == seconds)
    tried = pl.col("linked").fill_null(False) & pl.col("window_seconds").is_in(settings.windows)
    asked = told.filter(met | (tried & (pl.col("n") >= settings.min_shared))).with_columns(met=met)
    p = _p(dossier, asked, settings)
    kept = asked.filter(pl.col("met") | pl.Series(p <= settings.q, dtype=pl.Boolean))
    return kept.sort("left", "right", "trace", "window_seconds")


def _counted(acts: pl.DataFrame, seconds: int) -> pl.DataFrame:
    near = acts.filter(pl.col("gap_us").abs() <= seconds * 1_000_000)
    counted = near.group_by("trace", "left", "right").agg(pl.len().cast(pl.Int64).alias("n"))
    return counted.with_columns(window_seconds=pl.lit(seconds, pl.Int64))


def _p(dossier: Dossier, tests: pl.DataFrame, settings: Settings) -> F64:
    """The p of each row, in its order; 1 in windows that pairs are not tested in."""
    nulls = dossier.population.nulls(settings)
    rows = tests.with_row_index("row")
    p = np.ones(tests.height)
    for (trace, seconds), asked in rows.group_by("trace", "window_seconds"):
        if int(seconds) not in settings.windows:
            continue
        null = nulls[str(trace), int(seconds)]  # not .get: a null model is made when it is asked for
        actions = dossier.trace(str(trace))
        left, right = (np.searchsorted(actions.number, asked[side].to_numpy()) for side in ("left", "right"))
        p[asked["row"].to_numpy()] = poisson_tail(asked["n"].to_numpy(), null.expected(left, right))
    return p


def _signals(
    dossier: Dossier, kept: Kept, acts: pl.DataFrame, links: pl.DataFrame, found: Candidate, settings: Settings
) -> pl.DataFrame:
    cluster_of = np.full(len(dossier.everyone), -1, dtype=np.int64)
    cluster_of[found.members] = 0
    who = Members([found.members], cluster_of, [found])
    ours = [_without(actions, kept) for actions in dossier.ours if actions.trace not in kept.traces]
    seen = (found.usual, _view(dossier, kept, found.usual.acts.trace, max(settings.windows)))
    scan = Scan(seen, settings.min_cluster, {}, 0)  # asked for its views alone
    population = dossier.population
    evidence, paces = _evidence(acts, links, settings), population.paces(settings)
    again = cluster_signals(ours, population.nulls(settings), who, evidence, scan, settings, paces)
    return pl.concat(
        [again, _of_the_members(dossier, kept).select(pl.col(name).cast(kind) for name, kind in again.schema.items())]
    )


def _of_the_members(dossier: Dossier, kept: Kept) -> pl.DataFrame:
    """Signs of how the members behave, not of what they share: as the run told them, but those of traces taken away."""
    name = pl.col("name")
    others = dossier.signals.filter(~name.str.contains(ASKED_AGAIN))
    gone = [name.str.starts_with(f"{trace}_") for trace in sorted(kept.traces)]
    return others.filter(~pl.any_horizontal(pl.lit(value=False), *gone)).with_columns(
        cluster=pl.lit(0), trace=pl.lit(None), window_seconds=pl.lit(None)
    )


def _without(actions: TraceActions, kept: Kept) -> TraceActions:
    """The members' rows without those on objects taken away; numbers of rows that signals look up stay valid."""
    gone = [number for trace, number in kept.objects if trace == actions.trace]
    if not gone:
        return actions
    left = ~np.isin(actions.coded.object, np.asarray(gone, dtype=np.uint32))
    coded = replace(
        actions.coded,
        account=actions.coded.account[left],
        object=actions.coded.object[left],
        at=actions.coded.at[left],
    )
    return replace(actions, coded=coded, rows=actions.rows.filter(pl.Series(left, dtype=pl.Boolean)))


def _evidence(acts: pl.DataFrame, links: pl.DataFrame, settings: Settings) -> Evidence:
    """The joint acts of the links that are left, in the form the signals read."""
    asked = links.group_by("left", "right", "trace").agg(pl.col("window_seconds").max().alias("widest"))
    inside = acts.join(asked, on=["left", "right", "trace"], how="inner")
    nothing = no_evidence()
    rows = inside.filter(pl.col("gap_us").abs() <= pl.col("widest") * 1_000_000).select(
        "trace", pl.lit(0, pl.Int64).alias("cluster"), left_post_id="left_post", right_post_id="right_post"
    )
    joint = [
        _takers(rows_of, seconds)
        for (trace,), rows_of in inside.group_by("trace", maintain_order=True)
        for seconds in sorted({*settings.windows, *links.filter(pl.col("trace") == trace)["window_seconds"]})
    ]
    return Evidence(nothing.times, rows, pl.concat([nothing.joint, *joint]))


def _takers(acts: pl.DataFrame, seconds: int) -> pl.DataFrame:
    near = acts.filter(pl.col("gap_us").abs() <= seconds * 1_000_000)
    sides = [near.select("trace", "object", account=pl.col(side)) for side in ("left", "right")]
    counted = pl.concat(sides).group_by("trace", "object", "account").agg(pl.len().alias("meetings"))
    return counted.select(
        pl.lit(0, pl.Int64).alias("cluster"),
        "object",
        "account",
        pl.col("meetings").cast(pl.UInt32),
        pl.lit(0, pl.UInt32).alias("row"),  # only how long it lasted is read from it, and only for a sentence
        pl.lit(seconds, pl.Int64).alias("window_seconds"),
        "trace",
    )
