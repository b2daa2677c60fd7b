"""The truth about a world: it adds up, it is complete, it can be made again, and ids do not give it away."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from detectors.worlds import ATTACKS, PRESETS, WorldSettings, generate_world
from detectors.worlds.drafts import scrambled
from detectors.worlds.presets import KINDS
from graph.errors import BadSetting

GROUPS = {
    "fans", "closed_fans", "staff", "public_figure", "news_wire", "rss_feed", "share_button", "petition", "app_driven",
    "activists", "conference", "broadcast", "viral_news", "family", "office", "carrier", "vpn", "audience", "small_language",
}  # fmt: skip
ARCHETYPES = sorted(KINDS)


@pytest.mark.parametrize("preset", [*ARCHETYPES, "mixed"])
def test_every_campaign_has_as_many_members_as_it_says(world, preset):
    made = world(preset)
    told = {one["name"]: (one["size"], one["archetype"]) for one in made.campaigns}
    counted = made.labels.filter(pl.col("label") == "coordinated").group_by("campaign", "archetype").len()
    assert {name: (size, kind) for name, kind, size in counted.iter_rows()} == told
    assert all(5 <= size <= 500 for size, _ in told.values())


@pytest.mark.parametrize("preset", ARCHETYPES)
def test_a_preset_holds_its_archetype_alone(world, preset):
    made = world(preset)
    assert {one["archetype"] for one in made.campaigns} == {preset}


def test_mixed_holds_every_archetype_that_fits(world):
    made = world("mixed", events=500_000, seed=2)
    assert {one["archetype"] for one in made.campaigns} == set(ARCHETYPES)
    assert any(one["targets_of"] for one in made.campaigns)


def test_few_accounts_are_coordinated(world):
    for preset in ("mixed", "rotating", "tiny"):
        labels = world(preset, events=100_000).labels
        assert 0.01 < (labels["label"] == "coordinated").mean() < 0.03


def test_nobody_is_coordinated_in_an_organic_world(world):
    labels = world("organic").labels
    assert set(labels["label"]) == {"organic"}
    assert set(labels["campaign"]) == {""}


def test_every_group_that_must_not_be_flagged_is_there_and_organic(world):
    labels = world("mixed").labels.filter(pl.col("group") != "")
    assert set(labels["group"]) == GROUPS
    assert set(labels["label"]) == {"organic"}


def test_whom_an_operation_won_is_organic_and_known_as_its_audience(world):
    made = world("template")
    ours = made.labels.filter(pl.col("label") == "coordinated")["account_id"]
    audience = made.labels.filter(pl.col("group") == "audience")
    assert audience.height > 0.2 * ours.len()
    # They copied what the operation had posted: the same six first words.
    start = pl.col("text").str.split(" ").list.head(6).list.join(" ")
    told = made.posts.drop_nulls("text").select("account_id", start=start)
    pushed = told.filter(pl.col("account_id").is_in(ours.implode()))["start"]
    copied = told.join(audience, on="account_id", how="semi").filter(pl.col("start").is_in(pushed.implode()))
    assert copied["account_id"].n_unique() == audience.height
    assert world("organic").labels.filter(pl.col("group") == "audience").is_empty()


@pytest.mark.parametrize("preset", ["organic", "mixed", "security"])
def test_tables_and_labels_speak_of_the_same_accounts(world, preset):
    made = world(preset)
    known = set(made.labels["account_id"])
    assert len(known) == made.labels.height
    assert set(made.accounts["account_id"]) == known
    assert set(made.posts["account_id"]) | set(made.actions["account_id"]) == known


@pytest.mark.parametrize("preset", ["mixed", "security"])
def test_posts_are_shared_after_they_were_made_and_everything_shared_exists(world, preset):
    posts = world(preset).posts
    assert posts["post_id"].n_unique() == posts.height
    made = posts.select(shared_post_id="post_id", author="account_id", made="created_at")
    shared = posts.drop_nulls("shared_post_id").join(made, on="shared_post_id", how="left")
    assert shared["author"].null_count() == 0
    assert (shared["author"] == shared["shared_account_id"]).all()
    assert (shared["made"] == shared["shared_at"]).all()
    assert (shared["created_at"] >= shared["made"]).all()


@pytest.mark.parametrize("preset", ["mixed", "security"])
def test_a_world_is_made_again_to_the_last_value(world, preset):
    again = generate_world(WorldSettings(preset, 30_000, 1))
    made = world(preset)
    for name in ("posts", "actions", "accounts", "labels"):
        assert_frame_equal(getattr(made, name), getattr(again, name))
    assert made.campaigns == again.campaigns


def test_another_seed_makes_another_world(world):
    assert not world("organic").posts.equals(world("organic", seed=2).posts)


@pytest.mark.parametrize("preset", ["mixed", "tight", "infrastructure"])
def test_an_operation_changes_nothing_about_everybody_else(world, preset):
    quiet, busy = world("organic"), world(preset)
    missing = quiet.posts.join(busy.posts, on=quiet.posts.columns[:6], how="anti", nulls_equal=True)
    assert missing.is_empty()
    assert quiet.actions.join(busy.actions, on=quiet.actions.columns, how="anti").is_empty()


def test_numbers_and_ids_are_one_to_one():
    numbers = pl.DataFrame({"n": [*range(5_000), *(k * (1 << 28) for k in range(1, 4_000)), (1 << 48) - 1]})
    ids = numbers.select(scrambled(pl.col("n")))["n"]
    assert ids.n_unique() == numbers.height
    assert ids.min() >= 0
    assert ids.max() < 1 << 48


def test_neither_the_order_of_ids_nor_that_of_rows_tells_who_is_coordinated(world):
    made = world("mixed", events=100_000)
    ranked = made.labels.sort("account_id").with_row_index("rank")
    coordinated = ranked.filter(pl.col("label") == "coordinated")["rank"].mean() / ranked.height
    assert 0.4 < coordinated < 0.6
    assert made.posts["created_at"].is_sorted()
    assert made.accounts["account_id"].is_sorted()


def test_no_object_carries_the_name_of_its_campaign(world):
    made = world("mixed")
    text = made.posts.select(pl.col("urls").list.join(" ") + pl.col("media_hashes").list.join(" "))
    objects = " ".join([*text.to_series().to_list(), *made.actions["object_id"].to_list()])
    assert not any(one["name"] in objects for one in made.campaigns)


@pytest.mark.parametrize(
    "settings",
    [
        WorldSettings(preset="quiet"),
        WorldSettings(attack="nuisance"),
        WorldSettings(preset="mixed", attack="padding"),
        WorldSettings(events=10),
        WorldSettings(events=10**9),
        WorldSettings(seed=-1),
        WorldSettings(days=1),
        WorldSettings(size=4),
        WorldSettings(camouflage=0.95),
        WorldSettings(prevalence=0.5),
        WorldSettings(preset="organic", size=30),
        WorldSettings(preset="security", prevalence=0.01),
        WorldSettings(preset="takeover", size=2),
        WorldSettings(preset="takeover", size=201),
        WorldSettings(preset="takeover", camouflage=0.5),
        WorldSettings(preset="sessions", days=100),
    ],
)
def test_what_cannot_be_made_is_refused(settings):
    with pytest.raises(BadSetting):
        generate_world(settings)


def test_the_presets_and_attacks_are_those_of_the_specification():
    assert set(PRESETS) == {"organic", "mixed", "security", "mutation", *KINDS, "takeover", "sessions"}
    assert len(KINDS) == 12
    assert set(ATTACKS) == {"none", "padding", "jitter_10min", "jitter_2h", "five_cells", "framing"}


def test_size_camouflage_and_prevalence_can_be_fixed_to_sweep_them():
    asked = WorldSettings("tight", 60_000, 1, size=25, camouflage=0.6, prevalence=0.005)
    made = generate_world(asked)
    assert {(one["size"], one["camouflage"]) for one in made.campaigns} == {(25, 0.6)}
    assert (made.labels["label"] == "coordinated").mean() == pytest.approx(0.005, abs=0.002)


@pytest.mark.parametrize("size", [10, 100])
def test_the_ring_of_the_security_world_can_have_another_size(size):
    made = generate_world(WorldSettings("security", 30_000, 1, "jitter_10min", size=size))
    assert (made.labels["label"] == "coordinated").sum() == size
