"""Drafts of mapping files."""

import tomllib
from pathlib import Path

import polars as pl

from ingest.formats import load_mapping, suggest_map

COLUMNS = ["mid", "uid", "date", "text", "likes"]
SAMPLE = pl.DataFrame({"mid": ["z1"], "uid": ["7"], "date": ["01/02/2026 03:04"], "text": ["hi"], "likes": ["4"]})


def test_a_draft_names_the_columns_it_guessed():
    draft = tomllib.loads(suggest_map(COLUMNS, SAMPLE, "posts.csv"))
    assert draft["kind"] == "posts"
    assert draft["columns"] == {"account_id": "uid", "post_id": "mid", "at": "date", "text": "text"}


def test_a_table_of_access_events_is_drafted_as_sessions(tmp_path: Path):
    columns = ["user", "event_time", "event_type", "source_ip", "user_agent", "mfa"]
    sample = pl.DataFrame({name: ["x"] for name in columns})
    path = tmp_path / "draft.toml"
    path.write_text(suggest_map(columns, sample, "audit.csv"), encoding="utf-8")
    draft = load_mapping(path)
    assert draft.kind == "sessions"
    assert draft.columns == {
        "account_id": ["user"], "at": ["event_time"], "event": ["event_type"], "ip": ["source_ip"], "user_agent": ["user_agent"],
    }  # fmt: skip
    assert tomllib.loads(suggest_map([*columns, "text"], sample, "posts.csv"))["kind"] == "posts"


def test_a_draft_warns_of_dates_that_can_be_read_both_ways():
    assert '# day_order = "day"' in suggest_map(COLUMNS, SAMPLE, "posts.csv")


def test_a_draft_can_be_used_as_it_is(tmp_path: Path):
    path = tmp_path / "draft.toml"
    path.write_text(suggest_map(COLUMNS, SAMPLE, "posts.csv"), encoding="utf-8")
    assert load_mapping(path).columns["at"] == ["date"]


def test_a_time_column_of_any_name_is_found_by_its_values():
    sample = pl.DataFrame({"wann": ["2026-03-01T12:00:00Z"], "uid": ["7"]})
    assert tomllib.loads(suggest_map(["wann", "uid"], sample, "f.csv"))["columns"]["at"] == "wann"


def test_hostile_names_and_values_stay_inside_the_draft():
    columns = ['a"\nkind = "ads', "uid"]
    sample = pl.DataFrame({columns[0]: ["x\ny"], "uid": ['"\n[evil]\n\x1b[2J']})
    draft = suggest_map(columns, sample, "f\n[evil].csv")
    assert "evil" not in tomllib.loads(draft)
    assert "\x1b" not in draft
