"""The declared list of apps that publish for accounts: feeds, which need no person, and schedulers, which do."""

import tomllib
from functools import cache
from importlib.resources import files

import polars as pl


@cache
def apps(kind: str) -> frozenset[str]:
    """Names of the apps of one kind (feed | scheduler), casefolded; from feed_apps.toml, each with its source there."""
    told = tomllib.loads(files("detectors.guards").joinpath("feed_apps.toml").read_text("utf-8"))
    return frozenset(app["name"].casefold() for app in told["app"] if app["kind"] == kind)


def is_feed(client: str = "client") -> pl.Expr:
    """Whether the named column holds a feed app; null clients are none."""
    return pl.col(client).str.strip_chars().str.to_lowercase().is_in(sorted(apps("feed"))).fill_null(value=False)
