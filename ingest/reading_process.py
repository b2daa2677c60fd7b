"""The parent's side of the reading process: start it, hand it files, hear its answers, and outlive its death."""

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self

import graph.errors
from graph.errors import BadExport, FlockwatchError
from ingest.known import StoredPart
from ingest.parts import StagedPart
from ingest.report import FileReport, Outcome
from ingest.staging import FileJob

SILENCE = 300.0  # seconds without a sign of life after which a file is given up; a block of 8 MB takes under one second
_HINT = "Nothing of it was stored. Export it again, or split it into smaller files."


class ReadingProcess:
    """One process for many files, started at once and again after it died. Use it as a context manager."""

    def __init__(self, stored: Sequence[StoredPart]) -> None:
        self._stored = list(stored)
        self._process: subprocess.Popen[bytes] | None = None
        self._heard = b""

    def __enter__(self) -> Self:
        self._start()  # it needs about a second to get ready, in which the caller can hash the first file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def accepted(self, parts: Sequence[StoredPart]) -> None:
        """What the last file brought counts as stored from now on."""
        self._stored.extend(parts)
        if self._process is not None:
            self._say({"stored": _as_rows(parts)})

    def stage(self, job: FileJob, progress: Callable[[int], None]) -> tuple[FileReport, tuple[StagedPart, ...]]:
        """Have the file staged; raises BadExport when it is refused, other FlockwatchErrors when the import cannot go on."""
        self._start()
        self._say({"stage": _as_order(job)})
        while True:
            answer = self._hear()
            if answer is None:
                self._stop()
                raise BadExport(
                    f"{job.path.name} made the reading process stop: it needs too much memory or time.", _HINT
                )
            if "read" in answer:
                progress(answer["read"])
            elif "refused" in answer:
                raise BadExport(answer["refused"], answer["hint"])
            elif "fault" in answer:
                raise _fault(answer)
            elif "bug" in answer:
                raise RuntimeError(f"reading {job.path.name} failed:\n{answer['bug']}")
            else:
                report = FileReport(**{**answer["report"], "outcome": Outcome(answer["report"]["outcome"])})
                return report, tuple(StagedPart(**part) for part in answer["parts"])

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self._stop()
        # A process of its own rather than a fork or a spawn of multiprocessing: it shares no lock, and a notebook's or a
        # script's main module is not run again.
        here = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ingest.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=here,
        )
        self._heard = b""
        self._say({"stored": _as_rows(self._stored)})

    def _say(self, order: dict[str, Any]) -> None:
        assert self._process is not None and self._process.stdin is not None  # noqa: S101 - for the type checker
        with contextlib.suppress(BrokenPipeError):  # it died: whoever waits for the answer will see
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()

    def _hear(self) -> dict[str, Any] | None:
        """The next answer; None when the process died or has been silent for too long."""
        assert self._process is not None and self._process.stdout is not None  # noqa: S101 - for the type checker
        out = self._process.stdout.fileno()
        until = time.monotonic() + SILENCE
        while b"\n" not in self._heard:
            ready, _, _ = select.select([out], [], [], max(until - time.monotonic(), 0))
            part = os.read(out, 2**16) if ready else b""
            if not part:
                return None
            self._heard += part
        line, self._heard = self._heard.split(b"\n", 1)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        process.wait()


def _as_rows(parts: Sequence[StoredPart]) -> list[tuple[str, str, str]]:
    return [(part.table, str(part.file), part.source) for part in parts]


def _as_order(job: FileJob) -> dict[str, Any]:
    return {
        "path": str(job.path),
        "sha256": job.sha256,
        "folder": str(job.folder),
        "options": asdict(job.options),
        "mapping": None if job.mapping is None else job.mapping.model_dump_json(),
        "accept_partial": job.accept_partial,
    }


def _fault(answer: dict[str, Any]) -> FlockwatchError:
    kind = getattr(graph.errors, answer["fault"], FlockwatchError)
    fault: FlockwatchError = kind(answer["message"], answer["hint"])
    return fault
