"""The pipeline: files are stored whole or not at all, once, and whatever happens the account adds up."""

import gzip
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from graph.errors import BadExport, BadSetting
from graph.facts import current_facts
from graph.workspace import Workspace, open_workspace
from ingest import FileReport, Outcome, ReadingOptions, ingest_files

HEADER = "account_id,post_id,created_at,action,object,text"


def post(account: str, number: int, text: str = "hello", minute: int = 0) -> str:
    return f"{account},p{number},2026-03-01T12:{minute:02}:00Z,post,https://ex.org/{number},{text}"


def write(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *rows, ""]), "utf-8")
    return path


def one(workspace: Workspace, path: Path, **how: object) -> FileReport:
    (report,) = ingest_files(workspace, [path], **how).files
    return report


def contents(workspace: Workspace) -> dict[str, bytes]:
    return {
        str(p.relative_to(workspace.path)): p.read_bytes() for p in sorted(workspace.facts.rglob("*")) if p.is_file()
    }


def posts(workspace: Workspace) -> list[tuple[str, str]]:
    return current_facts(workspace).scan("posts").select("account_id", "post_id").sort("post_id").collect().rows()


def test_every_row_says_which_file_and_line_it_came_from(workspace, tmp_path):
    file = write(tmp_path / "a.csv", post("ana", 1), post("ben", 2))
    report = one(workspace, file)
    stored = current_facts(workspace).scan("posts").select("post_id", "source", "line").sort("line").collect()
    assert stored.rows() == [("p1", report.sha256, 2), ("p2", report.sha256, 3)]
    assert (report.outcome, report.read, report.accepted, report.message) == (
        "accept", 2, 2, f"2 rows accepted ({report.format.split(' (')[0]}).",
    )  # fmt: skip


def test_the_same_content_under_another_name_changes_nothing(workspace, tmp_path):
    one(workspace, write(tmp_path / "a.csv", post("ana", 1)))
    before = contents(workspace)
    again = one(workspace, write(tmp_path / "b.csv", post("ana", 1)))
    assert (again.already, again.accepted, again.outcome) == (True, 1, "accept")
    assert contents(workspace) == before


def test_the_same_file_twice_in_one_import_is_stored_once(workspace, tmp_path):
    files = [write(tmp_path / name, post("ana", 1)) for name in ("a.csv", "b.csv")]
    report = ingest_files(workspace, files)
    assert [file.already for file in report.files] == [False, True]
    assert report.totals["accepted"] == 1
    assert posts(workspace) == [("ana", "p1")]


@pytest.mark.parametrize("together", [True, False], ids=["one import", "two imports"])
def test_a_post_that_another_file_gave_already_is_a_duplicate(workspace, tmp_path, together):
    first = write(tmp_path / "a.csv", post("ana", 1), post("ben", 2))
    second = write(tmp_path / "b.csv", post("ben", 2, "the same post collected later"), post("eve", 3))
    reports = [ingest_files(workspace, files) for files in ([[first, second]] if together else [[first], [second]])]
    report = reports[-1].files[-1]
    assert (report.read, report.accepted, report.duplicates) == (2, 1, 1)
    assert posts(workspace) == [("ana", "p1"), ("ben", "p2"), ("eve", "p3")]
    actions = current_facts(workspace).scan("actions").filter(pl.col("post_id") == "p2").collect()
    assert actions["source"].unique().to_list() == [reports[0].files[0].sha256]


@pytest.mark.parametrize("together", [True, False], ids=["one import", "two imports"])
def test_a_post_id_of_another_account_is_set_aside_across_files(workspace, tmp_path, together):
    first = write(tmp_path / "a.csv", post("ana", 1))
    second = write(tmp_path / "b.csv", post("mallory", 1), post("eve", 3))
    batches = [[first, second]] if together else [[first], [second]]
    report = [ingest_files(workspace, files, accept_partial=True) for files in batches][-1].files[-1]
    assert dict(report.reasons) == {"post_id_conflict": 1}
    assert posts(workspace) == [("ana", "p1"), ("eve", "p3")]
    quarantine = current_facts(workspace).scan("quarantine").select("file", "line", "column", "original").collect()
    assert quarantine.rows() == [("b.csv", 2, "post_id", post("mallory", 1).encode())]


