"""The local store and a Neo4j server side by side: how fast each loads and answers; every answer is compared.

    python -m tests.bench.stores_bench [--accounts 50000] [--ties 250000] [--asked 200] [--heap 512] [--page-cache 128] [--out FILE]

One process asks both stores the same questions in turns. Accounts are drawn half by their ties, so that hubs are among them,
and half from all; the first answers of each kind pay for the server's plans and are not timed.
"""

import argparse
import json
import os
import platform
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from itertools import accumulate
from pathlib import Path
from typing import Any

import psutil

from graph.facts import Facts
from graph.local.files import current_path
from graph.local.store import LocalGraphStore
from graph.neo4j.server import Login, Neo4jServer
from graph.neo4j.store import Neo4jGraphStore
from graph.store import GraphStore
from graph.workspace import Workspace, open_workspace
from tests.bench.store_bench import middle
from tests.bench.stores_world import FIRST, SEED, account_ids, island, publish_world
from tests.graph.neo4j_server import TestServer, running_server

WARMING = 5  # questions of each kind that are asked before the clock runs
Ask = Callable[[GraphStore], object]
Figures = dict[str, Any]


class Loads:
    """Rows and seconds per kind of rows, as the load itself tells its progress."""

    def __init__(self) -> None:
        self._began: dict[str, float] = {}
        self.rates: dict[str, dict[str, float]] = {}

    def __call__(self, stage: str, done: int, _total: int) -> None:
        began = self._began.setdefault(stage, time.perf_counter())
        if done:
            seconds = max(time.perf_counter() - began, 1e-9)
            self.rates[stage] = {"rows": done, "seconds": round(seconds, 2), "rows_per_s": round(done / seconds)}


class Draw:
    """Accounts and objects of a built graph, by a seeded chance."""

    def __init__(self, built: Path, accounts: int) -> None:
        self.chance = random.Random(SEED)
        self.accounts = accounts
        tied = "SELECT account_id, ties + shared_objects FROM accounts WHERE ties + shared_objects > 0 ORDER BY key"
        objects = "SELECT t.trace, object_id FROM objects o JOIN traces t ON t.code = o.trace"
        with closing(sqlite3.connect(built)) as db:
            rows = db.execute(tied).fetchall()
            self._objects = db.execute(f"{objects} ORDER BY accounts DESC, t.trace, object_id LIMIT 5000").fetchall()
        self._names = [name for name, _ in rows]
        self._up_to = list(accumulate(ties for _, ties in rows))

    def account(self) -> str:
        by_ties = self.chance.random() < 0.5
        return self.chance.choices(self._names, cum_weights=self._up_to if by_ties else None)[0]

    def object(self) -> tuple[str, str]:
        """One of the 5,000 on which most acted."""
        return self.chance.choice(self._objects)

    def islander(self) -> str:
        numbers = self.accounts + island(self.chance.randrange(200))
        return str(account_ids(numbers)[self.chance.randrange(len(numbers))])


def questions(draw: Draw, asked: int) -> Mapping[str, list[Ask]]:
    """The same for the same graph: what the pages ask, `asked` times each with other names."""

    def many(one: Callable[[], Ask]) -> list[Ask]:
        return [one() for _ in range(asked + WARMING)]

    return {
        "account": many(lambda: _account(draw.account())),
        "ego, 1 hop": many(lambda: _ego(draw.account(), 1)),
        "ego, 2 hops": many(lambda: _ego(draw.account(), 2)),
        "path": many(lambda: _path(draw.account(), draw.account())),
        "path to an island": many(lambda: _path(draw.account(), draw.islander())),
        "objects shared by two": many(lambda: _shared(draw.account(), draw.account())),
        "accounts on the same objects": many(lambda: _beside(draw.account())),
        "accounts behind an object": many(lambda: _behind(*draw.object())),
        "top objects of 50 accounts": many(lambda: _top([draw.account() for _ in range(50)])),
        "search": many(lambda: _find(draw.chance.choice(_typed(draw)))),
    }


def _account(name: str) -> Ask:
    return lambda store: store.account(name)


def _ego(name: str, hops: int) -> Ask:
    return lambda store: store.neighbourhood(name, hops)


def _path(left: str, right: str) -> Ask:
    return lambda store: store.shortest_path(left, right)


def _shared(left: str, right: str) -> Ask:
    return lambda store: store.shared_objects(left, right)


def _beside(name: str) -> Ask:
    return lambda store: store.co_actors(name)


def _behind(trace: str, object_id: str) -> Ask:
    return lambda store: store.accounts_of(trace, object_id)


def _top(names: list[str]) -> Ask:
    return lambda store: store.top_objects(names)


