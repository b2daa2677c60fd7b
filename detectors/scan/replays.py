"""The search in replays of the data: one after another, or several at once in processes of their own."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from detectors.scan.acts import Acts
from detectors.scan.level import Sizes
from detectors.scan.replay import replayed
from detectors.scan.search import Scan, Told, groups_in, scan_of, sizes_of
from graph.errors import FlockwatchError

# Acts searched at once, over all processes: one million took .87 GiB (docs/evidence/detection.md, Cost).
AT_ONCE = 4_000_000
APART = 10_000  # acts from which a process of its own is worth its start, about two seconds
LOOK_S = 0.1  # between two looks at the processes

# A process searches on one thread: the others search too.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"), "1")


@dataclass(frozen=True)
class Worlds:
    """What replays are made of and looked through with."""

    traces: Sequence[Acts]
    windows: Mapping[str, Sequence[int]]
    smallest: int
    least: Mapping[str, int]
    seed: int

    @classmethod
    def of(cls, scan: Scan) -> "Worlds":
        traces = list({usual.acts.trace: usual.acts for usual in scan.seen}.values())
        windows: dict[str, list[int]] = {acts.trace: [] for acts in traces}
        for usual in scan.seen:
            windows[usual.acts.trace].append(usual.company.window_us // 1_000_000)
        return cls(traces, windows, scan.smallest, scan.least, scan.seed)

    @property
    def acts(self) -> int:
        return sum(acts.account.size for acts in self.traces)

    def sizes(self, number: int, told: Told) -> Sizes:
        """What the search finds in replay `number`; `told` hears of the progress and may raise to stop."""
        draws = np.random.default_rng([self.seed, 0x5EED, number]).spawn(len(self.traces))
        again = [replayed(acts, draw) for acts, draw in zip(self.traces, draws, strict=True)]
        scan = scan_of(again, self.windows, smallest=self.smallest, least=self.least, seed=self.seed)
        return sizes_of(groups_in(scan, told=told))


def replay_sizes(scan: Scan, worlds: int, told: Told, at_once: int | None = None) -> list[Sizes]:
    """What the search finds in `worlds` replays of the data, by number: the same however many run at once.

    `at_once`: processes; None takes one per core, as far as AT_ONCE allows and if there is enough to do.
    """
    made = Worlds.of(scan)
    if at_once is None:
        at_once = min(_cores(), AT_ONCE // max(made.acts, 1)) if made.acts >= APART else 1
    if min(at_once, worlds) < 2:
        return [made.sizes(number, partial(_step, told, number, worlds)) for number in range(worlds)]
    with tempfile.TemporaryDirectory(prefix="flockwatch-replays-") as folder:
        write_worlds(Path(folder), made)
        return _apart(Path(folder), worlds, at_once, told)


def _step(told: Told, number: int, worlds: int, *_: int) -> None:
    """Within a replay the replay itself is the step."""
    told(number, worlds)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _apart(folder: Path, worlds: int, at_once: int, told: Told) -> list[Sizes]:
    waiting, running = list(range(worlds))[::-1], dict[int, subprocess.Popen[bytes]]()
    with _ended(running):
        while waiting or running:
            while waiting and len(running) < at_once:
                number = waiting.pop()
                running[number] = _started(folder, number)
            told(worlds - len(waiting) - len(running), worlds)
            time.sleep(LOOK_S)
            for number in [number for number, process in running.items() if process.poll() is not None]:
                _refuse_failed(running.pop(number).returncode, number, folder)
    return [_read(folder / f"{number}.npz") for number in range(worlds)]


def _refuse_failed(code: int, number: int, folder: Path) -> None:
    if code < 0:
        raise FlockwatchError(
            f"Replay {number + 1} was ended by the system (signal {-code}), most likely for want of memory.",
            "Nothing was written; close other programs, or run with fewer replays.",
        )
    if code:
        raise RuntimeError(f"replay {number} failed:\n{(folder / f'{number}.log').read_text('utf-8')}")


def _started(folder: Path, number: int) -> subprocess.Popen[bytes]:
    # Neither a fork nor a spawn of multiprocessing, for the reasons of ingest.reading_process.
    here = {**os.environ, **_ONE_THREAD, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with (folder / f"{number}.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own module and a number
            [sys.executable, "-m", "detectors.scan.replay_child", str(folder), str(number)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env=here,
        )


@contextmanager
def _ended(running: Mapping[int, subprocess.Popen[bytes]]) -> Iterator[None]:
    """Whoever still runs at the end is stopped: somebody cancelled, or another one failed."""
    try:
        yield
    finally:
        for process in running.values():
            process.kill()
        for process in running.values():
            process.wait()


def write_worlds(folder: Path, made: Worlds) -> None:
    """Keep in `folder` what replays need; `read_worlds` takes it from there."""
    for number, acts in enumerate(made.traces):
        np.savez(
            folder / f"trace{number}.npz",
            trace=np.array(acts.trace),
            account=acts.account,
            object=acts.object,
            at=acts.at,
            block=acts.block,
            tongue=acts.tongue,
            windows=np.array(made.windows[acts.trace], dtype=np.int64),
            asked=np.array([made.smallest, made.least[acts.trace], made.seed], dtype=np.int64),
        )


def read_worlds(folder: Path) -> Worlds:
    """What `write_worlds` kept."""
    traces, windows, least = [], {}, {}
    smallest = seed = 0
    for number in range(len(list(folder.glob("trace*.npz")))):
        with np.load(folder / f"trace{number}.npz", allow_pickle=False) as told:
            trace = str(told["trace"])
            traces.append(Acts(trace, *(told[name] for name in ("account", "object", "at", "block", "tongue"))))
            windows[trace] = told["windows"].tolist()
            smallest, least[trace], seed = told["asked"].tolist()
    return Worlds(traces, windows, smallest, least, seed)


def _read(path: Path) -> Sizes:
    with np.load(path, allow_pickle=False) as told:
        return Sizes(told["net"], told["accounts"])