def test_a_like_keeps_its_id_for_its_account_across_imports(workspace, tmp_path):
    like = "{},l1,2026-03-01T12:00:00Z,like,https://ex.org/1,"
    one(workspace, write(tmp_path / "a.csv", like.format("ana"), post("ana", 1)))
    again = one(workspace, write(tmp_path / "b.csv", like.format("ana"), post("ana", 2)))
    assert (again.accepted, again.duplicates) == (1, 1)
    other = one(workspace, write(tmp_path / "c.csv", like.format("mallory"), post("eve", 3)), accept_partial=True)
    assert dict(other.reasons) == {"post_id_conflict": 1}


def test_a_page_with_a_contested_post_loses_that_post_alone(workspace, tmp_path):
    def page(*tweets: tuple[str, str]) -> bytes:
        data = [
            {
                "id": t,
                "author_id": a,
                "text": "hi",
                "created_at": "2026-03-01T12:00:00.000Z",
                "edit_history_tweet_ids": [t],
            }
            for t, a in tweets
        ]
        return json.dumps({"data": data, "meta": {"result_count": len(data)}}).encode() + b"\n"

    (tmp_path / "a.jsonl").write_bytes(page(("1", "10"), ("2", "20")))
    (tmp_path / "b.jsonl").write_bytes(page(("2", "66"), ("3", "30")) + page(("1", "10")) + page(("1", "66")))
    ingest_files(workspace, [tmp_path / "a.jsonl"])
    report = one(workspace, tmp_path / "b.jsonl", accept_partial=True)
    assert (report.read, report.accepted, report.duplicates, dict(report.reasons)) == (3, 1, 1, {"post_id_conflict": 1})
    assert report.warned == 1
    assert posts(workspace) == [("10", "1"), ("20", "2"), ("30", "3")]


def test_a_file_in_another_encoding_says_so(workspace, tmp_path):
    rows = [post("ana", n, "café") for n in range(20)]
    (tmp_path / "a.csv").write_bytes("\n".join([HEADER, *rows]).encode("latin-1"))
    report = one(workspace, tmp_path / "a.csv")
    assert (report.outcome, report.warned) == ("partial", 20)
    assert "--encoding" in report.hint


def test_a_refused_file_claims_no_post(workspace, tmp_path):
    bad = write(tmp_path / "a.csv", post("mallory", 1), "too,short")
    good = write(tmp_path / "b.csv", post("ana", 1))
    report = ingest_files(workspace, [bad, good])
    assert [file.outcome for file in report.files] == ["refuse", "accept"]
    assert posts(workspace) == [("ana", "p1")]
    assert report.exit_code == 2


def test_rows_equal_in_all_fields_count_once_and_other_rows_stay(workspace, tmp_path):
    file = write(
        tmp_path / "a.csv", post("ana", 1), post("ana", 2), post("ana", 1), post("ana", 3, "other"), post("ana", 3)
    )
    report = one(workspace, file)
    assert (report.read, report.accepted, report.duplicates) == (5, 4, 1)


def test_rows_of_a_bare_table_repeat_across_files_too(workspace, tmp_path):
    header = "account_id,object_id,timestamp"
    rows = [f"a{n},o{n % 3},2026-03-01T12:00:{n:02}Z" for n in range(20)]
    one(workspace, write(tmp_path / "a.csv", *rows[:15], header=header))
    report = one(workspace, write(tmp_path / "b.csv", *rows[10:], header=header))
    assert (report.read, report.accepted, report.duplicates) == (10, 5, 5)
    assert current_facts(workspace).scan("actions").collect().height == 20


