"""Which fact tables the records of each kind become."""

from collections.abc import Mapping

import polars as pl

from graph.schemas import ACCOUNT_SCHEMA
from ingest.canonical.accounts import account_rows
from ingest.canonical.activity import follows, place_objects, reactions
from ingest.canonical.ads import ad_tables
from ingest.canonical.interactions import interaction_rows, post_interactions
from ingest.canonical.kinds import POST_KINDS
from ingest.canonical.layout import Profile
from ingest.canonical.networks import Networks
from ingest.canonical.plain_actions import plain_actions
from ingest.canonical.post_actions import action_rows, post_actions
from ingest.canonical.posts import post_tables
from ingest.canonical.sessions import session_actions, session_rows
from ingest.canonical.snowflakes import snowflake_times
from ingest.canonical.times import TimeRules, parse_times
from ingest.chunks import LINE

_PROFILE_FIELDS = {name: name for name in ACCOUNT_SCHEMA if name not in ("account_id", "platform", "source", "line")}


def tables_of(
    accepted: pl.DataFrame, profile: Profile, rules: TimeRules, networks: Networks | None = None
) -> Mapping[str, pl.DataFrame]:
    """Fact table name -> its rows, from sound records with clean texts; `networks` fills what sessions lack."""
    match profile.kind:
        case "posts":
            return _post_facts(accepted, profile, rules)
        case "actions":
            return {"actions": plain_actions(accepted, profile), "accounts": account_rows(accepted, rules)}
        case "accounts":
            return {"accounts": account_rows(accepted, rules, _PROFILE_FIELDS)}
        case "sessions":
            sessions = session_rows(accepted, networks)
            return {"sessions": sessions, "actions": session_actions(sessions)}
        case "ads":
            ads, actions = ad_tables(accepted)
            return {"ads": ads, "actions": actions, "accounts": account_rows(accepted, rules)}
        case "follows":
            return _follow_facts(accepted, rules)


def _post_facts(accepted: pl.DataFrame, profile: Profile, rules: TimeRules) -> Mapping[str, pl.DataFrame]:
    frame, acted, followed = accepted, [], []
    if "object_id" in accepted.columns:
        placed = place_objects(accepted)
        acted, followed = [reactions(placed)], [follows(placed)]
        frame = placed.filter(pl.col("kind").is_in(POST_KINDS))
    frame = frame.with_columns(_shared_at(frame, profile, rules))
    tables = post_tables(frame, rules)
    tied = pl.concat([post_interactions(tables), *followed]).sort("line", maintain_order=True)
    actions = pl.concat([post_actions(tables), *acted]).sort("line", maintain_order=True)
    return {
        "posts": tables.posts,
        "actions": actions,
        "texts": tables.texts,
        "interactions": tied,
        "accounts": account_rows(accepted, rules),
    }


def _shared_at(frame: pl.DataFrame, profile: Profile, rules: TimeRules) -> pl.Series:
    """When the shared post was made: as the export says, else from its id where the platform's ids carry a time."""
    given = pl.Series("shared_at", [None] * frame.height, pl.String)
    if "shared_at" in frame.columns:
        given = frame["shared_at"]
    told = parse_times(given, rules)["at"].alias("shared_at")
    if profile.constants.get("platform") != "twitter" or "shared_post_id" not in frame.columns:
        return told
    return told.zip_with(told.is_not_null(), snowflake_times(frame["shared_post_id"])).alias("shared_at")


def _follow_facts(accepted: pl.DataFrame, rules: TimeRules) -> Mapping[str, pl.DataFrame]:
    frame = accepted.with_columns(pl.col(LINE).alias("line"), pl.lit(None, pl.String).alias("post_id"))
    return {
        "actions": action_rows(frame, "follow", "other_id"),
        "interactions": interaction_rows(frame, "follow", "other_id"),
        "accounts": account_rows(accepted, rules),
    }
