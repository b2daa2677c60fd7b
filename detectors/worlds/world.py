"""A world: ordinary accounts, groups that look like operations, operations, and the truth about all of them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from detectors.worlds.campaigns import ORGANIC, Campaign, Crew, Made
from detectors.worlds.drafts import (
    ACT_SCHEMA,
    DRAFT_SCHEMA,
    LABEL_SCHEMA,
    actions_table,
    labels,
    labels_table,
    posts_table,
    together,
)
from detectors.worlds.everyday import Scene, everyday
from detectors.worlds.operations import run_campaign
from detectors.worlds.people import People, accounts_table, people_of
from detectors.worlds.presets import ATTACKS, PRESETS, campaigns_of
from detectors.worlds.rhythm import DAY, START
from detectors.worlds.security import security_ring
from detectors.worlds.seeds import chance
from graph.errors import BadSetting

DISTRICT_EVENTS = 500_000  # a world is made district by district, so that memory is that of one
LEAST_EVENTS = 5_000  # below it no tail is long enough to be one
EVENTS_PER_PERSON = 2.35  # measured: rows per ordinary account


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """What to make: about `events` rows of posts and actions over `days` days."""

    preset: str = "mixed"
    events: int = 100_000
    seed: int = 0
    attack: str = "none"
    days: float = 14.0

    def checked(self) -> "WorldSettings":
        """Itself; raises BadSetting for an unknown preset or attack, or a world too small or too short."""
        if self.preset not in PRESETS:
            raise BadSetting(f"--preset {self.preset!r} is not known.", f"Choose one of {', '.join(PRESETS)}.")
        if self.attack not in ATTACKS:
            raise BadSetting(f"--attack {self.attack!r} is not known.", f"Choose one of {', '.join(ATTACKS)}.")
        if self.attack != "none" and self.preset != "security":
            raise BadSetting(f"--attack {self.attack} belongs to another preset.", "Use --preset security with it.")
        if self.events < LEAST_EVENTS:
            raise BadSetting(f"--events {self.events:,} is too few.", f"Ask for {LEAST_EVENTS:,} or more.")
        if self.seed < 0:
            raise BadSetting(f"--seed {self.seed} is negative.", "Give 0 or more.")
        return self


@dataclass(frozen=True, slots=True)
class WorldPart:
    """One district, in canonical tables; `campaigns` are those that were run in it."""

    posts: pl.DataFrame
    actions: pl.DataFrame
    accounts: pl.DataFrame
    labels: pl.DataFrame
    campaigns: tuple[dict[str, Any], ...]


def world_parts(settings: WorldSettings) -> Iterator[WorldPart]:
    """The districts of the world, one after the other; accounts and posts of different districts never coincide."""
    settings.checked()
    districts = max(1, round(settings.events / DISTRICT_EVENTS))
    for district in range(districts):
        events = settings.events // districts + (1 if district < settings.events % districts else 0)
        yield _district(settings, district, events)


def generate_world(settings: WorldSettings) -> WorldPart:
    """The whole world at once, for worlds that fit into memory."""
    parts = list(world_parts(settings))
    return WorldPart(
        posts=pl.concat([part.posts for part in parts]).sort("created_at", "post_id"),
        actions=pl.concat([part.actions for part in parts]).sort("at", "account_id", "trace", "object_id"),
        accounts=pl.concat([part.accounts for part in parts]).sort("account_id"),
        labels=pl.concat([part.labels for part in parts]).sort("account_id"),
        campaigns=tuple(campaign for part in parts for campaign in part.campaigns),
    )


def _district(settings: WorldSettings, district: int, events: int) -> WorldPart:
    seed = settings.seed
    people = people_of(district, int(events / EVENTS_PER_PERSON), chance(seed, "people", district))
    posts, scene = everyday(people, settings.days, district, chance(seed, "everyday", district))
    made = [Made(posts=posts, labels=_ordinary(people))]
    campaigns = campaigns_of(settings.preset, len(people), chance(seed, "campaigns", district), f"d{district}")
    made += [
        run_campaign(one, scene, district, 1 + slot, chance(seed, "campaign", district, one.name))
        for slot, one in enumerate(campaigns)
    ]
    told = [asdict(one) for one in campaigns]
    if settings.preset == "security" and district == 0:
        made.append(security_ring(settings.attack, posts, scene, chance(seed, "security")))
        told.append({"name": "ring", "archetype": "ring", "size": 30, "attack": settings.attack})
    return _assembled(made, people, settings, tuple(told), chance(seed, "profiles", district))


def _ordinary(people: People) -> pl.DataFrame:
    return labels(len(people), account=people.number, label=ORGANIC, campaign="", archetype="", role="", group="")


def _assembled(
    made: list[Made],
    people: People,
    settings: WorldSettings,
    told: tuple[dict[str, Any], ...],
    draw: np.random.Generator,
) -> WorldPart:
    """Cut to the days of the world, name everything; of two labels of one account the later says more."""
    until = START + int(settings.days * DAY)
    posts = together((one.posts for one in made), DRAFT_SCHEMA).filter(pl.col("at").is_between(START, until, "left"))
    acts = together((one.acts for one in made), ACT_SCHEMA).filter(pl.col("at").is_between(START, until, "left"))
    seen = pl.concat([posts["account"], acts["account"]]).unique()
    known = together((one.labels for one in made), LABEL_SCHEMA).unique("account", keep="last", maintain_order=True)
    known = known.filter(pl.col("account").is_in(seen.implode()))
    profiles = accounts_table(
        np.concatenate([people.number, *(one.crew.number for one in made if one.crew)]),
        np.concatenate([people.created, *(one.crew.created for one in made if one.crew)]),
        pl.concat([people.langs(np.arange(len(people))), *(_langs(one.crew) for one in made if one.crew)]),
        draw,
    )
    table = labels_table(known)
    return WorldPart(
        posts=posts_table(posts),
        actions=actions_table(acts),
        accounts=profiles.join(table, on="account_id", how="semi").sort("account_id"),
        labels=table,
        campaigns=told,
    )


def _langs(crew: Crew) -> pl.Series:
    return pl.repeat(crew.lang, len(crew), dtype=pl.String, eager=True).alias("lang")


__all__ = ["Campaign", "Scene", "WorldPart", "WorldSettings", "generate_world", "world_parts"]
