"""The innocent explanations: each has a world in which it holds and one in which it does not."""

import polars as pl
import pytest

from detectors.innocence import (
    ClusterActs,
    activity,
    one_occasion,
    one_source,
    popular_objects,
    public_text,
    verdict_of,
)
from detectors.roles import roles

DAY = 86_400 * 1_000_000


def acts(
    *,
    blocks: list[str | None] | None = None,
    days: list[int] | None = None,
    popularity: int = 4,
    trace: str = "share",
    followers: int = 500,
) -> ClusterActs:
    """Ten objects on which four members met, three times each."""
    objects = pl.DataFrame(
        {
            "trace": [trace] * 10,
            "object": list(range(10)),
            "members": [4] * 10,
            "popularity": [popularity] * 10,
            "often": [3] * 10,
            "block": blocks or [f"b{n}" for n in range(10)],
            "at": [day * DAY for day in (days or range(10))],
        },
        schema_overrides={"block": pl.String},
    )
    signals = pl.DataFrame({"name": [f"{trace}_overlap"], "seen": [30.0], "expected": [2.0]})
    audience = pl.DataFrame({"trace": [trace], "block": ["idol"], "accounts": [4 + followers]})
    return ClusterActs(objects, signals, 4, audience, 30 * 86_400.0)


@pytest.mark.parametrize(
    ("share", "verdict"), [(0.1, "ruled out"), (0.3, "explains little"), (0.6, "explains part"), (0.9, "open")]
)
def test_a_verdict_follows_from_the_share_explained(share: float, verdict: str):
    assert verdict_of(share) == verdict


def test_one_source_is_ruled_out_when_objects_come_from_many():
    assert one_source(acts()).verdict == "ruled out"


def test_one_source_stays_open_for_fans_of_one_author():
    found = one_source(acts(blocks=["idol"] * 9 + ["other"]))
    assert found.verdict == "open"
    assert found.covers
    assert "90\u202f% of the joint acts are on its largest source, of 2; 500 active accounts outside" in found.sentence


def test_a_source_that_nobody_else_follows_explains_little():
    found = one_source(acts(blocks=["idol"] * 10, followers=3))
    assert (found.verdict, found.covers) == ("explains little", False)


def test_the_language_of_a_text_is_no_source():
    found = one_source(acts(blocks=["idol"] * 10, trace="text"))
    assert (found.verdict, found.covers) == ("open", False)


def test_one_source_stays_open_when_the_data_does_not_say():
    assert one_source(acts(blocks=[None] * 10)).verdict == "open"


def test_one_occasion_stays_open_for_a_single_day_and_is_ruled_out_over_ten():
    assert one_occasion(acts(days=[3] * 10)).verdict == "open"
    assert one_occasion(acts()).verdict == "ruled out"


def test_what_everyone_passes_on_stays_open():
    assert popular_objects(acts(popularity=500)).verdict == "open"
    assert popular_objects(acts(popularity=5)).verdict == "ruled out"


def test_a_text_of_many_outsiders_is_public():
    assert public_text(acts(popularity=80, trace="text")).verdict == "open"  # type: ignore[union-attr]
    assert public_text(acts(popularity=6, trace="text")).verdict == "ruled out"  # type: ignore[union-attr]
    assert public_text(acts()) is None


def test_activity_is_ruled_out_with_both_numbers():
    found = activity(acts())
    assert found.verdict == "ruled out"
    assert found.sentence.endswith("would act together about 2 times by chance; 30 times were seen.")


def test_roles_follow_from_who_comes_first_and_how_tightly_one_is_tied():
    """0 leads everybody; 1, 2 and 3 hold together; 4 comes late to one of them; 5 neither early nor late."""
    pairs = [(0, 1, 1.0), (0, 2, 1.0), (0, 3, 1.0), (1, 2, 0.5), (1, 3, 0.5), (2, 3, 0.5), (1, 4, 1.0), (1, 5, 0.5)]
    links = pl.DataFrame(
        [(left, right, 3, leads) for left, right, leads in pairs],
        schema={"left": pl.UInt32, "right": pl.UInt32, "n": pl.Int64, "left_leads": pl.Float64},
        orient="row",
    )
    inside = pl.DataFrame({"account": range(6), "ahead": [9, 5, 5, 5, 0, 4], "behind": [0, 5, 5, 5, 9, 4]})
    found = roles(pl.Series(range(6)).to_numpy(), links, inside)
    assert dict(found.select("account", "role").iter_rows()) == {
        0: "seeder",
        1: "core",
        2: "core",
        3: "core",
        4: "follower",
        5: "amplifier",
    }
    assert found["links"].to_list() == [3, 5, 3, 3, 1, 1]
