"""Networks that a person brought: which one an address is in, the longest prefix first, as one sorted search."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from ingest.canonical.addresses import read_addresses

_NOWHERE = -1
_NUMBERS = {"v4": (pl.UInt32, 2**32), "v6": (pl.UInt64, 2**64)}  # type, and how many there are


@dataclass(frozen=True, slots=True)
class Networks:
    """`v4`, `v6`: sorted frames of start and row, the row of `values` (asn, country) from that address on; -1: no network.

    IPv6 goes by the upper half of the address, as an address counts as its /64 here.
    """

    v4: pl.DataFrame
    v6: pl.DataFrame
    values: pl.DataFrame

    def fill(self, sessions: pl.DataFrame) -> pl.DataFrame:
        """The rows with `asn` and `country` where they were null, `ip` is public, and a network holds it."""
        wanting = pl.col("ip_block").is_not_null() & (pl.col("asn").is_null() | pl.col("country").is_null())
        read = read_addresses(sessions.filter(wanting)["ip"].unique())
        rows = pl.concat([_rows_of(read, "v4", self.v4), _rows_of(read, "v6", self.v6)])
        told = rows.join(self.values, on="row").select("cell", pl.col("asn", "country").name.suffix("_of_network"))
        joined = sessions.join(told, left_on="ip", right_on="cell", how="left", maintain_order="left")
        filled = [pl.coalesce(name, name + "_of_network").alias(name) for name in ("asn", "country")]
        return joined.with_columns(filled).drop("asn_of_network", "country_of_network")


def _rows_of(read: pl.DataFrame, version: str, starts: pl.DataFrame) -> pl.DataFrame:
    """cell, row of the addresses of one version that are in a network."""
    sought = read.select("cell", start=version).drop_nulls().sort("start")
    found = sought.join_asof(starts, on="start", strategy="backward", check_sortedness=False)
    return found.select("cell", "row").filter(pl.col("row") != _NOWHERE)


def innermost(first: npt.NDArray[np.uint64], last: npt.NDArray[np.uint64], version: str) -> pl.DataFrame:
    """start and row: from `start` on, until the next one, the shortest range that holds an address is number `row`.

    `first`, `last`: both ends of each range, included; of two ranges one holds the other or they are apart, as prefixes are.
    """
    order = np.lexsort((~last, first))  # of ranges with one beginning the longest first
    kind, size = _NUMBERS[version]
    starts: list[int] = []
    rows: list[int] = []
    open_ones: list[tuple[int, int]] = []  # end and row of the ranges around the place reached, outermost first

    def close_until(place: int | None) -> None:
        while open_ones and (place is None or open_ones[-1][0] < place):
            end, _ = open_ones.pop()
            if end + 1 < size:
                starts.append(end + 1)
                rows.append(open_ones[-1][1] if open_ones else _NOWHERE)

    for row, start, end in zip(order.tolist(), first[order].tolist(), last[order].tolist(), strict=True):
        close_until(start)
        starts.append(start)
        rows.append(row)
        open_ones.append((end, row))
    close_until(None)
    found = pl.DataFrame({"start": starts, "row": rows}, schema={"start": kind, "row": pl.Int64})
    # Several ranges may begin or end at one place; what was said last about it holds.
    return found.unique("start", keep="last", maintain_order=True)
