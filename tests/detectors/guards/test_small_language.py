"""A small language is a limit that is told, and the rates of flags per language lie side by side."""

import polars as pl
import pytest

from detectors.guards.small_language import flags_per_language, small_language
from tests.detectors.guards.built import cluster, members, told


def test_a_language_with_99_other_writers_is_small():
    found = told("small language", cluster(members=members(lang="rm"), speakers={"rm": 103, "de": 9_000}))
    assert (found.verdict, found.tag, found.cap, found.covers) == ("open", "small language", 1.0, False)
    assert "99 other accounts of the data write" in found.sentence


def test_a_language_with_a_hundred_other_writers_is_not():
    found = told("small language", cluster(members=members(lang="rm"), speakers={"rm": 104}))
    assert (found.verdict, found.tag) == ("ruled out", "")


def test_the_language_of_most_members_counts():
    own = members(lang=["de", "rm", "de", None])
    assert "“de”" in told("small language", cluster(members=own, speakers={"rm": 1, "de": 9_000})).sentence


def test_without_languages_there_is_nothing_to_say():
    assert small_language(cluster()) is None


def flags(told: dict[str, tuple[int, int]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """language -> accounts, flagged; flagged ones by turns as alert and review, the others linked or none."""
    rows = [(f"{lang}{n}", lang, n < hit) for lang, (many, hit) in told.items() for n in range(many)]
    tiers = [("alert", "review")[n % 2] if hit else ("linked", "none")[n % 2] for n, (_, _, hit) in enumerate(rows)]
    results = pl.DataFrame({"account_id": [name for name, _, _ in rows], "tier": tiers})
    return results, pl.DataFrame({"account_id": [r[0] for r in rows], "lang": [r[1] for r in rows]})


def test_a_language_flagged_ten_times_as_often_stands_apart():
    parity = flags_per_language(*flags({"de": (1_000, 10), "rm": (100, 10)}))
    assert parity.select("lang", "accounts", "flagged", "rate", "others", "apart").rows() == [
        ("de", 1_000, 10, 0.01, 0.1, True),
        ("rm", 100, 10, 0.1, 0.01, True),
    ]


def test_one_flag_among_few_accounts_does_not_stand_apart():
    parity = flags_per_language(*flags({"de": (1_000, 10), "rm": (20, 1)}))
    rm = parity.row(1, named=True)
    assert (rm["low"], rm["high"]) == (pytest.approx(0.00126, abs=1e-4), pytest.approx(0.2487, abs=1e-3))
    assert rm["apart"] is False


def test_with_organic_accounts_named_only_they_count():
    results, languages = flags({"de": (100, 4), "rm": (10, 5)})
    organic = frozenset({f"de{n}" for n in range(2, 100)} | {f"rm{n}" for n in range(5, 10)})
    assert flags_per_language(results, languages, organic).select("lang", "accounts", "flagged").rows() == [
        ("de", 98, 2),
        ("rm", 5, 0),
    ]


def test_one_language_alone_has_nothing_to_stand_apart_from():
    row = flags_per_language(*flags({"de": (10, 1)})).row(0, named=True)
    assert (row["others"], row["apart"]) == (None, False)
