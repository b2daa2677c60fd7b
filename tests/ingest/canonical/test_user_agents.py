"""User agents: the family of browser and system without versions, and the kind of device."""

import time

import polars as pl
import pytest

from ingest.canonical.user_agents import with_families

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{} Safari/537.36"


def families(*texts: str | None) -> list[tuple[str | None, ...]]:
    read = with_families(pl.DataFrame({"user_agent": texts}, schema={"user_agent": pl.String}))
    return read.select("ua_family", "os_family", "device_kind").rows()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CHROME.format("130.0.0.0"), ("Chrome", "Windows", "desktop")),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
            ("Mobile Safari", "iOS", "mobile"),
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 16_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.1 Mobile/15E148 Safari/604.1",
            ("Mobile Safari", "iOS", "tablet"),
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
            ("Chrome Mobile", "Android", "mobile"),
        ),
        (
            "Mozilla/5.0 (Linux; Android 12; SM-X700) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
            ("Chrome", "Android", "tablet"),
        ),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", ("Googlebot", None, "bot")),
        ("curl/8.5.0", ("curl", None, None)),
        ("\x00\u202e no browser", (None, None, None)),
    ],
)
def test_a_user_agent_is_read_without_its_versions(text: str, expected: tuple[str | None, ...]):
    assert families(text) == [expected]


def test_a_new_version_is_the_same_family_and_rows_keep_their_order():
    assert families(CHROME.format("130.0.0.0"), None, CHROME.format("131.0.1.2")) == [
        ("Chrome", "Windows", "desktop"),
        (None, None, None),
        ("Chrome", "Windows", "desktop"),
    ]


def test_a_user_agent_of_a_megabyte_costs_no_time():
    before = time.perf_counter()
    assert families("Mozilla/5.0 (" * 80_000 + "Chrome/1", "A" * 2**20) == [(None, None, None)] * 2
    assert time.perf_counter() - before < 5