def test_strict_decides_the_exit_code_and_nothing_else(workspace, tmp_path):
    file = write(tmp_path / "a.csv", *(post("ana", n) for n in range(40)), "too,short")
    strict = ingest_files(workspace, [file], strict=True)
    assert (strict.exit_code, strict.files[0].outcome, strict.files[0].accepted) == (1, "partial", 40)
    assert ingest_files(open_workspace(tmp_path / "w2", create=True), [file]).exit_code == 0


def test_one_bad_line_in_twenty_is_stored_and_more_are_refused(workspace, tmp_path):
    twenty = write(tmp_path / "a.csv", *(post("ana", n) for n in range(19)), "too,short")
    nineteen = write(tmp_path / "b.csv", *(post("ben", n + 50) for n in range(18)), "too,short")
    report = ingest_files(workspace, [twenty, nineteen])
    assert [file.outcome for file in report.files] == ["partial", "refuse"]
    assert "1 of 19 lines" in report.files[1].message and "line 20" in report.files[1].message
    assert report.files[1].read == 0


def test_folders_and_patterns_mean_their_files(workspace, tmp_path):
    folder = tmp_path / "exports" / "deep"
    folder.mkdir(parents=True)
    write(folder / "a.csv", post("ana", 1))
    write(folder / ".hidden.csv", post("ana", 9))
    write(tmp_path / "exports" / "b.csv", post("ben", 2))
    by_folder = ingest_files(workspace, [tmp_path / "exports"])
    assert [Path(file.path).name for file in by_folder.files] == ["b.csv", "a.csv"]
    assert all(file.already for file in ingest_files(workspace, [str(tmp_path / "exports" / "**" / "[ab].csv")]).files)
    with pytest.raises(BadExport, match="no such file"):
        ingest_files(workspace, [tmp_path / "exports" / "*.parquet"])


def test_packed_files_lines_and_tables_of_the_same_posts_give_the_same_facts(tmp_path):
    rows = [dict(zip(HEADER.split(","), post("ana", n, f"text {n}").split(","), strict=True)) for n in range(5)]
    frame = pl.DataFrame(rows)
    lines = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    frame.write_csv(tmp_path / "a.csv")
    frame.write_parquet(tmp_path / "c.parquet")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(lines))
    (tmp_path / "d.json").write_text(json.dumps(rows))
    (tmp_path / "e.parquet.gz").write_bytes(gzip.compress((tmp_path / "c.parquet").read_bytes()))
    facts = []
    for name in ("a.csv", "b.jsonl.gz", "c.parquet", "d.json", "e.parquet.gz"):
        workspace = open_workspace(tmp_path / f"w-{name}", create=True)
        assert one(workspace, tmp_path / name).accepted == 5
        facts.append(
            {
                table: current_facts(workspace).scan(table).drop("source", "line", strict=False).collect()
                for table in ("posts", "actions")
            }
        )
    for other in facts[1:]:
        for table, frame in facts[0].items():
            assert_frame_equal(other[table], frame, check_row_order=False)


def test_equal_input_gives_equal_bytes(tmp_path):
    file = write(tmp_path / "a.csv", *(post(f"a{n}", n, f'"text, {n}"') for n in range(500)), "too,short")
    both = []
    for name in ("one", "two"):
        workspace = open_workspace(tmp_path / name, create=True)
        one(workspace, file)
        both.append(contents(workspace))
    assert both[0] == both[1]


def test_wrong_options_stop_the_import_before_anything_is_stored(workspace, tmp_path):
    file = write(tmp_path / "a.csv", "a,o,2026-03-01T12:00:00Z", header="account_id,object_id,timestamp")
    with pytest.raises(BadSetting, match="no-such-trace"):
        ingest_files(workspace, [file], options=ReadingOptions(trace="no-such-trace"))
    with pytest.raises(BadSetting, match="no encoding called"):
        ingest_files(workspace, [file], options=ReadingOptions(encoding="klingon"))
    assert contents(workspace) == {}
    assert not workspace.staging.exists()


