"""The local store under other processes, killers, full disks and damage: one whole version at any moment."""

import multiprocessing
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from graph.errors import BadWorkspace, NothingThere, StoreFault
from graph.facts import current_facts
from graph.local.build import RebuildStopped, build_graph
from graph.local.files import building_folder, current_path
from graph.local.store import LocalGraphStore, graph_number, open_graph, rebuild_graph
from graph.workspace import Workspace, open_workspace
from tests.graph.small_worlds import Tables, act, meet, publish
from tests.graph.test_runs import run


def crowd(seed: int, rows: int = 400) -> Tables:
    """A random world of 40 accounts and 60 objects."""
    chance = random.Random(seed)
    return {
        "actions": [
            act(f"u{chance.randrange(40)}", f"o{chance.randrange(60)}", chance.randrange(9999)) for _ in range(rows)
        ],
        "interactions": [
            meet(f"u{chance.randrange(40)}", f"u{chance.randrange(40)}", chance.choice(["reply", "share"]), n)
            for n in range(rows)
        ],
        "accounts": [{"account_id": f"u{n}", "handle": f"H{n}"} for n in range(40)],
    }


def dump(path: Path) -> list[tuple[object, ...]]:
    """Every row of every table with the keys of objects replaced by their names."""
    with sqlite3.connect(path) as db:
        objects = dict(db.execute("SELECT key, trace || ' ' || object_id FROM objects"))
        rows: list[tuple[object, ...]] = sorted(db.execute("SELECT * FROM accounts"))
        rows += sorted(db.execute("SELECT trace, object_id, accounts, actions, first_at, last_at FROM objects"))
        rows += sorted((a, objects[o], *rest) for a, o, *rest in db.execute("SELECT * FROM acted"))
        rows += sorted((a, objects[o], *rest) for o, a, *rest in db.execute("SELECT * FROM acted_by"))
        for table in ("interacted", "interacted_by", "kinds", "traces", "figures"):
            rows += sorted(db.execute(f"SELECT * FROM {table}"), key=str)
    db.close()
    return rows


def test_a_graph_that_was_never_built_is_said_with_what_to_do(workspace: Workspace):
    with pytest.raises(NothingThere, match="not built yet") as said:
        open_graph(workspace)
    assert "flockwatch ingest" in said.value.hint
    assert graph_number(workspace) is None


def test_many_small_stretches_give_the_graph_of_one(workspace: Workspace, tmp_path: Path):
    facts = publish(workspace, crowd(1))
    graphs = []
    for rows_at_once in (1_000_000, 37):
        with building_folder(Workspace(tmp_path / str(rows_at_once))) as folder:
            target = tmp_path / f"{rows_at_once}.sqlite"
            build_graph(facts, target, folder, rows_at_once=rows_at_once)
            graphs.append(dump(target))
    assert graphs[0] == graphs[1]


def test_both_directions_hold_the_same_ties(workspace: Workspace):
    publish(workspace, crowd(2))
    rebuild_graph(workspace)
    path = current_path(workspace)
    assert path is not None
    with sqlite3.connect(path) as db:
        assert sorted(db.execute("SELECT account, object, n FROM acted")) == sorted(
            db.execute("SELECT account, object, n FROM acted_by")
        )
        assert sorted(db.execute("SELECT source, target, kind, n FROM interacted")) == sorted(
            db.execute("SELECT source, target, kind, n FROM interacted_by")
        )
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        ties = "SELECT sum(ties) FROM accounts"
        assert db.execute(ties).fetchone()[0] == 2 * db.execute("SELECT count(*) FROM interacted").fetchone()[0]


def test_equal_facts_give_equal_bytes(tmp_path: Path):
    files = []
    for name in ("one", "two"):
        workspace = open_workspace(tmp_path / name, create=True)
        publish(workspace, crowd(3))
        rebuild_graph(workspace)
        path = current_path(workspace)
        assert path is not None
        files.append(path.read_bytes())
    assert files[0] == files[1]


