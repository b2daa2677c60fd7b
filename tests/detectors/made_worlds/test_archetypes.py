"""Each archetype does what its name says: one campaign at a time, without camouflage, on one scene."""

from itertools import combinations

import numpy as np
import polars as pl
import pytest

from detectors.worlds.campaigns import Campaign, Made, crew_of
from detectors.worlds.drafts import POST, SHARE, first_number
from detectors.worlds.operations import ARCHETYPES, run_campaign
from detectors.worlds.presets import KINDS, campaigns_of
from detectors.worlds.rhythm import DAY, SECOND
from detectors.worlds.seeds import chance

HOME = first_number(77)


def run(scene, archetype: str, size: int = 40, **how: object) -> Made:
    kind = KINDS[archetype]
    asked = {"channels": kind.channels[:1], "camouflage": 0.0, "spread_seconds": 50.0, **how}
    campaign = Campaign("planted", archetype, size, **asked)
    crew = crew_of(scene, size, HOME, chance(5, "crew"))
    return run_campaign(campaign, crew, scene, HOME, chance(5, "campaign"))


def by_members(made: Made) -> pl.DataFrame:
    return made.posts.filter(pl.col("account").is_in(made.crew.number.tolist()))


def links(made: Made) -> pl.DataFrame:
    """Per link of the operation: who pushed it, how many, and from the first to the last in seconds."""
    linked = by_members(made).drop_nulls("url")
    return linked.group_by("url").agg(
        pl.col("account").unique().sort().alias("who"),
        pl.col("account").n_unique().alias("members"),
        ((pl.col("at").max() - pl.col("at").min()) / SECOND).alias("spread"),
    )


def test_all_archetypes_are_tested_here():
    tested = " ".join(name for name in globals() if name.startswith("test_"))
    assert all(name in tested for name in ARCHETYPES)


def test_tight_most_members_push_each_thing_within_the_spread(scene):
    pushed = links(run(scene, "tight", channels=("url",)))
    assert pushed["members"].mean() > 0.65 * 40
    assert pushed["spread"].max() <= 50


def test_rotating_two_to_six_push_each_thing_and_nobody_meets_anybody_twice(scene):
    pushed = links(run(scene, "rotating", size=80, channels=("url",)))
    assert pushed["members"].min() >= 2
    assert pushed["members"].max() <= 6
    assert pushed["spread"].max() <= 60
    met = [pair for who in pushed["who"].to_list() for pair in combinations(who, 2)]
    assert len(met) > 200
    assert len(met) == len(set(met))


def test_slow_a_thing_takes_days_from_the_first_to_the_last(scene):
    pushed = links(run(scene, "slow", channels=("url",), pushes_per_member=14))
    assert pushed["spread"].median() > DAY / SECOND
    assert 0.25 < pushed["members"].mean() / 40 < 0.45


def test_amplifier_pushes_posts_of_ordinary_authors(scene):
    rows = by_members(run(scene, "amplifier")).drop_nulls("shared")
    pushed = rows.group_by("shared").agg(pl.col("account").n_unique()).filter(pl.col("account") > 5)
    assert pushed.height > 5
    assert set(pushed["shared"]) <= set(scene.post.tolist())
    assert (rows["at"] >= rows["shared_at"]).all()


def test_tiny_five_or_six_accounts_nearly_all_on_each_thing(scene):
    sizes = [one.size for one in campaigns_of("tiny", 20_000, chance(1, "tiny"))]
    assert set(sizes) == {5, 6}
    pushed = links(run(scene, "tiny", size=5, channels=("url",)))
    assert pushed["members"].mean() > 4


def test_paraphrase_the_same_links_and_addresses_but_no_text_twice(scene):
    made = run(scene, "paraphrase")
    rows = by_members(made).filter(pl.col("kind") == POST)
    assert rows["text"].n_unique() == rows.height
    assert rows.drop_nulls("url")["client"].n_unique() == 1
    assert links(made)["members"].mean() > 15
    assert (
        made.acts.filter(pl.col("trace") == "ip").group_by("object").agg(pl.col("account").n_unique())["account"].min()
        >= 4
    )


def test_infrastructure_is_all_that_its_members_have_in_common(scene):
    made = run(scene, "infrastructure")
    assert set(made.acts["trace"]) == {"ip", "device", "payment", "landing_page"}
    users = made.acts.group_by("trace", "object").agg(pl.col("account").n_unique())
    assert users.group_by("trace").agg(pl.col("account").mean())["account"].min() >= 4
    rows = by_members(made)
    assert rows["url"].null_count() == rows.height
    assert set(rows.drop_nulls("shared")["shared"]) <= set(scene.post.tolist())


