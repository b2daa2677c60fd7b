"""World part: what the makers of worlds hand over, district by district."""

from dataclasses import dataclass, field
from typing import Any

import polars as pl


@dataclass(frozen=True, slots=True)
class WorldPart:
    """One district, in canonical tables; `campaigns` are those that were run in it. Only worlds with takeovers have sessions."""

    posts: pl.DataFrame
    actions: pl.DataFrame
    accounts: pl.DataFrame
    labels: pl.DataFrame
    campaigns: tuple[dict[str, Any], ...]
    sessions: pl.DataFrame = field(default_factory=pl.DataFrame)
