"""Writes runs into a version of the graph in a Neo4j server: beside what is there, then switched to in one transaction."""

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl

from graph.errors import StoreFault
from graph.neo4j import cypher
from graph.neo4j.forget import forget_run, run_batches
from graph.neo4j.server import Ask, Neo4jServer
from graph.new_things import new_things
from graph.run_answers import APART, coordinated
from graph.runs import StoredRun
from graph.schemas import FLAGGED_TIERS, FrameSchema

# Rows at once: the heap of 512 MB that the accounts' batches were measured with holds these, too.
AT_ONCE = 10_000

LINEAGE_SCHEMA: FrameSchema = {
    "run_before": pl.String,
    "run_after": pl.String,
    "cluster_before": pl.String,
    "cluster_after": pl.String,
    "relation": pl.String,  # continues | split | merged | reborn; rows of other relations join no two clusters and are passed over
    "overlap": pl.Float64,  # shared members, as a share of the smaller; null where reborn
    "similarity": pl.Float64,
}
Lineage = Callable[[], pl.DataFrame]  # LINEAGE_SCHEMA over all runs of the workspace, computed when it is asked for

_CLUSTER = (
    "cluster_id", "kind", "tier", "risk", "confidence", "size", "edges", "density", "traces", "first_at", "last_at",
    "title", "sentence", "stability", "badge", "tightness", "reach", "severity",
)  # fmt: skip
_MEMBER = ("cluster_id", "account_id", "role", "score", "links", "stability", "tightness")
_TIE = (
    "cluster_id", "left", "right", "trace", "window_seconds", "n", "expected", "p", "q", "min_gap_s", "median_gap_s",
    "left_leads",
)  # fmt: skip
_CONTENT = ("run.json", "clusters.parquet", "members.parquet", "edges.parquet")

_log = logging.getLogger(__name__)


class RunReplaced(StoreFault):
    """The version, or the run in it, was taken over by somebody else while it was written."""


@dataclass(frozen=True, slots=True)
class RunRows:
    """What of a run goes to the server: frames in the order of the columns that the statements take, sorted."""

    clusters: pl.DataFrame
    members: pl.DataFrame
    beside: pl.DataFrame  # targets and bystanders: never members
    coordinated: pl.DataFrame
    entities: pl.DataFrame  # what ties rings of accounts in other hands
    new_for: pl.DataFrame

    @property
    def steps(self) -> tuple[tuple[str, str, pl.DataFrame], ...]:
        return (
            ("clusters", cypher.CREATE_CLUSTERS, self.clusters),
            ("members", cypher.CREATE_MEMBER_OF, self.members),
            ("beside", cypher.CREATE_BESIDE, self.beside),
            ("coordinated", cypher.CREATE_COORDINATED, self.coordinated),
            ("entities", cypher.CREATE_ENTITIES, self.entities),
            ("new_for", cypher.CREATE_NEW_FOR, self.new_for),
        )


@dataclass(frozen=True, slots=True)
class RunWriting:
    """One run on its way into one version."""

    server: Neo4jServer
    version: int
    run: StoredRun
    key: int

    @property
    def at(self) -> dict[str, Any]:
        return {"version": self.version, "run": self.key}

    def replaced(self) -> RunReplaced:
        return RunReplaced(
            f"The run {self.run.run_id} was not written to {self.server.url}: the graph there was replaced meanwhile.",
            "Bring it up: flockwatch graph sync.",
        )


def rows_of(run: StoredRun) -> RunRows:
    """Reads the run whole; times become microseconds."""
    members = run.scan("members").sort("cluster_id", "account_id")
    clusters = run.scan("clusters").sort("cluster_id").with_columns(pl.col("first_at", "last_at").cast(pl.Int64))
    ties = coordinated(run).sort("left", "right", "trace", "window_seconds", "cluster_id")
    things = new_things(run)
    return RunRows(
        clusters.select(*_CLUSTER, place=pl.int_range(pl.len())).collect(),
        members.filter(~APART).select(_MEMBER).collect(),
        members.filter(APART).select(_MEMBER).collect(),
        ties.select(_TIE).collect(),
        things.entities,
        things.new_for,
    )


def record_of(run: StoredRun) -> dict[str, Any]:
    """What the Run node says of how the run came about, the rule for COORDINATED and what it left out among it."""
    record, counts = run.record, (run.scan("edges"), coordinated(run))
    links, kept = (int(rows.select(pl.len()).collect().item()) for rows in counts)
    q = record.parameters.get("q")
    within = f"links with q of at most {q}" if q is not None else "significant links"
    microseconds = {
        name: None if moment is None else pl.Series([moment]).cast(pl.Datetime("us", "UTC")).cast(pl.Int64).item()
        for name, moment in (("data_from", record.data_from), ("data_until", record.data_until))
    }
    return {
        "facts_version": record.facts_version,
        "seed": record.seed,
        "shadow": record.shadow,
        "engine": record.engine,
        "flockwatch": record.versions.get("flockwatch"),
        "links": links,
        "coordinated": kept,
        "coordinated_q": q,
        "coordinated_rule": f"{within}, inside clusters of tier {' or '.join(FLAGGED_TIERS)}",
        **microseconds,
    }


