"""Candidate groups, seen through many lenses: windows, levels of detail, and the links that stand on their own."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.coding import Flags
from detectors.communities import communities, components, modular
from detectors.scan.acts import Company
from detectors.significance import F64, I64

NEAREST = 15  # members of the core met on one object that an act is linked to, the closest in time: links stay few
# Resolutions of the constant Potts model, in units of -log10 of the chance that two accounts meet on such an object:
# a factor of four apart, so that loose pools and tight rings are both seen; the evidence decides between them.
RESOLUTIONS = (0.25, 1.0, 4.0)


@dataclass(frozen=True)
class Links:
    """Pairs of core accounts that met, and the sum of the rarities of what they met on (-log10)."""

    left: I64
    right: I64
    weight: F64

    def among(self, members: I64) -> "Links":
        """The links with both ends in `members` (ascending)."""
        inside = np.isin(self.left, members) & np.isin(self.right, members)
        return Links(self.left[inside], self.right[inside], self.weight[inside])


def core_links(company: Company, stay: Flags) -> Links:
    """Who of the core met whom within the window, through each act's closest meetings."""
    inside = stay[company.acts.account]
    acts, rare = company.acts.where(inside), rarity(company.acts.crowd[inside], company.acts.accounts)
    told = [pl.DataFrame(schema={"left": pl.Int64, "right": pl.Int64, "weight": pl.Float64})]
    for step in range(1, NEAREST + 1):
        near = (acts.object[step:] == acts.object[:-step]) & (acts.at[step:] - acts.at[:-step] <= company.window_us)
        if not near.any():
            break
        one, other = acts.account[:-step][near], acts.account[step:][near]
        told.append(
            pl.DataFrame({"left": np.minimum(one, other), "right": np.maximum(one, other), "weight": rare[step:][near]})
        )
    # Sums of floats depend on their order: whole thousandths do not.
    pairs = pl.concat(told).with_columns((pl.col("weight") * 1000).round().cast(pl.Int64))
    summed = pairs.group_by("left", "right").agg(pl.col("weight").sum()).sort("left", "right")
    return Links(summed["left"].to_numpy(), summed["right"].to_numpy(), summed["weight"].to_numpy() / 1000)


def rarity(crowd: I64, accounts: int) -> F64:
    """-log10 of the chance that two random accounts are both among the `crowd` of an object (DETECTORS 2.3, w_o)."""
    many = np.maximum(crowd, 2).astype(np.float64)
    return np.asarray(-np.log10(many * (many - 1) / (max(accounts, 3) * (accounts - 1.0))), dtype=np.float64)


def groups_of(links: Links, smallest: int, seed: int) -> Iterator[I64]:
    """The connected groups, their groups of modularity, those again and again, and the groups of each resolution."""
    for group in components(links.left, links.right, smallest=smallest):
        yield group
        yield from _finer(links.among(group), group.size, smallest, seed)
    for resolution in RESOLUTIONS:
        yield from communities(
            links.left, links.right, links.weight, resolution=resolution, smallest=smallest, seed=seed
        )


def _finer(links: Links, size: int, smallest: int, seed: int) -> Iterator[I64]:
    """Split by modularity for as long as it splits: modularity sees no group far smaller than the whole it is asked about."""
    for group in modular(links.left, links.right, links.weight, smallest=smallest, seed=seed):
        if group.size < size:
            yield group
            yield from _finer(links.among(group), group.size, smallest, seed)
