"""Files made to exhaust memory or time are refused within seconds, by a process that stays small."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ingest import Outcome, ingest_files
from ingest.reading_process import ReadingProcess

MEASURED = """
import json, resource, sys, time
from pathlib import Path
from graph.workspace import open_workspace
from ingest import ingest_files
started = time.process_time()
(report,) = ingest_files(open_workspace(Path(sys.argv[1]), create=True), [sys.argv[2]], accept_partial=True).files
child = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"outcome": report.outcome, "message": report.message, "hint": report.hint, "peak": child.ru_maxrss * 1024,
                  "cpu": time.process_time() - started + child.ru_utime + child.ru_stime}))
"""
HEADER = b"account_id,created_at,action,object,text\n"
ROW = b"ana,2026-03-01T12:00:00Z,post,https://ex.org/1,"


def measured(tmp_path: Path, file: Path) -> dict[str, Any]:
    said = subprocess.run(
        [sys.executable, "-c", MEASURED, tmp_path / "w", file], check=True, capture_output=True, text=True
    )
    answer: dict[str, Any] = json.loads(said.stdout)
    return answer


JSON_ROW = b'{"account_id":"ana","created_at":"2026-03-01T12:00:00Z","action":"post","object":"o","text":"'


def line_of_one_gigabyte(path: Path) -> None:
    with open(path, "wb") as out:
        begun = HEADER + ROW if path.suffix == ".csv" else JSON_ROW + b'"}\n' + JSON_ROW
        out.write(begun + b"x" * 100_000)
        out.truncate(10**9)  # the rest is a hole: no line end, and no gigabyte on the disk


def bomb(path: Path) -> None:
    with gzip.open(path, "wb") as out:
        out.write(HEADER)
        for _ in range(300):
            out.write((ROW + b"hello\n") * 20_000)


def endless_quote(path: Path) -> None:
    path.write_bytes(HEADER + ROW + b'"' + b"never closed\n" * 500_000)


def blank_lines(path: Path) -> None:
    with gzip.open(path, "wb") as out:
        out.write(HEADER)
        for _ in range(100):
            out.write(b"\n" * 10_000_000)


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("line.csv", line_of_one_gigabyte, "line 2 is longer than 16,777,216 bytes"),
        ("line.jsonl", line_of_one_gigabyte, "line 2 is longer than 16,777,216 bytes"),
        ("bomb.csv.gz", bomb, "more than 200 times its size"),
        (
            "wide.csv",
            lambda path: path.write_bytes(b",".join(b"c%d" % n for n in range(300_000)) + b"\n"),
            "300,000 columns",
        ),
        (
            "wide.jsonl",
            lambda path: path.write_bytes(json.dumps({f"c{n}": n for n in range(300_000)}).encode()),
            "different keys",
        ),
        ("blank.csv.gz", blank_lines, "more than 200 times its size"),
        ("brackets.json", lambda path: path.write_bytes(b"[" * 40_000_000), "longer than 16,777,216 bytes"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_a_file_made_to_exhaust_us_is_refused_quickly_and_in_little_memory(tmp_path, name, make, said):
    make(tmp_path / name)
    answer = measured(tmp_path, tmp_path / name)
    assert (answer["outcome"], answer["hint"] != "") == ("refuse", True)
    assert said in answer["message"]
    assert answer["peak"] < 10**9
    assert answer["cpu"] < 10  # seconds of the processor, which other work on the machine does not change


def test_a_quote_that_never_closes_in_a_large_file_costs_little_memory(tmp_path):
    endless_quote(tmp_path / "quote.csv")
    answer = measured(tmp_path, tmp_path / "quote.csv")
    assert answer["outcome"] == "partial"
    assert answer["peak"] < 10**9


def test_a_file_that_kills_the_reading_process_is_refused_and_the_next_one_is_read(workspace, tmp_path, monkeypatch):
    """The child is told to stop in the middle of a file; for the parent that is the same as an abort for lack of memory."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_bytes(HEADER + ROW + name.encode() + b"\n")
    hear = ReadingProcess._hear

    def killed(self: ReadingProcess) -> dict[str, Any] | None:
        monkeypatch.setattr(ReadingProcess, "_hear", hear)
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        return hear(self)

    monkeypatch.setattr(ReadingProcess, "_hear", killed)
    first, second = ingest_files(workspace, [tmp_path / "a.csv", tmp_path / "b.csv"]).files
    assert (first.outcome, second.outcome) == (Outcome.REFUSE, Outcome.ACCEPT)
    assert "made the reading process stop" in first.message