def test_a_graph_that_is_up_to_date_is_not_built_again(workspace: Workspace):
    publish(workspace, crowd(4))
    first = rebuild_graph(workspace)
    told: list[str] = []
    assert rebuild_graph(workspace, lambda stage, *_: told.append(stage)) == first
    assert told == []
    publish(workspace, crowd(5))
    assert rebuild_graph(workspace, lambda stage, *_: told.append(stage)).facts_number == 2
    assert set(told) == {
        f"graph {part}" for part in ("accounts", "objects", "actions", "interactions", "index", "words")
    }


def test_an_open_store_goes_on_reading_its_version(workspace: Workspace):
    publish(workspace, crowd(6))
    rebuild_graph(workspace)
    with open_graph(workspace) as old:
        before = old.summary()
        for seed in (7, 8, 9):
            publish(workspace, crowd(seed))
            rebuild_graph(workspace)
        assert old.summary() == before
        assert old.neighbourhood("u1").accounts
        names = sorted(p.name for p in workspace.graph.glob("*.sqlite"))
        assert names == [
            "graph-000001.sqlite",
            "graph-000003.sqlite",
            "graph-000004.sqlite",
        ]  # held, kept back, current
    publish(workspace, crowd(10))
    rebuild_graph(workspace)
    assert sorted(p.name for p in workspace.graph.iterdir()) == [
        "CURRENT",
        "graph-000004.readers",
        "graph-000004.sqlite",
        "graph-000005.readers",
        "graph-000005.sqlite",
    ]


def read_until_done(path: str, reads: "multiprocessing.Queue[tuple[int, set[int]]]") -> None:
    """Open, ask, close, over and over; every answer must be of one version."""
    workspace, seen, count = open_workspace(Path(path)), set(), 0
    while not (Path(path) / "done").exists():
        with open_graph(workspace) as store:
            said = store.summary()
            assert said.touches == sum(t.touches for t in said.traces)
            # The world of version n has n marker accounts on one object.
            assert store.accounts_of("share", "marker", limit=99).object.accounts == said.facts_number + 1
            seen.add(said.facts_number)
            count += 1
    reads.put((count, seen))


def test_several_processes_read_while_one_writes(workspace: Workspace):
    publish(workspace, {"actions": [act("m0", "marker"), act("m1", "marker")]})
    rebuild_graph(workspace)
    context = multiprocessing.get_context("spawn")
    reads: multiprocessing.Queue[tuple[int, set[int]]] = context.Queue()
    readers = [context.Process(target=read_until_done, args=(str(workspace.path), reads)) for _ in range(2)]
    for reader in readers:
        reader.start()
    time.sleep(1.5)  # both import Polars first
    for number in range(2, 14):
        publish(workspace, {"actions": [act(f"m{number}", "marker")], "interactions": [meet("m0", "m1")]})
        rebuild_graph(workspace)
    time.sleep(1.5)
    (workspace.path / "done").touch()
    answers = [reads.get(timeout=60) for _ in readers]
    for reader in readers:
        reader.join(30)
        assert reader.exitcode == 0
    assert all(count > 0 for count, _ in answers)
    assert 13 in set.union(*(seen for _, seen in answers))


REBUILD = """
    import sys, time
    from pathlib import Path
    from graph.local.store import rebuild_graph
    from graph.workspace import open_workspace
    at = int(sys.argv[2])
    told = 0
    def progress(stage, done, total):
        global told
        told += 1
        if told == at:
            print("here", flush=True)
            time.sleep(60)
    rebuild_graph(open_workspace(Path(sys.argv[1])), progress)
"""


@pytest.mark.parametrize("told", [1, 3, 6, 9])
def test_a_rebuild_that_is_killed_leaves_the_old_graph_and_the_next_one_succeeds(workspace: Workspace, told: int):
    publish(workspace, crowd(11))
    before = rebuild_graph(workspace)
    publish(workspace, crowd(12))
    killed = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(REBUILD), str(workspace.path), str(told)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert killed.stdout is not None
    assert killed.stdout.readline() == "here\n"
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    with open_graph(workspace) as store:
        assert store.summary() == before
    assert rebuild_graph(workspace).facts_number == 2
    assert not (workspace.graph / "building").exists()


def test_a_rebuild_can_be_stopped_between_stages(workspace: Workspace):
    publish(workspace, crowd(13))
    calls = []

    def cancelled() -> bool:
        calls.append(1)
        return len(calls) == 4

    with pytest.raises(RebuildStopped, match="not rebuilt"):
        rebuild_graph(workspace, cancelled=cancelled)
    assert graph_number(workspace) is None
    assert list(workspace.graph.iterdir()) == []