def key_of(run: StoredRun, version: int) -> int:
    """48 bits that follow from the version, the id and the bytes of what is sent."""
    content = hashlib.sha256(f"{version} {run.run_id} {AT_ONCE}".encode())
    for name in _CONTENT:
        content.update((run.folder / name).read_bytes())
    return int(content.hexdigest()[:12], 16)


def write_run(server: Neo4jServer, version: int, run: StoredRun, order: Sequence[str]) -> None:
    """Store what is not there yet, then let it take the place of an older content of the same id.

    `order` are the ids of all runs, the newest last. Raises RunReplaced when the version is not there to be written to.
    """
    writing = RunWriting(server, version, run, key_of(run, version))
    if _begin(writing) == "loading":
        for name, create, frame in rows_of(run).steps:
            for number, part in enumerate(frame.iter_slices(AT_ONCE)):
                batch = f"{run_batches(version, writing.key)}{name}/{number}"
                server.write(partial(_store, writing=writing, create=create, batch=batch, rows=part.rows()))
    server.write(partial(_finish, writing=writing, order=list(order)))
    for other in server.read(lambda ask: ask(cypher.RUNS_OF, version=version), patient=True):
        if other["id"] == run.run_id and other["key"] != writing.key:
            forget_run(server, version, other["key"])


def _begin(writing: RunWriting) -> str:
    """The state of the run: loading, or current when all of it is there."""
    given = {**writing.at, "run_id": writing.run.run_id, "record": record_of(writing.run)}
    while True:
        begun = writing.server.write(lambda ask: ask(cypher.BEGIN_RUN, **given))
        if not begun:
            raise writing.replaced()
        if begun[0]["state"] != "going":
            return str(begun[0]["state"])
        forget_run(
            writing.server, writing.version, writing.key
        )  # the same content was here before, and is not gone yet


def _store(ask: Ask, writing: RunWriting, create: str, batch: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """One transaction: it may be the second for this batch, when the reply to the first was lost."""
    held = ask(cypher.HOLD_RUN, **writing.at, state="loading")
    if ask(cypher.BATCH, batch=batch):
        return
    if not held:
        raise writing.replaced()
    ask(cypher.MARK_BATCH, batch=batch, version=writing.version, size=len(rows))
    stored = ask(create, **writing.at, run_id=writing.run.run_id, rows=rows)[0]["stored"]
    if stored != len(rows):  # accounts that the facts behind this version do not know
        ask(cypher.COUNT_MISSING, **writing.at, missing=len(rows) - stored)


def _finish(ask: Ask, writing: RunWriting, order: list[str]) -> None:
    if not ask(cypher.HOLD_WRITABLE, version=writing.version):
        raise writing.replaced()
    if ask(cypher.HOLD_RUN, **writing.at, state="loading"):
        switched = ask(cypher.SWITCH_RUN, **writing.at, run_id=writing.run.run_id)
        if switched[0]["replaced"]:
            ask(cypher.LINK_ANEW, version=writing.version)
    elif not ask(cypher.HOLD_RUN, **writing.at, state="current"):
        raise writing.replaced()
    ask(cypher.PLACE_RUNS, version=writing.version, order=order)


def drop_unlisted(server: Neo4jServer, version: int, listed: Sequence[str]) -> None:
    """Runs that the workspace does not have any more, and what was begun and never finished of others."""
    for run in server.read(lambda ask: ask(cypher.RUNS_OF, version=version), patient=True):
        if run["id"] not in listed or run["state"] == "going":
            forget_run(server, version, run["key"])


def link_runs(server: Neo4jServer, version: int, lineage: pl.DataFrame) -> None:
    """Make the ties between clusters of different runs those of `lineage` (LINEAGE_SCHEMA); only what differs is written."""
    columns = list(LINEAGE_SCHEMA)
    wanted = lineage.select(columns).filter(pl.col("relation").is_in(sorted(cypher.LINK))).sort(columns)
    for run in server.read(lambda ask: ask(cypher.RUNS_OF, version=version), patient=True):
        rows = wanted.filter(pl.col("run_after") == run["id"])
        said = hashlib.sha256(json.dumps(rows.rows()).encode()).hexdigest()
        if run["state"] == "current" and run["lineage"] != said:
            server.write(partial(_link, version=version, run=run["key"], rows=rows, said=said))


def _link(ask: Ask, version: int, run: int, rows: pl.DataFrame, said: str) -> None:
    if not ask(cypher.HOLD_RUN, version=version, run=run, state="current"):
        return  # replaced meanwhile, and linked by whoever did it
    ask(cypher.UNLINK, version=version, run=run)
    stored = 0
    for relation, statement in cypher.LINK.items():
        part = rows.filter(pl.col("relation") == relation)
        columns = ("cluster_after", "run_before", "cluster_before", "overlap", "similarity")
        stored += ask(statement, version=version, run=run, rows=part.select(columns).rows())[0]["stored"]
    # Where an earlier run is not there yet, the next writer tries again.
    ask(cypher.LINKED, version=version, run=run, lineage=said if stored == rows.height else None)
