"""Would the rings come out again? With some of what ties them left out, at a stricter level, with other resolutions and seeds."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.agreement import partition
from detectors.communities import communities
from detectors.significance import F64, I64, surprise
from detectors.stability import KEPT, RESOLUTIONS, VARIANTS
from detectors.takeovers.adoption import WINDOWS_US
from detectors.takeovers.rings import LEAST, ONE_ACTOR

# The three levels of DETECTORS 4 as far as the run's own signs tell: at .01 and .05 all of them stay.
LEVELS = (0.001, 1.0, 1.0)


@dataclass(frozen=True)
class Again:
    """`clusters`: ring -> mean best Jaccard index over the variants, 0..1; `members`: (ring, account_id) -> share of variants it stayed in."""

    clusters: Mapping[int, float]
    members: Mapping[tuple[int, str], float]


def looked_at_again(members: pl.DataFrame, evidence: pl.DataFrame, signs: pl.DataFrame, seed: int) -> Again:
    """Group the accounts of all rings anew, VARIANTS times, by the signs that are left.

    Takes MEMBER_SCHEMA and SIGN_SCHEMA of detectors.takeovers.find, and RING_EVIDENCE. Each variant keeps four fifths of the values (by a hash
    of the value, so that accounts outside change nothing), a level of LEVELS, a resolution and a seed, going round as in
    detectors.stability.design. Accounts that are in no ring are not asked, so it says how firmly rings stand, not what was missed.
    """
    who = members["account_id"].unique().sort()
    groups = {
        int(ring): np.sort(who.search_sorted(part["account_id"]).to_numpy().astype(np.int64))
        for (ring,), part in members.group_by("ring", maintain_order=True)
    }
    alike, stayed = dict.fromkeys(groups, 0.0), np.zeros(who.len())
    for number in range(VARIANTS if groups else 0):
        kept = signs.filter(_kept(signs, number) & (pl.col("q") <= LEVELS[number % len(LEVELS)]))
        resolution = ONE_ACTOR * RESOLUTIONS[number // len(LEVELS) % len(RESOLUTIONS)]
        found = communities(*_links(evidence, kept, who), resolution=resolution, smallest=LEAST, seed=seed + number)
        again = partition(found, who.len())
        for ring, group in groups.items():
            alike[ring] += again.best_match(group)[1] / VARIANTS
            stayed[group] += again.stays(group) / VARIANTS
    names = [(ring, account) for ring, account in members.select("ring", "account_id").iter_rows()]
    places = who.search_sorted(members["account_id"]).to_list()
    return Again(alike, dict(zip(names, np.round(stayed[places], 6).tolist(), strict=True)))


def _kept(signs: pl.DataFrame, number: int) -> pl.Expr:
    """Signs whose values are all kept in this variant."""
    left_out = [
        value for value in sorted({*signs["value"], *signs["other_value"].drop_nulls()}) if _draw(value, number) >= KEPT
    ]
    gone = pl.Series(left_out, dtype=pl.String).implode()
    return ~pl.col("value").is_in(gone) & ~pl.col("other_value").is_in(gone).fill_null(value=False)


def _draw(value: str, number: int) -> float:
    said = hashlib.sha256(f"{number}\0{value}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(said[:6], "big") / 2**48


def _links(evidence: pl.DataFrame, signs: pl.DataFrame, who: pl.Series) -> tuple[I64, I64, F64]:
    """Pairs with the digits of the best sign that ties them, the less the further apart in time, as detectors.takeovers.rings has it."""
    both: Sequence[pl.DataFrame] = [
        signs.select("ring", "p", trace=feature, object_id=value)
        for feature, value in (("feature", "value"), ("other_feature", "other_value"))
    ]
    best = pl.concat(both).drop_nulls("trace").group_by("ring", "trace", "object_id").agg(pl.col("p").min())
    tied = evidence.join(best, on=["ring", "trace", "object_id"], how="inner")
    apart = tied["gap_s"].abs().to_numpy() * 1e6 / WINDOWS_US[0]
    weighed = tied.with_columns(weight=pl.Series(surprise(tied["p"].to_numpy()) * np.exp(-apart), dtype=pl.Float64))
    pairs = weighed.group_by("left", "right").agg(pl.col("weight").max()).sort("left", "right")
    left, right = (who.search_sorted(pairs[side]).to_numpy().astype(np.int64) for side in ("left", "right"))
    return left, right, pairs["weight"].to_numpy()
