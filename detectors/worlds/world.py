"""A world: ordinary accounts, groups that look like operations, operations, and the truth about all of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from detectors.worlds.campaigns import ORGANIC, Crew, Made, crew_of
from detectors.worlds.drafts import (
    ACT_SCHEMA,
    DRAFT_SCHEMA,
    LABEL_SCHEMA,
    actions_table,
    first_number,
    labels,
    labels_table,
    posts_table,
    together,
)
from detectors.worlds.everyday import everyday
from detectors.worlds.gatherings import viral_news
from detectors.worlds.look_alikes import look_alikes
from detectors.worlds.mutation import PERIODS, mutation_pair
from detectors.worlds.operations import run_campaign
from detectors.worlds.people import NAMESPACES, People, accounts_table, people_of
from detectors.worlds.presets import TAKEOVERS, campaigns_of
from detectors.worlds.rhythm import DAY, START
from detectors.worlds.scene import Scene
from detectors.worlds.security import RING, Ring, security_ring
from detectors.worlds.seeds import chance
from detectors.worlds.side_actions import follows, likes
from detectors.worlds.takeovers.made import in_order, parts_with_takeovers
from detectors.worlds.world_part import WorldPart
from detectors.worlds.world_settings import WorldSettings

DISTRICT_EVENTS = 500_000  # a world is made district by district, so that memory is that of one
ROWS_PER_PASSER = 2.4  # likewise, of those who pass on the news and nothing else
MANY_SHARERS = 100_000
PASSERS = 0.8  # of the news' sharers are seen with it alone; else it would change how much everybody posts
PERIOD_DISTRICTS = 120  # the second period numbers its posts as if in other districts
# Measured: rows per ordinary account with look-alikes and side actions: 4.1 in organic worlds, 4.5 in mixed ones.
EVENTS_PER_PERSON = 4.3


def world_periods(settings: WorldSettings) -> Mapping[str, Iterator[WorldPart]]:
    """The world's districts, under the name of their period: "" for a world of one, "before" and "after" for mutation."""
    settings.checked()
    if settings.preset in TAKEOVERS:
        return {"": parts_with_takeovers(settings)}
    if settings.preset != "mutation":
        return {"": _districts(settings, settings.events, 0)}
    return {name: _districts(settings, settings.events // 2, period) for period, name in enumerate(PERIODS)}


def generate_world(settings: WorldSettings, period: str = "") -> WorldPart:
    """The whole world (for mutation: one period of it) at once, for worlds that fit into memory."""
    parts = list(world_periods(settings)[period])
    return WorldPart(
        posts=pl.concat([part.posts for part in parts]).sort("created_at", "post_id"),
        actions=pl.concat([part.actions for part in parts]).sort("at", "account_id", "trace", "object_id"),
        accounts=pl.concat([part.accounts for part in parts]).sort("account_id"),
        labels=pl.concat([part.labels for part in parts]).sort("account_id"),
        campaigns=tuple(campaign for part in parts for campaign in part.campaigns),
        sessions=in_order(pl.concat([part.sessions for part in parts])),
    )


def _districts(settings: WorldSettings, events: int, period: int) -> Iterator[WorldPart]:
    """One after the other; accounts and posts of different districts never coincide."""
    districts = max(1, round(events / DISTRICT_EVENTS))
    for district in range(districts):
        share = events // districts + (1 if district < events % districts else 0)
        yield _district(settings, Place(district, districts, share, period))


@dataclass(frozen=True, slots=True)
class Place:
    """One district in one period. Its people are the same in every period; what they do is not."""

    district: int
    districts: int
    events: int
    period: int

    @property
    def home(self) -> int:
        """Names the streams and the posts of the district in this period."""
        return self.district + self.period * PERIOD_DISTRICTS

    @property
    def news_sharers(self) -> int:
        """Accounts of the district that share the world's largest post: DATA.md asks for 10^5 in all from 10^6 events on;
        a fiftieth of the events below that."""
        events = self.events * self.districts
        in_all = max(MANY_SHARERS, events // 50) if events >= 10 * MANY_SHARERS - self.districts else events // 50
        return -(-in_all // self.districts)


def _district(settings: WorldSettings, place: Place) -> WorldPart:
    seed, home = settings.seed, place.home
    passers = int(PASSERS * place.news_sharers)
    regular = place.events - ROWS_PER_PASSER * passers - (place.news_sharers - passers)
    count = passers + int(regular / EVENTS_PER_PERSON)
    people = people_of(place.district, count, chance(seed, "people", place.district), passers)
    posts, scene = everyday(people, settings.lasting, home, chance(seed, "everyday", home))
    alike, scene = look_alikes(scene, seed, home)
    news = viral_news(scene, place.news_sharers, home, home - place.district, chance(seed, "news", home))
    made = [Made(posts=posts), *_side_actions(scene, seed, home), news, *alike]
    planted, told = _planted(settings, place, posts, scene)
    return _assembled([*made, *planted], people, settings, place, tuple(told))


def _planted(
    settings: WorldSettings, place: Place, posts: pl.DataFrame, scene: Scene
) -> tuple[list[Made], list[dict[str, Any]]]:
    """The operations of the preset, and what is to be told about them."""
    seed, district = settings.seed, place.district
    if settings.preset in ("security", "mutation") and district:
        return [], []  # their operations live in the first district
    if settings.preset == "security":
        ring = Ring(settings.attack, settings.size or RING, settings.camouflage)
        return [security_ring(ring, posts, scene, chance(seed, "security"))], [ring.told()]
    if settings.preset == "mutation":
        return mutation_pair(place.period, scene, seed, place.home * NAMESPACES)
    prefix = f"d{district}" if place.districts > 1 else ""
    campaigns = campaigns_of(
        settings.preset, len(scene.people), chance(seed, "campaigns", district), prefix, settings.wanted
    )
    made = []
    for slot, one in enumerate(campaigns, start=1):
        first = first_number(district * NAMESPACES + slot)
        crew = crew_of(scene, one.size, first, chance(seed, "crew", district, one.name))
        made.append(run_campaign(one, crew, scene, first, chance(seed, "campaign", district, one.name)))
    return made, [one.told() for one in campaigns]


def _side_actions(scene: Scene, seed: int, district: int) -> list[Made]:
    return [
        Made(acts=follows(scene, chance(seed, "follows", district))),
        Made(acts=likes(scene, chance(seed, "likes", district))),
    ]


def _ordinary(people: People) -> pl.DataFrame:
    return labels(len(people), account=people.number, label=ORGANIC, campaign="", archetype="", role="", group="")


def _assembled(
    made: list[Made], people: People, settings: WorldSettings, place: Place, told: tuple[dict[str, Any], ...]
) -> WorldPart:
    """Cut to the days of the world, name everything; of two labels of one account the later says more."""
    until = START + int(settings.lasting * DAY)
    posts = together((one.posts for one in made), DRAFT_SCHEMA).filter(pl.col("at").is_between(START, until, "left"))
    acts = together((one.acts for one in made), ACT_SCHEMA).filter(pl.col("at").is_between(START, until, "left"))
    seen = pl.concat([posts["account"], acts["account"]]).unique()
    known = together(_labels(made, people), LABEL_SCHEMA).unique("account", keep="last", maintain_order=True)
    known = known.filter(pl.col("account").is_in(seen.implode()))
    crews = [one.crew for one in made if one.crew]
    profiles = accounts_table(
        np.concatenate([people.number, *(crew.number for crew in crews)]),
        np.concatenate([people.created, *(crew.created for crew in crews)]),
        pl.concat([people.langs(np.arange(len(people))), *(_langs(crew) for crew in crews)]),
        chance(settings.seed, "profiles", place.district),
    )
    later = place.period * int(settings.lasting * DAY)
    posts = posts.with_columns(pl.col("at") + later, pl.col("shared_at") + later)
    acts = acts.with_columns(pl.col("at") + later)
    table = labels_table(known)
    return WorldPart(
        posts=posts_table(posts),
        actions=actions_table(acts),
        accounts=_protected(profiles.join(table.select("account_id", "group"), on="account_id", how="inner")),
        labels=table,
        campaigns=told,
    )


def _labels(made: list[Made], people: People) -> Iterator[pl.DataFrame]:
    """From what says least of an account to what says most: everybody, the audiences of operations, groups, operations."""
    yield _ordinary(people)
    for one in made:
        yield labels(
            one.audience.size, account=one.audience, label=ORGANIC, campaign="", archetype="", role="", group="audience"
        )
    yield from (one.labels for one in made)


def _protected(profiles: pl.DataFrame) -> pl.DataFrame:
    """Public figures are verified, have many followers, and are on the platform's list of protected accounts."""
    is_figure = pl.col("group") == "public_figure"
    told = profiles.with_columns(
        pl.col("followers") * pl.when(is_figure).then(500).otherwise(1),
        verified=pl.col("verified") | is_figure,
        protection_tier=pl.when(is_figure).then(pl.lit("public_figure")),
    )
    return told.drop("group").sort("account_id")


def _langs(crew: Crew) -> pl.Series:
    return pl.repeat(crew.lang, len(crew), dtype=pl.String, eager=True).alias("lang")