def test_an_interrupt_leaves_nothing_behind(workspace: Workspace):
    publish(workspace, crowd(13))

    def progress(stage: str, done: int, total: int) -> None:
        if stage == "graph interactions":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild_graph(workspace, progress)
    assert list(workspace.graph.iterdir()) == []
    assert rebuild_graph(workspace).facts_number == 1


@pytest.mark.parametrize("damage", ["cut", "junk", "empty", "other database"])
def test_a_damaged_graph_is_one_sentence_and_is_built_again(workspace: Workspace, damage: str):
    publish(workspace, crowd(14))
    before = rebuild_graph(workspace)
    path = current_path(workspace)
    assert path is not None
    whole = path.read_bytes()
    if damage == "other database":
        path.unlink()
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE t (a)")
        db.close()
    else:
        path.write_bytes({"cut": whole[:8192], "junk": b"x" * 9000, "empty": b""}[damage])
    with pytest.raises(StoreFault), open_graph(workspace) as store:
        store.summary()
    assert rebuild_graph(workspace) == before
    assert path.read_bytes() == whole


def test_a_graph_of_a_newer_program_is_refused_and_kept(workspace: Workspace):
    publish(workspace, crowd(14))
    rebuild_graph(workspace)
    path = current_path(workspace)
    assert path is not None
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(BadWorkspace, match="has version 99"):
        open_graph(workspace)
    with pytest.raises(BadWorkspace, match="has version 99"):
        rebuild_graph(workspace)


def test_a_graph_of_an_older_program_is_built_again(workspace: Workspace):
    publish(workspace, crowd(14))
    before = rebuild_graph(workspace)
    path = current_path(workspace)
    assert path is not None
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 0")
    db.close()
    with pytest.raises(StoreFault, match="older Flockwatch"):
        open_graph(workspace)
    assert rebuild_graph(workspace) == before


@pytest.mark.parametrize("pointer", ["", "../x", "graph-1.sqlite", "graph-000001.sqlite.part", "\xff"])
def test_a_pointer_to_nowhere_is_one_sentence(workspace: Workspace, pointer: str):
    publish(workspace, crowd(14))
    rebuild_graph(workspace)
    (workspace.graph / "CURRENT").write_text(pointer, "latin-1")
    with pytest.raises(StoreFault):
        open_graph(workspace)


def test_damaged_facts_are_one_sentence_and_the_old_graph_stays(workspace: Workspace):
    publish(workspace, crowd(15))
    rebuild_graph(workspace)
    publish(workspace, crowd(16))
    part = workspace.facts / "actions-2.parquet"
    whole = part.read_bytes()
    part.write_bytes(whole[:4] + b"\xff" * 400 + whole[404:])
    with pytest.raises(BadWorkspace, match="is damaged"):
        rebuild_graph(workspace)
    with open_graph(workspace) as store:
        assert store.summary().facts_number == 1


FULL = """
    import resource, signal, sys
    from pathlib import Path
    from graph.errors import StoreFault
    from graph.local.store import rebuild_graph
    from graph.workspace import open_workspace
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
    try:
        rebuild_graph(open_workspace(Path(sys.argv[1])))
        print("built")
    except StoreFault as fault:
        print(fault.message)
"""


@pytest.mark.parametrize("most_bytes", [100, 4_000, 40_000])
def test_a_full_disk_is_one_sentence_and_the_old_graph_stays(workspace: Workspace, most_bytes: int):
    """A limit on the size of files is a full disk that every system has."""
    publish(workspace, crowd(17))
    before = rebuild_graph(workspace)
    publish(workspace, crowd(18))
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FULL), str(workspace.path), str(most_bytes)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(("The disk is full", f"Cannot write the graph in {workspace.graph}: disk I/O error"))
    with open_graph(workspace) as store:
        assert store.summary() == before
    assert not (workspace.graph / "building").exists()