def test_lockstep_follows_and_likes_within_the_spread(scene):
    made = run(scene, "lockstep", spread_seconds=300.0)
    assert set(made.acts["trace"]) == {"follow", "like"}
    # A target may come up twice, days apart: acts on it are parted where an hour is silent.
    quiet = pl.col("at").diff().over("trace", "object").fill_null(0) > 3_600 * SECOND
    bursts = made.acts.sort("trace", "object", "at").with_columns(burst=quiet.cum_sum().over("trace", "object"))
    done = bursts.group_by("trace", "object", "burst").agg(
        pl.col("account").n_unique(), ((pl.col("at").max() - pl.col("at").min()) / SECOND).alias("spread")
    )
    assert done["account"].mean() > 0.7 * 40
    assert done["spread"].max() <= 300


def test_clique_is_larger_than_any_cap_on_sharers(scene):
    assert KINDS["clique"].low > 200
    pushed = links(run(scene, "clique", size=260, channels=("url",), pushes_per_member=5))
    assert pushed["members"].min() > 200


def test_template_wins_an_audience_that_copies_it_later(scene):
    made = run(scene, "template", channels=("text",), audience=1.0)
    ours = pl.col("account").is_in(made.crew.number.tolist())
    start = pl.col("text").str.split(" ").list.head(6).list.join(" ")
    told = made.posts.filter(pl.col("kind") == POST).with_columns(start=start, ours=ours)
    copied = told.group_by("start").agg(
        pl.col("ours").sum(),
        (~pl.col("ours")).sum().alias("others"),
        (pl.col("at").filter(~pl.col("ours")).min() - pl.col("at").filter(pl.col("ours")).min()).alias("later"),
    )
    pushed = copied.filter(pl.col("ours") > 5)
    assert pushed.height >= 10
    assert pushed["others"].sum() > 0.5 * pushed["ours"].sum()
    assert pushed["later"].drop_nulls().min() > 0
    # Noise: hardly any two copies are spelled alike.
    assert told.filter("ours")["text"].n_unique() > 3 * pushed.height


def test_fanblock_hides_among_the_fans_of_one_author(scene):
    rows = by_members(run(scene, "fanblock", size=20)).filter(pl.col("kind") == SHARE)
    counts = rows.group_by("shared_account").len().sort("len")
    author = counts["shared_account"][-1]
    assert author in {block.author for block in scene.fan_blocks}
    block = next(one for one in scene.fan_blocks if one.author == author)
    idol = rows.filter(pl.col("shared_account") == author)
    assert set(idol["shared"]) <= set(block.post.tolist())
    assert idol.group_by("shared").agg(pl.col("account").n_unique())["account"].mean() > 8


def test_cells_never_meet_on_a_thing_but_share_tool_addresses_and_texts(scene):
    made = run(scene, "cells", size=36, channels=("url",))
    member = {number: at for at, number in enumerate(made.crew.number.tolist())}
    for who in links(made)["who"].to_list():
        assert len({member[one] % 6 for one in who}) == 1
    rows = by_members(made)
    pushing = rows.drop_nulls("url")
    assert pushing["client"].n_unique() == 1
    assert pushing["client"][0] not in {"web", "android", "iphone"}
    cell = pl.col("account").replace_strict({number: at % 6 for number, at in member.items()}, return_dtype=pl.Int64)
    spread = rows.filter(pl.col("kind") == POST).group_by("text").agg(cell.n_unique().alias("cells"))
    assert (spread["cells"] >= 4).sum() >= 8
    assert made.acts.filter(pl.col("trace") == "ip").group_by("object").agg(cell.n_unique())["account"].min() >= 3


@pytest.mark.parametrize("camouflage", [0.3, 0.6, 0.9])
def test_camouflage_is_the_share_of_posts_that_anybody_could_have_made(scene, camouflage):
    made = run(scene, "tight", channels=("url",), camouflage=camouflage)
    rows = by_members(made)
    pushed = rows["url"].is_not_null().sum()
    assert 1 - pushed / rows.height == pytest.approx(camouflage, abs=0.02)
    assert pushed > 300


def test_campaigns_differ_in_size_camouflage_and_channels():
    campaigns = campaigns_of("tight", 150_000, chance(1, "many"))
    sizes = np.array([one.size for one in campaigns])
    assert sizes.min() < 30
    assert sizes.max() > 100
    assert {one.camouflage for one in campaigns} == {0.0, 0.3, 0.6, 0.9}
    assert len({one.channels for one in campaigns}) > 5
