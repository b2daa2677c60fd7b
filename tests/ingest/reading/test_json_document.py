"""One JSON object over many lines, and pages: what platforms hand out as a whole."""

import json
from pathlib import Path

import pytest

from graph.errors import BadExport
from ingest.chunks import ReadingOptions
from ingest.formats import Canonical, canonicalise, recognise
from ingest.reading.open_table import open_table


def read(path: Path, options: ReadingOptions | None = None) -> list[Canonical]:
    options = options or ReadingOptions()
    _, table = open_table(path, options)
    profile = recognise(table.columns, table.sample(), path.name, options, None)
    return [canonicalise(chunk, profile, options) for chunk in table.chunks(profile.columns_needed)]


def saved(tmp_path: Path, value: object, indent: int | None = 1) -> Path:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(value, indent=indent, ensure_ascii=False), encoding="utf-8")
    return path


def message(number: int, **more: object) -> dict[str, object]:
    return {"id": number, "type": "message", "date": "2026-03-01T13:00:00", "date_unixtime": str(1772366400 + number),
            "from": "Ana", "from_id": "user1", "text": f"word {number} é", **more}  # fmt: skip


def test_the_messages_of_a_telegram_export_are_read_from_its_one_object(tmp_path: Path):
    export = {
        "name": "Talk",
        "type": "private_group",
        "id": 77,
        "messages": [message(n) for n in range(1, 400)],
        "left": {},
    }
    (got,) = read(saved(tmp_path, export))
    assert got.frames["posts"]["post_id"].to_list() == [f"user1/{n}" for n in range(1, 400)]
    assert (got.accepted.to_list(), got.faults, got.warnings) == ([1], (), ())


def test_a_document_that_is_cut_off_is_set_aside(tmp_path: Path):
    path = saved(tmp_path, {"name": "Talk", "messages": [message(1), message(2)]})
    path.write_text(path.read_text(encoding="utf-8")[:-60], encoding="utf-8")
    _, table = open_table(path, ReadingOptions())
    (chunk,) = table.stream
    assert [fault.reason for fault in chunk.faults] == ["bad_json"]
    assert chunk.frame.height == 0


def page(tweets: int) -> dict[str, object]:
    return {
        "data": [
            {"id": str(n), "author_id": "2", "created_at": "2026-03-01T12:00:30Z", "text": "long " * 60, "conversation_id": str(n)}
            for n in range(tweets)
        ],
        "includes": {"users": [{"id": "2", "username": "ben"}]},
    }  # fmt: skip


@pytest.mark.parametrize("indent", [None, 2])
def test_a_page_of_many_tweets_is_longer_than_any_cell_may_be(tmp_path: Path, indent: int | None):
    path = saved(tmp_path, page(400), indent)
    assert path.stat().st_size > ReadingOptions().max_cell
    (got,) = read(path)
    assert got.frames["posts"].height == 400
    assert got.frames["accounts"]["handle"].to_list() == ["ben"]
    assert got.warnings == ()


def test_a_whole_document_over_the_line_limit_is_refused(tmp_path: Path):
    with pytest.raises(BadExport, match="one JSON object of more than 10,000 bytes"):
        read(saved(tmp_path, page(400)), ReadingOptions(max_line=10_000))


@pytest.mark.parametrize("text", ['{"id": 1}\n{"id": 2}\n', '{\n"id": 1}\n{"id": 2}\n{"id": 3}\n'])
def test_lines_of_records_stay_lines(tmp_path: Path, text: str):
    path = tmp_path / "lines.jsonl"
    path.write_text(text, encoding="utf-8")
    _, table = open_table(path, ReadingOptions())
    (chunk,) = table.stream
    assert chunk.frame["id"].to_list()[-1] == str(text.count("id"))


def test_a_long_text_in_a_column_named_like_a_page_is_still_cut(tmp_path: Path):
    path = tmp_path / "lines.jsonl"
    path.write_text(json.dumps({"data": "x" * 70_000}), encoding="utf-8")
    _, table = open_table(path, ReadingOptions())
    (chunk,) = table.stream
    assert [warning.reason for warning in chunk.warnings] == ["cell_limit"]
