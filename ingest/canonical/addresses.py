"""Network addresses as objects that accounts share, and the networks they belong to."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import polars as pl


def network_of(name: str) -> pl.Expr:
    """An IPv4 address as it is, an IPv6 address as its /64 in the short spelling of RFC 5952, anything else in lower case.

    An IPv6 customer gets a /64, so the last four groups do not tell who (DETECTORS section 4, carrier addresses).
    An IPv4 address written inside an IPv6 one (::ffff:192.0.2.1) is that IPv4 address.
    """
    return _address(name).map_batches(lambda cells: _spelled(cells, _network), return_dtype=pl.String)


def block_of(name: str) -> pl.Expr:
    """What an address belongs to where its network number is not known: its /24 (IPv4) or /48 (IPv6, RFC 6177), else null.

    Providers hand out addresses in such blocks, so neighbours in one need not know one another.
    """
    return _address(name).map_batches(lambda cells: _spelled(cells, _block), return_dtype=pl.String)


def _address(name: str) -> pl.Expr:
    return pl.col(name).str.strip_chars().str.to_lowercase()


def _spelled(cells: pl.Series, spell: Callable[[str], str | None]) -> pl.Series:
    """`spell` once per distinct value."""
    distinct = cells.drop_nulls().unique()
    spelled = pl.Series([spell(address) for address in distinct], dtype=pl.String)
    return cells.replace_strict(distinct, spelled, default=None, return_dtype=pl.String)


def _network(address: str) -> str:
    read = _read(address)
    if isinstance(read, IPv6Address):
        return str(IPv6Network((read, 64), strict=False))
    return address if read is None else str(read)


def _block(address: str) -> str | None:
    read = _read(address)
    if read is None:
        # A network instead of an address: an action table may hold the /64 that another export already gives.
        return None
    return str(ip_network((read, 24 if isinstance(read, IPv4Address) else 48), strict=False))


def _read(address: str) -> IPv4Address | IPv6Address | None:
    try:
        read = ip_address(address)
    except ValueError:
        return None
    inside = read.ipv4_mapped if isinstance(read, IPv6Address) else None
    return inside or read
