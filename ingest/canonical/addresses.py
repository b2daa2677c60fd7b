"""Network addresses as objects that accounts share, and the networks they belong to."""

from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Address, IPv6Network

import polars as pl

from ingest.canonical.free_text import NOTHING

_V4 = (
    r"^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$"  # an IPv4 address, also one written inside an IPv6 one
)
_DOTTED = r"(\d+\.\d+\.\d+\.\d+)$"

# Addresses that many machines have at once or none has (IANA special-purpose address registries, RFC 6890; multicast and
# reserved space): private, shared by carriers (100.64/10), loopback, link-local, documentation, benchmarks.
_SPECIAL_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3",
    )
)  # fmt: skip
_UNICAST_V6 = IPv6Network("2000::/3")  # all that is handed out (IANA IPv6 address space)
_SPECIAL_V6 = tuple(IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "3fff::/20"))
# Words for nothing in columns whose values tie accounts together.
NOBODY = (*NOTHING, "unknown", "undefined", "localhost")


def network_of(name: str) -> pl.Expr:
    """An IPv4 address as it is, an IPv6 address as its /64 in the short spelling of RFC 5952, anything else in lower case.

    An IPv6 customer gets a /64, so the last four groups do not tell who (DETECTORS section 4, carrier addresses).
    An IPv4 address written inside an IPv6 one (::ffff:192.0.2.1) is that IPv4 address.
    """
    cell = _address(name)
    return pl.coalesce(_spelled(cell, ":", lambda read: str(_net(read, 64))), cell)


def shared_network_of(name: str) -> pl.Expr:
    """`network_of` where it can tie accounts together, else null.

    A private, carrier, loopback or documentation address belongs to whoever uses it at the time. What is no address at
    all (a hashed one) is kept, unless it is a word for nothing.
    """
    return pl.when(~ties_nobody(name)).then(network_of(name))


def block_of(name: str) -> pl.Expr:
    """What an address belongs to where its network number is not known: its /24 (IPv4) or /48 (IPv6, RFC 6177), else null.

    Providers hand out addresses in such blocks, so neighbours in one need not know one another. Null as well for
    addresses that are nobody's own.
    """
    cell = _address(name)
    part = [cell.str.extract(_V4, place) for place in (1, 2, 3)]
    short = pl.when(_v4(cell).is_not_null()).then(pl.format("{}.{}.{}.0/24", *part))
    return pl.when(~ties_nobody(name)).then(pl.coalesce(short, _spelled(cell, ":", lambda read: str(_net(read, 48)))))


def ties_nobody(name: str) -> pl.Expr:
    """Whether a cell is an address that is nobody's own, or a word for nothing; null for an empty cell."""
    cell = _address(name)
    number = _v4(cell)
    special = pl.any_horizontal(
        number.is_between(int(net.network_address), int(net.broadcast_address)) for net in _SPECIAL_V4
    )
    special_v6 = _spelled(cell, ":", lambda read: "yes" if _is_special(read) else "no") == "yes"
    return pl.coalesce(special, special_v6, cell.is_in(NOBODY))


def address_numbers(cells: pl.Series) -> pl.DataFrame:
    """Columns v4 (UInt32) and v6 (UInt64, the upper half: the /64 it is in), one row per cell; at most one of them is set."""
    cell = _address("cell")
    upper = _spelled(cell, ":", lambda read: str(int(read) >> 64)).cast(pl.UInt64)
    return cells.alias("cell").to_frame().select(_v4(cell).alias("v4"), upper.alias("v6"))


def _address(name: str) -> pl.Expr:
    """The cell trimmed, in lower case; an IPv4 address inside an IPv6 one, however spelled, as the IPv4 address."""
    cell = pl.col(name).str.strip_chars().str.to_lowercase()
    return pl.coalesce(_spelled(cell, "ffff:", lambda read: read.ipv4_mapped and str(read.ipv4_mapped)), cell)


def _v4(cell: pl.Expr) -> pl.Expr:
    """The number of an IPv4 address, null for anything else; a leading zero could mean octal, so it is none."""
    octets = [cell.str.extract(_V4, place) for place in (1, 2, 3, 4)]
    sound = pl.all_horizontal(~octet.str.contains(r"^0\d") & (octet.cast(pl.UInt32) <= 255) for octet in octets)
    number = pl.sum_horizontal(
        octet.cast(pl.Int64) * 256**power for octet, power in zip(octets, (3, 2, 1, 0), strict=True)
    )
    return pl.when(sound).then(number).cast(pl.UInt32)


def _spelled(cell: pl.Expr, mark: str, spell: Callable[[IPv6Address], str | None]) -> pl.Expr:
    """`spell` once per distinct IPv6 address that holds `mark`, null for anything else."""

    def spelled(cells: pl.Series) -> pl.Series:
        distinct = cells.filter(cells.str.contains(mark, literal=True)).drop_nulls().unique()
        words = pl.Series([_read_v6(address, spell) for address in distinct], dtype=pl.String)
        return cells.replace_strict(distinct, words, default=None, return_dtype=pl.String)

    return cell.map_batches(spelled, return_dtype=pl.String)


def _read_v6(address: str, spell: Callable[[IPv6Address], str | None]) -> str | None:
    try:
        return spell(IPv6Address(address.split("%", 1)[0]))
    except ValueError:
        return None


def _net(address: IPv6Address, bits: int) -> IPv6Network:
    return IPv6Network((address, bits), strict=False)


def _is_special(address: IPv6Address) -> bool:
    return address not in _UNICAST_V6 or any(address in special for special in _SPECIAL_V6)
