"""A run: from actions to clusters with their reasons. Pure: frames in, frames out, the same bytes for the same input."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from detectors.account_scores import below_the_line, line_of, scores
from detectors.audience import reach
from detectors.chunks import Cancelled
from detectors.clusters import Shape, cluster_ids, with_cluster
from detectors.content import CONTENT, FUSED, content_actions
from detectors.evidence import collect_evidence, no_evidence
from detectors.groups import Groups, find_groups
from detectors.guards.around import Facts
from detectors.guards.asking import Clusters, guards, without_ground
from detectors.guards.joint import joint_objects
from detectors.hints import Hints, block_signals, hints_of
from detectors.manners import manner_signals
from detectors.means import INFRASTRUCTURE, MEANS, means_actions
from detectors.media import one_object_per_picture
from detectors.near_duplicates import near_duplicates
from detectors.nulls import NULLS, NullMaker
from detectors.pair_tests import PairTests, run_pair_tests, significant
from detectors.paraphrase_actions import PARAPHRASE, paraphrase_actions
from detectors.ring_clusters import RingClusters, find_ring_clusters, victims_of, with_ring_clusters
from detectors.robustness import robustness
from detectors.run_frames import run_frames
from detectors.run_record import run_record
from detectors.scan.acts import acts_of_trace, tongues
from detectors.scan.links import with_meetings
from detectors.settings import Settings
from detectors.signals import cluster_signals
from detectors.stages import Funnel, Progress
from detectors.targets import Split, split_targets
from detectors.trace_actions import TraceActions, trace_actions
from detectors.trace_windows import least_objects
from graph.results import RunResult
from graph.schemas import ACCOUNT_SCHEMA, ACTION_SCHEMA, POST_SCHEMA, SESSION_SCHEMA, TEXT_SCHEMA, FrameSchema

_ACTION_COLUMNS = ("account_id", "trace", "object_id", "at", "post_id", "block")


def _nothing(schema: FrameSchema) -> pl.LazyFrame:
    return pl.LazyFrame(schema=dict(schema))


@dataclass(frozen=True, slots=True)
class Tables:
    """The facts a run reads, lazily, in the schemas of graph.schemas. Only actions must be given."""

    actions: pl.LazyFrame
    posts: pl.LazyFrame = field(default_factory=lambda: _nothing(POST_SCHEMA))
    texts: pl.LazyFrame = field(default_factory=lambda: _nothing(TEXT_SCHEMA))
    accounts: pl.LazyFrame = field(default_factory=lambda: _nothing(ACCOUNT_SCHEMA))
    sessions: pl.LazyFrame = field(default_factory=lambda: _nothing(SESSION_SCHEMA))


def detect(
    tables: Tables,
    settings: Settings | None = None,
    *,
    seed: int = 0,
    facts_version: str = "",
    inputs: Sequence[Mapping[str, Any]] = (),
    shadow: bool = False,
    null: NullMaker | None = None,
    scratch: Path | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> RunResult:
    """Find the clusters of accounts that act together more often than chance explains, and of those that fell into other hands.

    Returns the frames of RUN_SCHEMAS, sorted; the order of rows in `tables` changes no byte of them. `null` makes the
    null model of each trace and window (default: the one the settings name). `progress(stage, done, total)` is called within stages; `cancelled()` is asked
    between chunks and ends in Stopped. Raises BadSetting for actions without account, object or time.
    """
    settings = settings or Settings()
    started = datetime.now(UTC)
    funnel = Funnel(progress, cancelled)
    actions = read_actions(tables, settings, funnel)
    counts = _counts(tables)
    everyone = counts["account_id"]
    traces = _ready(actions, everyone, settings, funnel)
    tested = run_pair_tests(traces, settings, funnel, null=null or NULLS[settings.null], scratch=scratch)
    with funnel.step("significant links", tested.seen) as step:
        links = significant(tested, settings.q)
        step.rows_out = links.height
        step.note = f"of {tested.eligible:,} pairs of accounts"
    hints = hints_of(actions, traces, everyone, settings, seed, funnel)
    groups = _groups(actions, everyone, traces, links, hints, tables.posts, settings, seed, funnel)
    with funnel.step("targets", sum(len(group) for group in groups.members.groups)) as step:
        split = split_targets(traces, links, groups, settings)
        step.rows_out = split.apart.height
    facts = Facts(actions, tables.actions, tables.posts, tables.accounts)
    rings = _rings(tables, settings, seed, len(everyone), funnel)
    victims = victims_of(rings) if rings else {}
    shape, shown = _judged(traces, tested, links, split, hints, everyone, facts, settings, seed, funnel, victims)
    if settings.risk_model is not None:
        funnel.note(f"The risk is by the fitted model {settings.risk_model.model_id}, not by the noisy-or of families.")
    score = scores(tested.pairs, split.groups, line_of(links, tested.eligible, settings.q))
    score = below_the_line(score, split.apart["account"].to_numpy())
    with funnel.step("clusters", len(shape.ids)) as step:
        frames = with_ring_clusters(run_frames(shape, shown, counts, score, settings, seed), rings)
        step.rows_out = frames["clusters"].height
    record = run_record(
        tables.actions,
        settings,
        seed,
        facts_version,
        inputs,
        shadow=shadow,
        notes=funnel.notes,
        calibration=groups.level.told(),
    )
    return RunResult(record, frames, tuple(funnel.stages), started, datetime.now(UTC))


def read_actions(tables: Tables, settings: Settings, funnel: Funnel) -> pl.DataFrame:
    """The actions of the traces asked for, near-duplicate texts and pictures under one object each, and the fused traces."""
    with funnel.step("read actions", 0) as step:
        wanted = tables.actions.filter(pl.col("trace").is_in(list(settings.traces))).select(
            pl.col(name).cast(ACTION_SCHEMA[name]) for name in _ACTION_COLUMNS
        )
        actions = wanted.unique().collect()
        step.rows_in = step.rows_out = actions.height
    if "text" in settings.traces:
        actions = _one_object_per_text(actions, tables.texts, settings, funnel)
    if PARAPHRASE in settings.traces and settings.text_model is not None:
        meant = paraphrase_actions(actions, tables.texts, settings.text_model.load(), funnel)
        actions = pl.concat([actions.filter(pl.col("trace") != PARAPHRASE), meant])
    if "media" in settings.traces:
        actions = one_object_per_picture(actions, funnel=funnel)
    return pl.concat([actions, content_actions(actions), means_actions(actions)])


def _counts(tables: Tables) -> pl.DataFrame:
    """account_id, n: every account that was seen, sorted, with its number of different actions of any trace; 0 for one that only posted
    what leaves no trace, or only signed in.
    """
    distinct = tables.actions.select(_ACTION_COLUMNS).drop_nulls("account_id").unique()
    acted = distinct.group_by("account_id").agg(pl.len().cast(pl.Int64).alias("n"))
    seen = [rows.select(pl.col("account_id").cast(pl.String)).drop_nulls() for rows in (tables.posts, tables.sessions)]
    others = pl.concat(seen).unique().join(acted, on="account_id", how="anti").with_columns(n=pl.lit(0, pl.Int64))
    return pl.concat([acted, others]).sort("account_id").collect()


def _rings(tables: Tables, settings: Settings, seed: int, everyone: int, funnel: Funnel) -> RingClusters | None:
    if not settings.takeovers:
        funnel.note("Accounts in other hands were not looked for: takeovers = false in the settings.")
        return None
    facts = (tables.posts, tables.sessions, tables.actions, tables.accounts)
    return find_ring_clusters(*facts, settings, seed, everyone, funnel)


def _one_object_per_text(
    actions: pl.DataFrame, texts: pl.LazyFrame, settings: Settings, funnel: Funnel
) -> pl.DataFrame:
    # A share whose original the export does not name goes by its text: "text:" and the fingerprint.
    words = (
        pl.when(pl.col("trace") == "share").then(pl.col("object_id").str.strip_prefix("text:")).otherwise("object_id")
    )
    used = (
        actions.filter((pl.col("trace") == "text") | pl.col("object_id").str.starts_with("text:"))
        .select(object_id=words)
        .group_by("object_id")
        .len("uses")
    )
    known = (
        texts.select("fingerprint", "normal_text")
        .unique("fingerprint")
        .join(used.lazy(), left_on="fingerprint", right_on="object_id")
        .collect()
    )
    with funnel.step("near-duplicate texts", known.height) as step:
        # The drawing of hash functions is part of the method, not of the run: groups must not change with its seed.
        found = near_duplicates(known, settings.near_duplicates, seed=0, funnel=funnel)
        step.rows_out = known.height - found.leader_of.height
        if found.left_out:
            funnel.note(
                f"{found.left_out:,} comparisons of texts were left out, because more than "
                f"{settings.near_duplicates.bucket:,} texts looked alike: some near-copies may count as different texts."
            )
    shared = found.leader_of.with_columns(
        ("text:" + pl.col(name)).alias(name) for name in ("fingerprint", "leader")
    ).with_columns(trace=pl.lit("share"))
    leader_of = pl.concat([found.leader_of.with_columns(trace=pl.lit("text")), shared])
    joined = actions.join(leader_of, left_on=["trace", "object_id"], right_on=["trace", "fingerprint"], how="left")
    return joined.with_columns(object_id=pl.coalesce("leader", "object_id")).drop("leader")


def _ready(actions: pl.DataFrame, everyone: pl.Series, settings: Settings, funnel: Funnel) -> tuple[TraceActions, ...]:
    ready = []
    there = set(actions["trace"].unique())
    missing = sorted({*settings.traces} - there)
    if missing:
        funnel.note(f"There are no actions of the traces {', '.join(missing)}, so they could not be tested.")
    for trace in sorted(there - (set(INFRASTRUCTURE) if MEANS in there else set())):
        acted = actions.filter(pl.col("trace") == trace)
        with funnel.step(f"active accounts: {trace}", acted.height) as step:
            ready.append(trace_actions(acted, trace, least_objects(trace, settings), everyone))
            step.rows_out = ready[-1].rows.height
        left_out = acted["account_id"].n_unique() - ready[-1].accounts
        if left_out:
            funnel.note(
                f"{left_out:,} accounts with fewer than {least_objects(trace, settings)} different objects of the trace {trace} "
                "were not tested on it: so little can hardly be told from chance."
            )
    return tuple(ready)


def _groups(
    actions: pl.DataFrame,
    everyone: pl.Series,
    traces: Sequence[TraceActions],
    links: pl.DataFrame,
    hints: Hints,
    posts: pl.LazyFrame,
    settings: Settings,
    seed: int,
    funnel: Funnel,
) -> Groups:
    everything, tongue = [], tongues(posts, everyone)
    fused = FUSED if any(ready.trace == CONTENT for ready in traces) else ()  # every act of these is in the content
    for ready in (one for one in traces if one.trace not in fused):
        funnel.tell(f"acts: {ready.trace}", 0, 1)
        acted = actions.filter(pl.col("trace") == ready.trace)
        everything.append(acts_of_trace(acted, ready.trace, everyone, tongue))
    if not everything:
        # Sessions alone, or posts that leave no trace: the accounts are there, and nobody can be in company.
        everything.append(acts_of_trace(actions.clear(), settings.traces[0], everyone, tongue))
    return find_groups(everything, links, hints.groups, settings, seed, funnel)


def _judged(
    traces: Sequence[TraceActions],
    tested: PairTests,
    links: pl.DataFrame,
    split: Split,
    hints: Hints,
    everyone: pl.Series,
    facts: Facts,
    settings: Settings,
    seed: int,
    funnel: Funnel,
    victims: Mapping[str, str],
) -> tuple[Shape, pl.DataFrame]:
    groups, members = split.groups, split.groups.members
    links = with_meetings(with_cluster(links, members), members.found, traces, tested.nulls, settings)
    with funnel.step("evidence", links.height) as step:
        evidence = collect_evidence(traces, links, settings, funnel) if links.height else no_evidence()
        step.rows_out = evidence.rows.height
    keys = ["cluster", "left", "right", "trace", "window_seconds"]
    links = links.join(evidence.times, on=keys, how="left", nulls_equal=True, maintain_order="left")
    with funnel.step("signals", len(members.groups)) as step:
        signals = pl.concat(
            [
                cluster_signals(traces, tested.nulls, members, evidence, groups.scan, settings),
                block_signals(hints, members.groups, everyone),
                *manner_signals(facts, members.groups, everyone),
            ]
        ).sort("cluster", "name", "seen")
        objects = joint_objects(traces, evidence)
        step.rows_out = signals.height
    with funnel.step("innocent explanations", len(members.groups)) as step:
        led = everyone.gather(split.apart.filter(pl.col("role") == "target")["account"]).cast(pl.String)
        known = Clusters(members.groups, everyone, targets=frozenset(led), victims=victims)
        told = guards(traces, evidence, objects, signals, known, facts)
        step.rows_out = told.height
        if missing := without_ground(told):
            funnel.note(missing)
    ids = cluster_ids(members, everyone)
    with funnel.step("stability", len(ids)) as step:
        robust = robustness(traces, tested, groups, ids, everyone, settings, seed, actions=facts.tested)
        step.rows_out = robust.clusters.filter(pl.col("badge") == "solid").height
        step.note = robust.summary
        if robust.note:
            funnel.note(robust.note)
    reached = reach(facts.tested, objects, traces, members.groups, everyone)
    shape = Shape(ids, split, links, signals, objects, told, robust, reached, len(everyone))
    return shape, evidence.rows
