"""What a report says about one cluster, gathered from the run: every row a page or a figure shows, sorted and counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from casework.report_ring import RingContent, ring_content
from casework.victims import Victims, victims_among
from graph.beyond_chance import is_beyond_chance
from graph.errors import NothingThere
from graph.facts import Facts
from graph.fused import edges_once, told_acts, told_evidence
from graph.runs import StoredRun
from graph.schemas import APART_ROLES

_WORDS_OF = {"text": ("texts", "fingerprint", "normal_text"), "share": ("posts", "post_id", "text")}
_OPEN_FIRST = ("open", "explains part", "explains little", "ruled out")
MOST_MEMBERS = 200  # rows a reader still scrolls through; the CSV holds all
MOST_OBJECTS = 15
MOST_PAIRS = 15


@dataclass(frozen=True, slots=True)
class Member:
    """One account of the cluster. `number` is its place in the members table and its label in every figure."""

    number: int
    account_id: str
    handle: str
    role: str
    score: float
    links: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class SharedObject:
    """One thing that members acted on together, with the tightest pair of times."""

    trace: str
    object_id: str
    text: str  # of a fingerprint or a shared post, when the facts were at hand
    members: int
    popularity: int | None
    left: str
    left_at: datetime
    right: str
    right_at: datetime
    gap_seconds: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two members and one trace: what was seen, what chance explains."""

    left: str
    right: str
    trace: str
    window_seconds: int
    seen: int
    expected: float | None
    p: float | None
    median_gap_seconds: float | None
    left_leads: float | None


@dataclass(frozen=True, slots=True)
class Signal:
    """One sign with its sentence; [low, high] holds 95 % of chance worlds."""

    name: str
    family: str
    value: float
    seen: float | None
    expected: float | None
    low: float | None
    high: float | None
    p: float | None
    sentence: str

    @property
    def is_within_chance(self) -> bool:
        """Measured, and no more than chance brings; a sign without an expectation is neither within nor beyond."""
        return None not in (self.seen, self.expected, self.high) and not self.is_beyond_chance

    @property
    def is_beyond_chance(self) -> bool:
        return is_beyond_chance(self.seen, self.high, self.p)


@dataclass(frozen=True, slots=True)
class Guard:
    """One innocent explanation: how far it goes, the test behind that, and what it does: a tag and a cap on the risk."""

    name: str
    verdict: str
    sentence: str
    tag: str  # "" where the rule does not fire
    cap: float  # 1 where it leaves the risk


@dataclass(frozen=True, slots=True)
class Target:
    """An account that may have been framed: shown with the cluster, not in it, with the run's sentence."""

    account_id: str
    handle: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ClusterContent:
    """All that the run says about one cluster. `frames` are its rows of members, edges and evidence, whole.

    `members` are in the cluster, `targets` are possible targets and are not; `ring` is None for a coordinated cluster, `victims`
    counts members who are victims here or in a ring of the run.

    `acts` has account_id, trace and at: each thing an account did together with others, once, in the order of time.
    In objects and acts a fused trace stands under what it came by; what it and a plain trace both tell stands once.
    """

    row: Mapping[str, object]
    members: tuple[Member, ...]
    targets: tuple[Target, ...]
    signals: tuple[Signal, ...]
    guards: tuple[Guard, ...]
    objects: tuple[SharedObject, ...]
    pairs: tuple[Pair, ...]
    acts: pl.DataFrame
    object_count: int
    median_gap_seconds: float | None
    ring: RingContent | None
    victims: Victims
    frames: Mapping[str, pl.DataFrame] = field(repr=False)


def cluster_content(run: StoredRun, cluster_id: str, facts: Facts | None = None) -> ClusterContent:
    """Gather the cluster; handles and texts come from `facts` when given. Raises NothingThere."""
    found = _own(run, "clusters", cluster_id)
    if found.is_empty():
        raise NothingThere(
            f"The run {run.run_id} has no cluster {cluster_id[:80]!r}.", "flockwatch clusters lists those it has."
        )
    everyone = _own(run, "members", cluster_id).sort("score", "account_id", descending=[True, False])
    members = everyone.filter(~pl.col("role").is_in(list(APART_ROLES)))
    edges = _own(run, "edges", cluster_id).sort("left", "right", "trace", "window_seconds")
    evidence = _own(run, "evidence", cluster_id).sort("left", "right", "trace", "object_id", "left_at", "right_at")
    told = told_evidence(evidence)
    ring = ring_content(run, found.row(0, named=True))
    return ClusterContent(
        row=found.row(0, named=True),
        members=_members(members, facts),
        targets=_targets(everyone.filter(pl.col("role") == "target"), run, facts),
        signals=_signals(run, cluster_id),
        guards=_guards(run, cluster_id),
        objects=_objects(told, facts),
        pairs=_pairs(edges_once(edges)),
        acts=_acts(evidence),
        object_count=told.select(pl.struct("trace", "object_id").n_unique()).item() if len(told) else 0,
        median_gap_seconds=_float(evidence["gap_s"].abs().median()),
        ring=ring,
        victims=victims_among(run, cluster_id),
        frames={"members": members, "edges": edges, "evidence": evidence, **(ring.frames if ring else {})},
    )


