"""Small worlds: a few rows written as facts, and the graph built of them in every store there is."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from graph.facts import Facts, Part, Source, current_facts, publish_facts
from graph.local.store import LocalGraphStore
from graph.neo4j.server import Neo4jServer
from graph.neo4j.store import Neo4jGraphStore
from graph.schemas import FACT_SCHEMAS
from graph.store import GraphStore
from graph.workspace import Workspace, open_workspace

START = datetime(2026, 1, 1, tzinfo=UTC)
Rows = Sequence[Mapping[str, Any]]
Tables = Mapping[str, Rows]
BuildStore = Callable[[Path, Tables], GraphStore]


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def act(account: str, object_id: str, seconds: int = 0, trace: str = "share") -> dict[str, Any]:
    return {"account_id": account, "trace": trace, "object_id": object_id, "at": at(seconds)}


def meet(account: str, other: str, kind: str = "reply", seconds: int = 0) -> dict[str, Any]:
    return {"account_id": account, "other_id": other, "kind": kind, "at": at(seconds)}


def publish(workspace: Workspace, tables: Tables) -> Facts:
    """Add one source with these rows to the facts."""
    number = current_facts(workspace).number + 1
    parts = []
    for table, rows in sorted(tables.items()):
        frame = pl.DataFrame(list(rows), schema_overrides=dict(FACT_SCHEMAS[table]), infer_schema_length=None)
        missing = [
            pl.lit(None).cast(kind).alias(name) for name, kind in FACT_SCHEMAS[table].items() if name not in frame
        ]
        whole = frame.with_columns(missing).select(list(FACT_SCHEMAS[table]))
        name = f"{table}-{number}.parquet"
        workspace.facts.mkdir(exist_ok=True)
        whole.write_parquet(workspace.facts / name)
        parts.append(Part(table, name, whole.height, f"s{number}"))
    source = Source(f"s{number}", f"{number}.csv", "test", 1, 1, 0, 0, 0, 0)
    return publish_facts(workspace, [source], parts)


def build_local(folder: Path, tables: Tables) -> GraphStore:
    workspace = open_workspace(folder, create=True)
    store = LocalGraphStore(workspace)
    store.rebuild(publish(workspace, tables))
    return store


def build_neo4j(server: Neo4jServer) -> BuildStore:
    """One server holds many small worlds, each a graph named after its folder."""

    def build(folder: Path, tables: Tables) -> GraphStore:
        workspace = open_workspace(folder, create=True)
        store = Neo4jGraphStore(workspace, server, graph=str(folder))
        store.rebuild(publish(workspace, tables))
        return store

    return build
