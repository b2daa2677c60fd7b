"""Mapping files: a format that is not known, told once."""

from pathlib import Path

import pytest

from graph.errors import BadExport, BadSetting
from ingest.formats import Mapping, load_mapping
from tests.ingest.formats.raw_tables import read, rows_of, table

SHIPPED = Path(__file__).parents[3] / "sample_data" / "mappings"


def mapping(tmp_path: Path, text: str) -> Mapping:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return load_mapping(path)


def test_columns_values_words_and_joined_ids(tmp_path: Path):
    mine = mapping(tmp_path, """
        kind = "activity"
        platform = "forum"
        nothing = ["NA"]

        [columns]
        account_id = ["Member", "guest"]
        at = "when"
        action = "what"
        object = "thread"
        text = "words"

        [joined]
        post_id = ["thread", "number"]

        [words]
        antwort = "reply"
        teilen = "share"

        [time]
        day_order = "day"
        timezone = "Europe/Berlin"
    """)  # fmt: skip
    rows = table("""
        member  guest  when              what     thread  number  words
        ana     NA     01/02/2026 13:00  antwort  t1      1       NA
        NA      g7     01/02/2026 13:01  teilen   t1      2       hi
        NA      NA     01/02/2026 13:01  teilen   t1      3       hi
    """)
    got = read(rows, mapping=mine)
    assert rows_of(got, "posts", "post_id", "account_id", "at", "kind", "text") == [
        ("t1/1", "ana", "2026-02-01 12:00:00", "reply", None),
        ("t1/2", "g7", "2026-02-01 12:01:00", "share", "hi"),
    ]
    assert [(fault.line, fault.column, fault.reason) for fault in got.faults] == [(4, "member", "bad_id")]


def test_every_object_column_of_a_row_is_an_action_of_its_trace():
    rows = table("""
        account_id  post_id  url_id  hashtag_id  domain_id  phash_id  timestamp
        fb_1        9        23678   -           3498       -         1629589836.0
        fb_2        9        -       77          -          ab12      1629589837.0
        fb_3        10       -       -           -          -         1629589838.0
    """)
    got = read(rows, mapping=load_mapping(SHIPPED / "link_table_several_objects.toml"))
    assert rows_of(got, "actions", "account_id", "trace", "object_id", "post_id") == [
        ("fb_1", "url", "23678", "9"),
        ("fb_1", "domain", "3498", "9"),
        ("fb_2", "hashtag", "77", "9"),
        ("fb_2", "media", "ab12", "9"),
    ]
    assert got.accepted.to_list() == [2, 3, 4]


def test_the_time_may_be_in_the_id_of_a_tweet():
    rows = [
        {
            "id": "1526641161628274692",
            "author_id": "7",
            "timestamp_ms": "1652814935277",
            "deletion_time": "2022-05-17 19:15:35",
        }
    ]
    got = read(rows, mapping=load_mapping(SHIPPED / "deleted_tweets.toml"))
    assert rows_of(got, "posts", "account_id", "at", "deleted_at") == [
        ("7", "2022-05-17 19:09:51", "2022-05-17 19:15:35")
    ]


def test_all_mistakes_are_told_at_once(tmp_path: Path):
    with pytest.raises(BadSetting) as told:
        mapping(
            tmp_path,
            """
            kind = "posts"
            [columns]
            text = "words"
            colour = "red"
            [time]
            timezone = "Mars/Olympus"
            day_order = "year"
        """,
        )
    for mistake in ("time.day_order", "Mars/Olympus"):
        assert mistake in told.value.message
    with pytest.raises(BadSetting) as told:
        mapping(
            tmp_path,
            """
            kind = "posts"
            [columns]
            text = "words"
            colour = "red"
            [objects]
            wink = "w"
        """,
        )
    for mistake in ("colour is not a field of posts", "wink is not a trace", "account_id is missing", "at is missing"):
        assert mistake in told.value.message


@pytest.mark.parametrize("text", ["kind = ", "kind = 'poems'", "colour = 1"])
def test_what_is_no_mapping_file_is_refused(tmp_path: Path, text: str):
    with pytest.raises(BadSetting, match=r"mine\.toml"):
        mapping(tmp_path, text)


def test_a_file_without_the_mapped_columns_is_refused_by_name(tmp_path: Path):
    mine = mapping(tmp_path, 'kind = "posts"\n[columns]\naccount_id = "who"\nat = ["when", "date"]')
    with pytest.raises(BadExport, match=r"needs the column date or when; found: who, words"):
        read([{"who": "ana", "words": "hi"}], mapping=mine)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_mapping_is_sound(path: Path):
    assert load_mapping(path).name == path.stem