def _find(text: str) -> Ask:
    return lambda store: store.find(text)


def _typed(draw: Draw) -> list[str]:
    """A whole id and its beginning, a handle, a beginning that thousands share, a link without its scheme."""
    name, word = draw.account(), draw.chance.choice(FIRST)
    return [name, name[:9], f"@{word}_kite{draw.chance.randrange(90)}", word, f"{word}.example/k"]


def compare(
    here: GraphStore, there: GraphStore, asked: Mapping[str, list[Ask]], server_cpu: Callable[[], float]
) -> dict[str, Figures]:
    """Milliseconds per kind of question and store; raises AssertionError at the first answer that differs.

    On a machine that others use, too, only the CPU time of server and client together says what an answer costs.
    """
    figures = {}
    for name, every in asked.items():
        taken: dict[str, list[float]] = {"local": [], "neo4j": [], "neo4j_cpu": []}
        for number, ask in enumerate(every):
            answers = []
            for kind, store in (("local", here), ("neo4j", there)):
                started, cpu = time.perf_counter(), time.process_time() + server_cpu()
                answers.append(ask(store))
                if number >= WARMING:
                    taken[kind].append((time.perf_counter() - started) * 1000)
                if number >= WARMING and kind == "neo4j":
                    taken["neo4j_cpu"].append((time.process_time() + server_cpu() - cpu) * 1000)
            assert answers[0] == answers[1], (name, number, *answers)
        figures[name] = {"asked": len(every) - WARMING, "equal": "all"} | {
            f"{kind}_p{share}_ms": middle(times, share / 100) for kind, times in taken.items() for share in (50, 99)
        }
    return figures


def cpu_of(pid: int) -> Callable[[], float]:
    """Seconds the process has computed so far, in steps of 10 ms on Linux."""
    process = psutil.Process(pid)
    return lambda: sum(process.cpu_times()[:2])


def load(workspace: Workspace, facts: Facts, server: Neo4jServer) -> Figures:
    """Build the local graph, then load the server; seconds and rates."""
    started = time.perf_counter()
    with LocalGraphStore(workspace) as here:
        summary = here.rebuild(facts)
    local = time.perf_counter() - started
    loads, started = Loads(), time.perf_counter()
    with Neo4jGraphStore(workspace, server) as there:
        assert there.rebuild(facts, loads) == summary
        agreed = all(kind.agrees for kind in there.check())
    assert agreed
    return {
        "accounts": summary.accounts,
        "objects": summary.objects,
        "ties": summary.touches + summary.interactions,
        "local_seconds": round(local, 1),
        "neo4j_seconds": round(time.perf_counter() - started, 1),
        "neo4j": {stage: rate for stage, rate in loads.rates.items() if stage.startswith("neo4j ")},
        "checksums": "equal",
    }


def bench(folder: Path, server: TestServer, accounts: int, ties: int, asked: int) -> Figures:
    workspace = open_workspace(folder, create=True)
    facts = publish_world(workspace, accounts, ties)
    with Neo4jServer(server.url, Login("neo4j", server.password)) as connection:
        figures = {"machine": _machine(connection.check(), server), "load": load(workspace, facts, connection)}
        with LocalGraphStore(workspace) as here, Neo4jGraphStore(workspace, connection) as there:
            built = current_path(workspace)
            assert built is not None
            assert server.process is not None
            every = questions(Draw(built, accounts), asked)
            return figures | {"questions": compare(here, there, every, cpu_of(server.process.pid))}


def _machine(agent: str, server: TestServer) -> str:
    return (
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, {agent} "
        f"(heap {server.heap_mib} MiB, page cache {server.page_cache_mib} MiB), driver {version('neo4j')} "
        f"{'with' if _has_rust() else 'without'} its Rust extension, SQLite {sqlite3.sqlite_version}"
    )


def _has_rust() -> bool:
    try:
        return bool(version("neo4j-rust-ext"))
    except PackageNotFoundError:
        return False


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--accounts", type=int, default=50_000)
    given.add_argument("--ties", type=int, default=250_000)
    given.add_argument("--asked", type=int, default=200)
    given.add_argument("--heap", type=int, default=512, help="MiB of the server's heap")
    given.add_argument("--page-cache", type=int, default=128, help="MiB of the server's page cache")
    given.add_argument("--out", type=Path)
    said = given.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running_server(folder / "server", heap_mib=said.heap, page_cache_mib=said.page_cache) as server:
            figures = bench(folder / "workspace", server, said.accounts, said.ties, said.asked)
    text = json.dumps(figures, indent=1)
    print(text)
    if said.out:
        said.out.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
