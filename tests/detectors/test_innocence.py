"""Roles in a cluster (the innocent explanations have their tests in tests/detectors/guards)."""

import polars as pl

from detectors.roles import roles


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
