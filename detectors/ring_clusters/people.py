"""The members of rings: their role, how sure each is, and their place in the picture."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from detectors.communities import layout
from detectors.significance import F64, surprise
from detectors.takeovers.find import Takeovers
from detectors.takeovers.kinds import COMPROMISED
from graph.schemas import MEMBER_SCHEMA, TAKEN_ROLES

VICTIM, CHANGED = TAKEN_ROLES
_UNIT = 2.0  # -log10 p where significance begins (q of the signs); half of a shelf


def ring_members(
    found: Takeovers, edges: pl.DataFrame, seed: int, stability: Mapping[tuple[int, str], float]
) -> pl.DataFrame:
    """Rows of MEMBER_SCHEMA with the ring: `score` by the best sign that holds a value the member took up, x / (x + 2)."""
    parts = [pl.DataFrame(schema={"ring": pl.Int64, **MEMBER_SCHEMA})]
    for ring, kind in found.rings.select("ring", "type").iter_rows():
        who = found.members.filter(pl.col("ring") == ring)["account_id"].sort()
        own = edges.filter(pl.col("ring") == ring)
        sides = pl.concat(
            [own.select(account_id=side, other=other, p="p") for side, other in (("left", "right"), ("right", "left"))]
        )
        per = sides.group_by("account_id").agg(links=pl.col("other").n_unique(), p=pl.col("p").min())
        told = pl.DataFrame({"account_id": who}).join(per, on="account_id", how="left", maintain_order="left")
        x = surprise(told["p"].fill_null(1.0).to_numpy())
        places = _places(own, who, seed)
        parts.append(
            told.with_columns(
                ring=pl.lit(ring),
                role=pl.lit(VICTIM if kind == COMPROMISED else CHANGED),
                score=pl.Series(np.round(x / (x + _UNIT), 6)),
                links=pl.col("links").fill_null(0),
                x=pl.Series(places[:, 0]),
                y=pl.Series(places[:, 1]),
                cluster_id=pl.lit(None, pl.String),
                stability=pl.Series([stability[ring, account] for account in who], dtype=pl.Float64),
                tightness=pl.lit(None, pl.Float64),
            ).select(pl.col(name).cast(dtype) for name, dtype in {"ring": pl.Int64, **MEMBER_SCHEMA}.items())
        )
    return pl.concat(parts)


def _places(edges: pl.DataFrame, who: pl.Series, seed: int) -> F64:
    pairs = edges.group_by("left", "right").agg(pl.col("p").min()).sort("left", "right")
    left, right = (who.search_sorted(pairs[side]).to_numpy().astype(np.int64) for side in ("left", "right"))
    return layout(left, right, surprise(pairs["p"].to_numpy()), np.arange(who.len(), dtype=np.int64), seed=seed)