def test_a_read_only_folder_can_be_read(workspace: Workspace):
    publish(workspace, crowd(19))
    said = rebuild_graph(workspace)
    for hold in workspace.graph.glob("*.readers"):
        hold.unlink()  # a folder copied without them
    workspace.graph.chmod(0o500)
    try:
        with open_graph(workspace) as store:
            assert store.summary() == said
        assert sorted(p.name for p in workspace.graph.iterdir()) == ["CURRENT", "graph-000001.sqlite"]
    finally:
        workspace.graph.chmod(0o700)


def test_one_store_answers_many_threads(workspace: Workspace):
    from concurrent.futures import ThreadPoolExecutor

    publish(workspace, crowd(20))
    rebuild_graph(workspace)
    with open_graph(workspace) as store, ThreadPoolExecutor(8) as pool:
        asked = [f"u{n % 40}" for n in range(200)]
        answers = list(pool.map(store.co_actors, asked))
        assert answers == [store.co_actors(name) for name in asked]


def test_memberships_come_from_every_written_run(workspace: Workspace):
    from graph.runs import save_run

    publish(workspace, {"actions": [act("ana", "p1"), act("ben", "p1")]})
    with LocalGraphStore(workspace) as store:
        store.rebuild(current_facts(workspace))
        for run_id in ("r1", "r2"):
            store.write_run(save_run(workspace, run(run_id)))
        found = store.memberships("ana")
        assert [(m.run_id, m.cluster_id, m.kind, m.risk, m.role, m.score) for m in found.clusters] == [
            ("r2", "c1", "coordinated", 0.9, "core", 0.5),
            ("r1", "c1", "coordinated", 0.9, "core", 0.5),
        ]
        assert store.memberships("ana", limit=1).left_out == ("Left out: 1 cluster of older runs or of lower risk.",)
        assert store.memberships("nobody").clusters == ()


def test_hubs_are_not_walked_through_and_that_is_said(workspace: Workspace, monkeypatch):
    from graph.answering import near

    monkeypatch.setattr(near, "HUB_TIES", 3)
    monkeypatch.setattr(near, "_TIES_PER_PAIR", 1)
    fans = [meet(f"fan{n}", "star") for n in range(6)]
    publish(workspace, {"interactions": [meet("ana", "star"), meet("ana", "ben"), meet("ben", "cat"), *fans]})
    rebuild_graph(workspace)
    with open_graph(workspace) as store:
        around = store.neighbourhood("ana", hops=2)
        assert [n.account.account_id for n in around.accounts] == ["ana", "ben", "star", "cat"]
        assert around.left_out == ("Left out: 1 way beyond a neighbour with more than 3 ties.",)
        assert [(i.source, i.target) for i in around.interactions] == [("ana", "ben"), ("ana", "star"), ("ben", "cat")]


def test_a_path_search_that_would_read_too_much_gives_up_and_says_so(workspace: Workspace):
    fans = [meet(hub, f"{hub}-fan{n}") for hub in ("one", "two") for n in range(30)]
    publish(workspace, {"interactions": [meet("ana", "one"), meet("mid", "one"), meet("mid", "two"), *fans]})
    rebuild_graph(workspace)
    with open_graph(workspace) as store:
        way = store.shortest_path("ana", "two-fan1", read_most=10)
        assert (way.found, way.left_out) == (False, ("Left out: ways that need more than 10 ties to be read.",))
        assert store.shortest_path("ana", "two-fan1").found
        assert store.shortest_path("ana", "mid", read_most=200).found


def test_a_held_version_is_not_removed_by_another_process(workspace: Workspace):
    publish(workspace, crowd(21))
    rebuild_graph(workspace)
    with open_graph(workspace) as held:
        program = textwrap.dedent("""
            import sys
            from pathlib import Path
            sys.path.insert(0, sys.argv[2])
            from graph.local.store import rebuild_graph
            from graph.workspace import open_workspace
            from tests.graph.test_local_store import crowd
            from tests.graph.small_worlds import publish
            workspace = open_workspace(Path(sys.argv[1]))
            for seed in (1, 2, 3):
                publish(workspace, crowd(seed))
                rebuild_graph(workspace)
        """)
        root = str(Path(__file__).parents[2])
        subprocess.run([sys.executable, "-c", program, str(workspace.path), root], check=True)
        assert (workspace.graph / "graph-000001.sqlite").exists()
        assert held.summary().facts_number == 1