def test_a_file_that_is_no_file_or_cannot_be_read_is_refused_and_the_others_are_not(workspace, tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    good = write(tmp_path / "good.csv", post("ana", 1))
    report = ingest_files(workspace, [tmp_path / "pipe.csv", good])
    assert [(file.outcome, file.hint != "") for file in report.files] == [("refuse", True), ("accept", False)]


KILLED = """
import sys
from pathlib import Path
from graph.workspace import open_workspace
from ingest import ingest_files
ingest_files(open_workspace(Path(sys.argv[1])), sys.argv[2:], accept_partial=True)
"""


def test_a_killed_import_leaves_the_old_version_and_a_second_try_ends_the_same(tmp_path):
    """Killed at many moments, from the start to after the end: readers see the old facts or the new, whole."""
    first = write(tmp_path / "first.csv", post("ana", 1))
    files = [
        write(
            tmp_path / f"more{k}.csv",
            *(post(f"a{n % 97}", 1000 * k + n, f"text {n}") for n in range(10, 900)),
            "too,short",
        )
        for k in range(3)
    ]
    calm = open_workspace(tmp_path / "calm", create=True)
    ingest_files(calm, [first])
    old = current_facts(calm).version
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", KILLED, calm.path, *files], check=True)
    whole = time.monotonic() - started
    new, chance = current_facts(calm).version, random.Random(3)
    seen = set()
    for trial in range(6):
        workspace = open_workspace(tmp_path / f"trial{trial}", create=True)
        ingest_files(workspace, [first])
        process = subprocess.Popen([sys.executable, "-c", KILLED, workspace.path, *files], stderr=subprocess.DEVNULL)
        _kill_when(process, workspace, trial, whole * chance.uniform(0.5, 1.0))
        seen.add(current_facts(workspace).version)
        assert current_facts(workspace).scan("posts").collect().height in (1, 2671)
        ingest_files(workspace, files, accept_partial=True)
        assert contents(workspace) == contents(calm)
        assert not workspace.staging.exists()
    assert old in seen and seen <= {old, new}


def _kill_when(process: subprocess.Popen[bytes], workspace: Workspace, trial: int, at_most: float) -> None:
    """Kill once `trial` parts lie in staging (0: at the first sign of it), or one part was moved, or when time is up."""
    until = time.monotonic() + at_most
    while time.monotonic() < until and process.poll() is None:
        staged = _parts_in(workspace.staging) if workspace.staging.exists() else -1
        moved = _parts_in(workspace.facts)
        if (trial < 4 and staged >= 4 * trial) or (trial == 4 and moved > 4):
            break
        time.sleep(0.001)
    process.kill()
    process.wait()


def _parts_in(folder: Path) -> int:
    """Counted while another process adds and removes files."""
    return sum(name.endswith(".parquet") for _, _, names in os.walk(folder) for name in names)


def test_parts_that_were_moved_but_never_published_are_cleared_away(workspace, tmp_path):
    one(workspace, write(tmp_path / "a.csv", post("ana", 1)))
    before = contents(workspace)
    (workspace.facts / "posts" / "orphan-0000.parquet").write_bytes(b"left behind")
    workspace.staging.mkdir()
    (workspace.staging / "left").write_bytes(b"behind")
    one(workspace, write(tmp_path / "a.csv", post("ana", 1)))
    assert contents(workspace) == before
    assert not workspace.staging.exists()


def test_messages_show_control_characters_as_escapes(workspace, tmp_path):
    file = write(tmp_path / "a.csv", post("a\x1b[31mna", 1), post("ben", 2))
    report = one(workspace, file, accept_partial=True)
    assert report.outcome is Outcome.PARTIAL
    messages = [report.message, *current_facts(workspace).scan("quarantine").collect()["message"]]
    assert all(message.isprintable() for message in messages)
