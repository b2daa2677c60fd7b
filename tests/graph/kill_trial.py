"""Writers of loads and of runs at work while the server is killed again and again; then what they were told is counted."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from graph.errors import StoreFault
from graph.facts import current_facts
from graph.local.store import LocalGraphStore
from graph.neo4j import cypher
from graph.neo4j.server import Login, Neo4jServer, Work
from graph.neo4j.store import Neo4jGraphStore
from graph.workspace import open_workspace
from tests.graph.neo4j_server import TestServer
from tests.graph.small_runs import save_small_run
from tests.graph.small_worlds import act, meet, publish

T = TypeVar("T")
NAMES = [f"u{n:02}" for n in range(40)]


class Witness(Neo4jServer):
    """Notes every batch whose commit was acknowledged, and when."""

    def __init__(self, server: TestServer) -> None:
        super().__init__(server.url, Login("neo4j", server.password))
        self.acknowledged: set[str] = set()
        self.times: list[float] = []

    def write(self, work: Work[T]) -> T:
        done = super().write(work)
        self.times.append(time.monotonic())
        if isinstance(work, partial) and "batch" in work.keywords:
            self.acknowledged.add(work.keywords["batch"])
        return done


@dataclass(slots=True)
class Writer:
    """One writer with a workspace and a graph of its own; a task is repeated when it was begun while the server was away."""

    store: Neo4jGraphStore
    server: Witness
    task: Callable[[int], None]
    done: int = 0
    faults: list[str] = field(default_factory=list)

    def work(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self.task(self.done)
                self.done += 1
            except StoreFault as fault:
                self.faults.append(fault.message)
                time.sleep(0.3)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the writers were told, and what was found afterwards; `recoveries` are seconds from each return to each writer's next commit."""

    kills: int
    tasks: int
    acknowledged: int
    lost: int
    differing: tuple[str, ...]
    retries: int
    recoveries: tuple[float, ...]
    faults: tuple[str, ...]


def trial(server: TestServer, folder: Path, kills: int, seed: int = 7) -> Outcome:
    """Two writers of loads and two of runs, as many kills as asked for, at moments drawn from `seed`."""
    chance, stop = random.Random(seed), threading.Event()
    writers = [loader(server, folder / f"loads-{n}", n) for n in range(2)]
    writers += [run_writer(server, folder / f"runs-{n}", n) for n in range(2)]
    threads = [threading.Thread(target=writer.work, args=(stop,)) for writer in writers]
    for thread in threads:
        thread.start()
    returns = []
    for _ in range(kills):
        time.sleep(chance.uniform(1, 4))
        server.kill()
        server.start()
        returns.append(time.monotonic())
        until = returns[-1] + 60
        while time.monotonic() < until and not all(
            w.server.times and w.server.times[-1] > returns[-1] for w in writers
        ):
            time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join()
    return _counted(writers, kills, returns)


def loader(server: TestServer, folder: Path, seed: int) -> Writer:
    """Adds rows to its facts and loads them, again and again."""
    workspace, witness = open_workspace(folder, create=True), Witness(server)
    store, chance = Neo4jGraphStore(workspace, witness, str(folder)), random.Random(seed)

    def task(done: int) -> None:
        if current_facts(workspace).number == done:  # else the last task was cut off before it loaded
            rows = [act(chance.choice(NAMES), f"o{chance.randrange(60)}", n) for n in range(150)]
            publish(workspace, {"actions": rows, "interactions": [meet(r["account_id"], "hub") for r in rows]})
        store.rebuild(current_facts(workspace))

    task(0)
    return Writer(store, witness, task, 1)


def run_writer(server: TestServer, folder: Path, seed: int) -> Writer:
    """Writes runs into its graph, now and then one anew with other content."""
    workspace, witness = open_workspace(folder, create=True), Witness(server)
    store = Neo4jGraphStore(workspace, witness, str(folder))
    store.rebuild(publish(workspace, {"actions": [act(name, "p") for name in NAMES]}))

    def task(done: int) -> None:
        ring = dict.fromkeys(NAMES[seed : 12 + done % 9], "core") | {NAMES[-1]: "target"}
        store.write_run(save_small_run(workspace, f"r{done % 5}", {"c1": ring}, n=done))

    return Writer(store, witness, task)


def _counted(writers: list[Writer], kills: int, returns: list[float]) -> Outcome:
    lost, differing, recoveries = 0, [], []
    for writer in writers:
        workspace = writer.store._workspace
        with LocalGraphStore(workspace) as local:
            local.rebuild(current_facts(workspace))
        writer.store.rebuild(current_facts(workspace))  # what a task that was cut off left undone
        lost += len(_held_by(writer) - _present(writer))
        differing += [f"{writer.store.graph} {kind}" for kind in writer.store.check() if not kind.agrees]
        recoveries += [min(t for t in writer.server.times if t > back) - back for back in returns]
    return Outcome(
        kills,
        sum(writer.done for writer in writers),
        sum(len(writer.server.acknowledged) for writer in writers),
        lost,
        tuple(differing),
        sum(writer.server.retries for writer in writers),
        tuple(recoveries),
        tuple(fault for writer in writers for fault in writer.faults),
    )


def _present(writer: Writer) -> set[str]:
    (row,) = writer.server.read(lambda ask: ask(cypher.CURRENT, graph=writer.store.graph))
    return {one["id"] for one in writer.server.read(lambda ask: ask(cypher.BATCHES, version=row["number"]))}


def _held_by(writer: Writer) -> set[str]:
    """Acknowledged batches of what counts now: those of replaced versions and runs were let go of on purpose."""
    (row,) = writer.server.read(lambda ask: ask(cypher.CURRENT, graph=writer.store.graph))
    version = row["number"]
    runs: list[Any] = list(writer.server.read(lambda ask: ask(cypher.CURRENT_RUNS, version=version)))
    kept = tuple(f"{version}/run-{run['key']}/" for run in runs)
    return {
        batch
        for batch in writer.server.acknowledged
        if batch.startswith(f"{version}/") and ("/run-" not in batch or batch.startswith(kept))
    }
