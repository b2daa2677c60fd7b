"""The graph and the runs as CSV files for a Neo4j server's own offline import, the way load and runs store them."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl

from graph.disk_faults import disk_faults_told
from graph.errors import BadSetting
from graph.local.files import OpenVersion, open_version
from graph.local.reader import LocalReader
from graph.neo4j import cypher
from graph.neo4j.load import STEPS, version_of
from graph.neo4j.runs import RunRows, key_of, record_of, rows_of
from graph.neo4j.summary import summary_text
from graph.runs import StoredRun, list_runs
from graph.store import Progress
from graph.team_server import owner_mark
from graph.workspace import Workspace

_START = 200  # characters of a text that an index holds, as in graph.neo4j.cypher
_SCHEMA_FILE, _SCRIPT = "after-import.cypher", "import.sh"

_READ = {step.name: step.read for step in STEPS}

_ARRAY = ";"  # no name of a trace holds it
_OPTIONS = ("--id-type=integer", "--multiline-fields=true", f"--array-delimiter={_ARRAY}")
_RUN = (
    ("facts_version", "string"), ("seed", "long"), ("shadow", "boolean"), ("engine", "string"), ("flockwatch", "string"),
    ("links", "long"), ("coordinated", "long"), ("coordinated_q", "double"), ("coordinated_rule", "string"),
    ("data_from", "long"), ("data_until", "long"),
)  # fmt: skip
_MEMBER = "run:long,run_id:string,role:string,score:double,links:long,stability:double,tightness:double"
_TIES = {
    "MEMBER_OF": f":START_ID(Account),:END_ID(Cluster),{_MEMBER}",
    "BESIDE": f":START_ID(Account),:END_ID(Cluster),{_MEMBER}",
    "COORDINATED": ":START_ID(Account),:END_ID(Account),run:long,run_id:string,cluster:string,trace:string,window:long,"
    "n:long,expected:double,p:double,q:double,min_gap_s:double,median_gap_s:double,left_leads:double",
    "TIES": ":START_ID(Entity),:END_ID(Cluster),run:long,run_id:string",
    "NEW_FOR": ":START_ID(Entity),:END_ID(Account),run:long,run_id:string,cluster:string,at:long",
}

Rows = Iterable[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and the command line that imports it."""

    folder: str
    files: int
    rows: int
    command: str
    schema_file: str


