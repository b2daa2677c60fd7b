"""Recognition: a header belongs to one format, and a header of none is refused with what to do."""

import polars as pl
import pytest

from graph.errors import BadExport
from ingest.chunks import ReadingOptions
from ingest.formats import recognise
from ingest.formats.recognition import FORMATS


def name_of(header: str, **cells: str) -> str:
    columns = header.split()
    sample = pl.DataFrame({column: [cells.get(column)] for column in columns}, schema=dict.fromkeys(columns, pl.String))
    return recognise(columns, sample, "file.csv", ReadingOptions(), None).name


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("account_id account_name post_id created_at action object text lang client ip country", "activity log"),
        ("account_id post_id created_at text is_retweet hashtags urls mentions", "posts"),
        ("account_id at kind text", "posts"),
        ("account_id trace object_id at", "actions"),
        ("account_id object_id timestamp", "bare table"),
        ("object_id account_id content_id timestamp_share", "bare table"),
        ("user_id object_id timestamp", "bare table"),
        ("account_id at event ip", "sessions"),
        ("account_id handle created_at followers", "accounts"),
        ("ad_id account_id at landing_url", "ads"),
        ("follower_id followed_id created_at", "follows"),
    ],
)
def test_the_canonical_headers(header: str, name: str):
    assert name_of(header) == name


def test_an_activity_log_without_its_object_is_refused_by_name():
    with pytest.raises(BadExport) as told:
        name_of("account_id post_id created_at action text")
    assert "needs the column object or object_id" in told.value.message
    assert "found: account_id, post_id, created_at, action, text" in told.value.message


def test_an_unknown_header_is_refused_with_a_way_on():
    with pytest.raises(BadExport) as told:
        name_of("wann wer was", wann="2026-03-01T12:00:00Z")
    assert "wann, wer, was (times seem to be in wann)" in told.value.message
    assert "--suggest-map" in told.value.hint


def test_names_of_formats_are_distinct():
    names = [known.profile.name for known in FORMATS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.profile.name)
def test_every_format_is_recognised_from_its_own_marks(known):
    columns = [sorted(names)[0] for names in (*known.marks, *known.needs)]
    sample = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    assert recognise(list(dict.fromkeys(columns)), sample, "f", ReadingOptions(), None).name == known.profile.name


def test_a_format_with_ids_of_its_own_reads_only_what_it_needs():
    columns = ["id_str", "created_at", "user.id_str", "user.screen_name", "text", "user.profile_link_color"]
    profile = recognise(columns, pl.DataFrame(schema=dict.fromkeys(columns, pl.String)), "f", ReadingOptions(), None)
    assert profile.columns_needed is not None
    assert "user.profile_link_color" not in profile.columns_needed
