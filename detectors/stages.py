"""The steps of a run: what each took in and gave out, how far it is, and the polite way to stop between chunks."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from detectors.chunks import Cancelled, Stopped
from graph.results import Stage

Progress = Callable[[str, int, int], None]  # stage, done, total


@dataclass(slots=True)
class Step:
    """One step while it runs; whoever works on it fills in what came out."""

    name: str
    rows_in: int
    rows_out: int = 0
    note: str = ""


@dataclass(slots=True)
class Funnel:
    """Collects the finished steps and the sentences about what was left out."""

    progress: Progress | None = None
    cancelled: Cancelled | None = None
    stages: list[Stage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, rows_in: int) -> Iterator[Step]:
        """Time one step; what leaves it becomes a stage."""
        self.tell(name, 0, 1)
        started = time.perf_counter()
        step = Step(name, rows_in)
        yield step
        self.stages.append(Stage(name, rows_in, step.rows_out, round(time.perf_counter() - started, 3), step.note))
        self.tell(name, 1, 1)

    def tell(self, stage: str, done: int, total: int) -> None:
        """Report progress; raises Stopped when somebody asked to stop."""
        if self.cancelled is not None and self.cancelled():
            raise Stopped(f"The run was stopped during {stage}.", "Nothing was written; start it again any time.")
        if self.progress is not None:
            self.progress(stage, done, total)

    def note(self, sentence: str) -> None:
        """Keep a sentence about something left out, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)
