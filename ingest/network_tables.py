"""Tables of networks that a person brings along (network, asn, country): read whole, and refused when a row is wrong."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from graph.errors import BadExport, BadSetting
from ingest.canonical.addresses import NOBODY, read_addresses
from ingest.canonical.network_numbers import network_number
from ingest.canonical.networks import Networks, innermost
from ingest.chunks import LINE, ReadingOptions
from ingest.reading.open_table import open_table

MOST_ROWS = 4_000_000  # four times the routes of today's internet (about 1.2M with IPv6); 1 GB at most
_NAMES = {
    "network": ("network", "prefix", "cidr"),
    "asn": ("asn", "as_number", "autonomous_system_number"),
    "country": ("country", "country_code", "country_iso_code"),
}
_BITS = {"v4": 32, "v6": 64}
_RANGE = ["version", "first", "last"]
_HINT = "It needs a column network (81.167.0.0/16, 2a01:4f8::/32) and asn, country or both; docs/formats.md shows one."


@lru_cache(1)
def load_networks(path: str) -> Networks:
    """The table as it was when this program first read it. Raises BadSetting that names the first bad row and says how many."""
    name = Path(path).name
    rows = _parsed(_read(Path(path)))
    _refuse(rows, name)
    rows = rows.unique(_RANGE, keep="first", maintain_order=True)
    parts = {version: rows.filter(pl.col("version") == version) for version in _BITS}
    starts = {version: innermost(*_ends(part), version) for version, part in parts.items()}
    # The rows of IPv6 stand behind those of IPv4 in `values`.
    behind = pl.when(pl.col("row") >= 0).then(pl.col("row") + parts["v4"].height).otherwise("row").alias("row")
    values = (
        pl.concat([parts["v4"], parts["v6"]]).select("asn", "country").with_row_index("row").cast({"row": pl.Int64})
    )
    return Networks(starts["v4"], starts["v6"].with_columns(behind), values)


def _read(path: Path) -> pl.DataFrame:
    """Text columns network, asn, country and LINE."""
    try:
        _, table = open_table(path, ReadingOptions())
        found = {name: next((each for each in names if each in table.columns), None) for name, names in _NAMES.items()}
        if found["network"] is None or not (found["asn"] or found["country"]):
            raise BadSetting(
                f"{path.name} is no table of networks: its columns are {', '.join(table.columns[:8])}.", _HINT
            )
        parts, count = [], 0
        for chunk in table.chunks():
            if chunk.faults:
                raise BadSetting(f"{path.name}, {chunk.faults[0].message}.", _HINT)
            count += chunk.frame.height
            if count > MOST_ROWS:
                raise BadSetting(
                    f"{path.name} has more than {MOST_ROWS:,} networks.", "Leave out what nobody logs in from."
                )
            cells = [
                (pl.col(c) if c in chunk.frame.columns else pl.lit(None, pl.String)).alias(n) for n, c in found.items()
            ]
            parts.append(chunk.frame.select(LINE, *cells))
    except BadExport as refusal:
        raise BadSetting(refusal.message, refusal.hint) from refusal
    return pl.concat(parts) if parts else pl.DataFrame(schema={LINE: pl.Int64, **dict.fromkeys(_NAMES, pl.String)})


def _parsed(table: pl.DataFrame) -> pl.DataFrame:
    """version, first, last, asn, country, LINE and `fault`, a sentence part where the row is wrong."""
    known = [
        pl.when(~pl.col(name).str.strip_chars().str.to_lowercase().is_in(NOBODY)).then(pl.col(name).str.strip_chars())
        for name in ("asn", "country")
    ]
    address = pl.col("network").str.strip_chars().str.extract(r"^([^/]+)(?:/\d{1,3})?$", 1).alias("address")
    bits = pl.col("network").str.strip_chars().str.extract(r"/(\d{1,3})$", 1).cast(pl.Int64).alias("bits")
    rows = table.with_columns(*known, address, bits)
    read = read_addresses(rows["address"].drop_nulls().unique()).select("cell", "v4", "v6")
    rows = rows.join(read, left_on="address", right_on="cell", how="left", maintain_order="left")
    version = pl.when(pl.col("v4").is_not_null()).then(pl.lit("v4")).when(pl.col("v6").is_not_null()).then(pl.lit("v6"))
    width = version.replace_strict(_BITS, default=None, return_dtype=pl.Int64)
    rows = rows.with_columns(
        version.alias("version"),
        width.alias("width"),
        pl.when(version == "v4").then(pl.col("bits").fill_null(32)).otherwise("bits").alias("bits"),
    )
    rows = rows.with_columns(pl.coalesce(pl.col("v4").cast(pl.UInt64), "v6").alias("first"), _hosts().alias("hosts"))
    return rows.with_columns(
        (pl.col("first") + pl.col("hosts")).alias("last"),
        network_number("asn").alias("asn"),
        pl.when(pl.col("country").str.len_chars() == 2)
        .then(pl.col("country").str.to_uppercase())
        .otherwise("country")
        .alias("country"),
        _fault().alias("fault"),
    )


def _hosts() -> pl.Expr:
    """How many addresses a network has besides its first."""
    sizes = {free: 2**free - 1 for free in range(65)}
    return (pl.col("width") - pl.col("bits")).replace_strict(sizes, default=None, return_dtype=pl.UInt64)


def _fault() -> pl.Expr:
    number = pl.col("asn").str.contains(r"^(?i:as)?\s?\d{1,10}(?:\.0)?$")
    return (
        pl.when(pl.col("version").is_null())
        .then(pl.lit("is no network"))
        .when(pl.col("hosts").is_null())
        .then(pl.lit("has no length from 0 to 32 (IPv4) or 64 (IPv6, where an address counts as its /64)"))
        .when(pl.col("first") & pl.col("hosts") != 0)
        .then(pl.lit("has bits set behind its length"))
        .when(~number.fill_null(True))
        .then(pl.format("has '{}' for the number of a network", pl.col("asn").str.slice(0, 40)))
        .when(pl.col("country").str.len_chars() > 60)
        .then(pl.lit("has a text of more than 60 characters for its country"))
    )


def _refuse(rows: pl.DataFrame, name: str) -> None:
    wrong = rows.filter(pl.col("fault").is_not_null())
    if not wrong.height:
        told = rows.unique([*_RANGE, "asn", "country"], keep="first", maintain_order=True)
        twice = told.filter(~pl.struct(_RANGE).is_first_distinct())
        wrong = twice.with_columns(pl.lit("stands twice, with different values").alias("fault"))
    if not wrong.height:
        return
    line, network, fault = wrong.select(LINE, pl.col("network").fill_null("").str.slice(0, 60), "fault").row(0)
    more = f", and {wrong.height - 1:,} more rows are wrong" if wrong.height > 1 else ""
    raise BadSetting(f"{name}, line {line}: {network!r} {fault}{more}.", _HINT)


def _ends(part: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    return part["first"].to_numpy(), part["last"].to_numpy()