def _own(run: StoredRun, name: str, cluster_id: str) -> pl.DataFrame:
    own = run.scan(name).filter(pl.col("cluster_id") == cluster_id)
    return own.with_columns(pl.col("^(name|sentence|verdict|family|tag)$").fill_null("")).collect()


def _members(members: pl.DataFrame, facts: Facts | None) -> tuple[Member, ...]:
    handles = _looked_up(facts, "accounts", "account_id", "handle", members["account_id"].to_list())
    return tuple(
        Member(
            number=place,
            account_id=row["account_id"],
            handle=handles.get(row["account_id"], ""),
            role=row["role"] or "bystander",
            score=row["score"] or 0.0,
            links=row["links"] or 0,
            x=row["x"] or 0.0,
            y=row["y"] or 0.0,
        )
        for place, row in enumerate(members.iter_rows(named=True), start=1)
    )


def _targets(targets: pl.DataFrame, run: StoredRun, facts: Facts | None) -> tuple[Target, ...]:
    ids = targets["account_id"].to_list()
    handles = _looked_up(facts, "accounts", "account_id", "handle", ids)
    said = run.scan("accounts").filter(pl.col("account_id").is_in(ids))
    first = dict(said.select("account_id", pl.col("reasons").list.first()).collect().iter_rows())
    return tuple(Target(id_, handles.get(id_, ""), first.get(id_) or "") for id_ in sorted(ids))


def _signals(run: StoredRun, cluster_id: str) -> tuple[Signal, ...]:
    rows = _own(run, "signals", cluster_id).sort("value", "name", descending=[True, False], nulls_last=True)
    return tuple(Signal(**row) for row in rows.drop("cluster_id").iter_rows(named=True))


def _guards(run: StoredRun, cluster_id: str) -> tuple[Guard, ...]:
    """What may still clear the group first. Runs of older programs say neither tag nor cap."""
    rows = _own(run, "guards", cluster_id).drop("cluster_id").with_columns(pl.col("cap").fill_null(1.0))
    told = [Guard(**row) for row in rows.iter_rows(named=True)]
    return tuple(sorted(told, key=lambda one: _OPEN_FIRST.index(one.verdict) if one.verdict in _OPEN_FIRST else 0))


def _objects(evidence: pl.DataFrame, facts: Facts | None) -> tuple[SharedObject, ...]:
    """What most members share comes first; among equals what fewer others touch, for common things tell little."""
    tightest = evidence.sort(pl.col("gap_s").abs(), "left_at", "left", "right").group_by(
        "trace", "object_id", maintain_order=True
    )
    strongest = (
        tightest.agg(
            members=pl.concat_list("left", "right").explode().n_unique(),
            popularity=pl.col("popularity").max(),
            left=pl.col("left").first(),
            left_at=pl.col("left_at").first(),
            right=pl.col("right").first(),
            right_at=pl.col("right_at").first(),
            gap_seconds=pl.col("gap_s").first().abs(),
        )
        .sort(
            "members", "popularity", "gap_seconds", "trace", "object_id", descending=[True, False, False, False, False]
        )
        .head(MOST_OBJECTS)
    )
    known = {trace: _looked_up(facts, *where, _ids(strongest, trace)) for trace, where in _WORDS_OF.items()}
    return tuple(
        SharedObject(text=known.get(row["trace"], {}).get(row["object_id"], ""), **row)
        for row in strongest.iter_rows(named=True)
    )


def _ids(objects: pl.DataFrame, trace: str) -> list[str]:
    return objects.filter(pl.col("trace") == trace)["object_id"].to_list()


def _pairs(edges: pl.DataFrame) -> tuple[Pair, ...]:
    """The least likely first; of the windows of one pair and trace the least likely stands for all."""
    by_chance = edges.sort("p", "n", "window_seconds", "left", "right", "trace", descending=[False, True, *[False] * 4])
    strongest = by_chance.unique(["left", "right", "trace"], keep="first", maintain_order=True)
    return tuple(
        Pair(
            left=row["left"],
            right=row["right"],
            trace=row["trace"],
            window_seconds=row["window_seconds"],
            seen=row["n"],
            expected=row["expected"],
            p=row["p"],
            median_gap_seconds=row["median_gap_s"],
            left_leads=row["left_leads"],
        )
        for row in strongest.head(MOST_PAIRS).iter_rows(named=True)
    )


def _acts(evidence: pl.DataFrame) -> pl.DataFrame:
    acts = told_acts(evidence).select("account_id", "trace", "at").unique()
    return acts.drop_nulls("at").sort("at", "account_id", "trace")


def _looked_up(facts: Facts | None, table: str, key: str, value: str, wanted: list[str]) -> dict[str, str]:
    """`value` by `key` for the wanted keys; the last row of the facts wins."""
    if facts is None or not wanted:
        return {}
    rows = facts.scan(table).filter(pl.col(key).is_in(wanted)).select(key, value).drop_nulls().collect()
    return dict(rows.unique(key, keep="last", maintain_order=True).iter_rows())


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
