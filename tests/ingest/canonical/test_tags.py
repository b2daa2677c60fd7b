"""Hashtags, names and links found in texts."""

import polars as pl
import pytest

from ingest.canonical.tags import given_hashtags, hashtags_in, links_in, mentions_in


def found(expression, text: str) -> list[str]:
    return pl.DataFrame({"text": [text]}).select(expression(pl.col("text")).alias("found"))["found"][0].to_list()


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("We #Now want #Bridge #now", ["now", "bridge"]),
        ("#1 a#b &#39; a/#c #2nd", ["2nd"]),
        ("#Straße #ΣΊΣΥΦΟΣ #नमस्ते ＃東京", ["strasse", "σίσυφοσ", "नमस्ते", "東京"]),
        ("see https://ex.org/#part #end… #cut…", []),
        ("#fine words go on...", ["fine"]),
    ],
)
def test_hashtags_stand_in_their_order_and_folded(text: str, tags: list[str]):
    assert found(hashtags_in, text) == tags


def test_hashtags_that_an_export_lists_take_the_same_form():
    frame = pl.DataFrame({"tags": [["#Now", "NOW", "Bridge "]]})
    assert frame.select(given_hashtags(pl.col("tags")))["tags"][0].to_list() == ["now", "bridge"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Ana, (@ben) and @Ana.", ["@ana", "@ben"]),
        ("write to ana@ex.org", []),
        ("@ana@m.ex is elsewhere", ["@ana@m.ex"]),
    ],
)
def test_names(text: str, names: list[str]):
    assert found(mentions_in, text) == names


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://ex.org/a, and (http://ex.org/b).", ["https://ex.org/a", "http://ex.org/b"]),
        ("[here](https://ex.org/a) and https://ex.org/a", ["https://ex.org/a"]),
        ("cut short http://t.co/ZSfF…", []),
        ("no links", []),
    ],
)
def test_links(text: str, links: list[str]):
    assert found(links_in, text) == links
