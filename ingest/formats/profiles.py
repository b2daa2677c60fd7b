"""Profiles of Twitter accounts as research sets publish them."""

import polars as pl

from ingest.canonical.layout import Profile
from ingest.formats.format import Format, each_of, one_of
from ingest.formats.raw_columns import with_raw

_CELLS = ("profile.screen_name", "profile.name", "profile.created_at", "profile.followers_count", "profile.friends_count",
          "profile.verified", "profile.lang")  # fmt: skip


def _derive(frame: pl.DataFrame) -> pl.DataFrame:
    """Values carry a trailing blank in the published set, and "None" for nothing."""
    return with_raw(frame, _CELLS).with_columns(pl.col(_CELLS).str.strip_chars().replace("None", None))


TWIBOT = Format(
    Profile(
        "twibot profiles",
        "accounts",
        {
            "account_id": ("id",),
            "handle": ("profile.screen_name",),
            "display_name": ("profile.name",),
            "created_at": ("profile.created_at",),
            "followers": ("profile.followers_count",),
            "following": ("profile.friends_count",),
            "verified": ("profile.verified",),
            "lang": ("profile.lang",),
        },
        required=("account_id",),
        constants={"platform": "twitter"},
        derive=_derive,
    ),
    marks=(*each_of("id", "profile.screen_name"), one_of("profile.created_at")),
    title="TwiBot-20: one profile per record",
)

PROFILES = (TWIBOT,)