@dataclass(slots=True)
class _Files:
    """The files so far, and what the importer is told about them."""

    folder: Path
    progress: Progress | None
    options: list[str] = field(default_factory=list)
    rows: int = 0

    def write(self, what: str, name: str, header: str, rows: Rows) -> None:
        """`what` is nodes or relationships, `name` the label or type; nothing is written where there is no row."""
        source = iter(rows)
        first = next(source, None)
        if first is None:
            return
        stage, count = f"file {name}", 0
        with (self.folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
            out.write(header + "\n")
            for count, row in enumerate(chain([first], source), 1):
                out.write(",".join(map(_cell, row)) + "\n")
                if self.progress is not None and count % 100_000 == 0:
                    self.progress(stage, count, count)
        self.rows += count
        self.options.append(f"--{what}={name}={name}.csv")


def export_for_import(
    workspace: Workspace, out: Path, graph: str, lineage: pl.DataFrame, progress: Progress | None = None
) -> Exported:
    """Write the files into the new or empty folder `out`; raises BadSetting for another one, NothingThere without a graph."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadSetting(f"{out} is not an empty folder.", "Name a new one after --neo4j-import.")
    with closing(open_version(workspace)) as built, disk_faults_told(out, "the files"):
        out.mkdir(parents=True, exist_ok=True)
        files, here, version = _Files(out, progress), LocalReader(built), version_of(built, graph)
        _write_marks(files, workspace, graph, version, summary_text(here.summary()))
        _write_graph(files, built, version)
        _write_runs(files, here, list_runs(workspace), version, lineage)
        command = _write_command(files)
    return Exported(str(out), len(files.options), files.rows, command, str(out / _SCHEMA_FILE))


def _write_marks(files: _Files, workspace: Workspace, graph: str, version: int, summary: str) -> None:
    files.write(
        "nodes", "FlockwatchSchema", ":ID(Mark),name:string,version:long", [(1, "graph", cypher.SCHEMA_VERSION)]
    )
    files.write("nodes", "Graph", ":ID(Mark),name:string,owner:string", [(2, graph, owner_mark(workspace))])
    header = ":ID(Mark),number:long,graph:string,state:string,summary:string,words:boolean"
    files.write("nodes", "GraphVersion", header, [(3, version, graph, "current", summary, True)])


def _write_graph(files: _Files, built: OpenVersion, version: int) -> None:
    def asked(statement: str) -> Iterator[tuple[Any, ...]]:
        return map(tuple, built.connection.execute(statement))

    files.write(
        "nodes",
        "Account",
        ":ID(Account),version:long,key:long,id:string,id_start:string,handle:string,display_name:string,platform:string,"
        "created_at:long,protection_tier:string,status:string,listed:boolean,folded_handle:string,handle_start:string,"
        "actions:long,shared_objects:long,lone_objects:long,ties:long,words:string",
        (
            (
                r[0],
                version,
                *r[:2],
                _start(r[1]),
                *r[2:8],
                bool(r[8]),
                r[9],
                _start(r[9]),
                *r[10:14],
                _words(version, r[14]),
            )
            for r in asked(_READ["accounts"])
        ),
    )
    files.write(
        "nodes",
        "Object",
        ":ID(Object),version:long,key:long,kind:string,value:string,value_start:string,popularity:long,actions:long,"
        "first_at:long,last_at:long,place:long,words:string",
        ((r[0], version, *r[:3], _start(r[2]), *r[3:8], _words(version, r[8])) for r in asked(_READ["objects"])),
    )
    header = ":END_ID(Object),:START_ID(Account),kind:string,n:long,first_at:long,last_at:long"
    files.write("relationships", "ACTED_ON", header, asked(_READ["acted_on"]))
    header = ":START_ID(Account),:END_ID(Account),kind:string,n:long,first_at:long,last_at:long"
    files.write("relationships", "INTERACTED", header, asked(_READ["interacted"]))


def _write_runs(
    files: _Files, here: LocalReader, runs: Sequence[StoredRun], version: int, lineage: pl.DataFrame
) -> None:
    """Clusters get running numbers over all runs; accounts that the graph does not know are counted on the run."""
    kinds: dict[str, list[Iterable[Sequence[Any]]]] = {name: [] for name in ("Run", "Cluster", "Entity", *_TIES)}
    numbers: dict[tuple[str, str], int] = {}
    for place, run in enumerate(runs):
        found, key, record = rows_of(run), key_of(run, version), record_of(run)
        for cluster_id in found.clusters["cluster_id"]:
            numbers[run.run_id, cluster_id] = len(numbers)
        within = (key, run.run_id)
        names = pl.concat(
            [
                *(frame["account_id"] for frame in (found.members, found.beside, found.new_for)),
                found.coordinated["left"],
                found.coordinated["right"],
            ]
        )
        keys = here.known(names.unique().to_list())
        kinds["Cluster"].append(
            [(numbers[run.run_id, row[0]], version, *within, *row) for row in found.clusters.rows()]
        )
        missing = 0
        for name, frame in (("MEMBER_OF", found.members), ("BESIDE", found.beside)):
            known = [row for row in frame.rows() if row[1] in keys]
            missing += frame.height - len(known)
            kinds[name].append([(keys[r[1]], numbers[run.run_id, r[0]], *within, *r[2:]) for r in known])
        tied = [row for row in found.coordinated.rows() if row[1] in keys and row[2] in keys]
        missing += found.coordinated.height - len(tied)
        kinds["COORDINATED"].append([(keys[r[1]], keys[r[2]], *within, r[0], *r[3:]) for r in tied])
        missing += _add_new_things(kinds, found, keys, numbers, (version, *within))
        figures = (record[name] for name, _ in _RUN)
        kinds["Run"].append([(place, version, *within, "current", place, missing, *figures)])
    _write_lineage(files, lineage, numbers)
    files.write(
        "nodes",
        "Run",
        ":ID(Run),version:long,key:long,id:string,state:string,place:long,missing:long,"
        + ",".join(f"{name}:{kind}" for name, kind in _RUN),
        chain.from_iterable(kinds["Run"]),
    )
    files.write(
        "nodes",
        "Cluster",
        ":ID(Cluster),version:long,run:long,run_id:string,id:string,kind:string,tier:string,risk:double,confidence:double,"
        "size:long,edges:long,density:double,traces:string[],first_at:long,last_at:long,title:string,sentence:string,"
        "stability:double,badge:string,tightness:double,reach:long,severity:double,place:long",
        chain.from_iterable(kinds["Cluster"]),
    )
    files.write(
        "nodes",
        "Entity",
        ":ID(Entity),version:long,run:long,run_id:string,kind:string,value:string,accounts:long,ever:long,place:long",
        chain.from_iterable(kinds["Entity"]),
    )
    for name, header in _TIES.items():
        files.write("relationships", name, header, chain.from_iterable(kinds[name]))


def _add_new_things(
    kinds: dict[str, list[Iterable[Sequence[Any]]]],
    found: RunRows,
    keys: Mapping[str, int],
    numbers: Mapping[tuple[str, str], int],
    within: tuple[int, int, str],
) -> int:
    """What ties the rings of a run, numbered over all runs; gives how many accounts of them the graph does not know."""
    begun = sum(1 for rows in kinds["Entity"] for _ in rows)
    kinds["Entity"].append([(begun + row[-1], *within, *row[1:]) for row in found.entities.rows()])
    kinds["TIES"].append([(begun + row[-1], numbers[within[2], row[0]], *within[1:]) for row in found.entities.rows()])
    known = [row for row in found.new_for.rows() if row[2] in keys]
    kinds["NEW_FOR"].append([(begun + r[1], keys[r[2]], *within[1:], r[0], r[3]) for r in known])
    return found.new_for.height - len(known)


def _write_lineage(files: _Files, lineage: pl.DataFrame, numbers: dict[tuple[str, str], int]) -> None:
    columns = ("relation", "run_after", "cluster_after", "run_before", "cluster_before", "overlap", "similarity")
    rows = lineage.select(columns).sort(columns).rows()
    for relation, name in cypher.LINEAGE.items():
        tied = [
            (numbers[row[1:3]], numbers[row[3:5]], *row[5:])
            for row in rows
            if row[0] == relation and row[1:3] in numbers and row[3:5] in numbers
        ]
        files.write("relationships", name, ":START_ID(Cluster),:END_ID(Cluster),overlap:double,similarity:double", tied)


def _write_command(files: _Files) -> str:
    """The command line, also as a script beside the files; and the statements for constraints, which the importer lacks."""
    statements = [*cypher.SCHEMA, cypher.AWAIT_INDEXES]
    (files.folder / _SCHEMA_FILE).write_text("".join(f"{one};\n" for one in statements), "utf-8")
    import_command = shlex.join(["neo4j-admin", "database", "import", "full", "neo4j", *_OPTIONS, *files.options])
    (files.folder / _SCRIPT).write_text(
        f"#!/bin/sh\n# On the stopped server. Add --overwrite-destination=true where the database holds anything.\n"
        f'cd "$(dirname "$0")" && exec {import_command} "$@"\n',
        "utf-8",
    )
    return f"cd {shlex.quote(str(files.folder))} && {import_command}"


def _start(text: str | None) -> str | None:
    return None if text is None else text[:_START]


def _words(version: int, words: str | None) -> str | None:
    """As CREATE_ACCOUNTS puts them together."""
    return None if words is None else f"_{version} {words}"


def _cell(value: Any) -> str:
    """As the importer reads it: an empty cell is no value, a quoted empty one an empty text; text passes unchanged."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return _cell(_ARRAY.join(value))
    if isinstance(value, float):
        return "NaN" if value != value else repr(value)  # noqa: PLR0124 - NaN is what differs from itself
    return str(value) if isinstance(value, int) else '"' + value.replace('"', '""') + '"'
