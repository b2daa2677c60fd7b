"""Network addresses as objects that accounts share, and the networks they belong to."""

from functools import partial
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
_V6_COLUMNS = {
    "cell": pl.String,
    "inside": pl.String,
    "v6": pl.UInt64,
    "v6_network": pl.String,
    "v6_block": pl.String,
    "v6_special": pl.Boolean,
}


def network_of(name: str) -> pl.Expr:
    """An IPv4 address as it is, an IPv6 address as its /64 in the short spelling of RFC 5952, anything else in lower case.

    An IPv6 customer gets a /64, so the last four groups do not tell who (DETECTORS section 4, carrier addresses).
    An IPv4 address written inside an IPv6 one (::ffff:192.0.2.1) is that IPv4 address.
    """
    return pl.col(name).map_batches(partial(_of_each, column="spelled"), return_dtype=pl.String)


def shared_network_of(name: str) -> pl.Expr:
    """`network_of` where it can tie accounts together, else null.

    A private, carrier, loopback or documentation address belongs to whoever uses it at the time. What is no address at
    all (a hashed one) is kept, unless it is a word for nothing.
    """
    return pl.col(name).map_batches(partial(_of_each, column="network"), return_dtype=pl.String)


def block_of(name: str) -> pl.Expr:
    """What an address belongs to where its network number is not known: its /24 (IPv4) or /48 (IPv6, RFC 6177), else null.

    Providers hand out addresses in such blocks, so neighbours in one need not know one another. Null as well for
    addresses that are nobody's own.
    """
    return pl.col(name).map_batches(partial(_of_each, column="block"), return_dtype=pl.String)


def ties_nobody(name: str) -> pl.Expr:
    """Whether a cell is an address that is nobody's own, or a word for nothing; null for an empty cell."""
    return pl.col(name).map_batches(partial(_of_each, column="special"), return_dtype=pl.Boolean)


def _of_each(cells: pl.Series, column: str) -> pl.Series:
    read = read_addresses(cells.drop_nulls().unique())
    return (
        cells.alias("cell")
        .to_frame()
        .join(read, on="cell", how="left", maintain_order="left")[column]
        .alias(cells.name)
    )


def read_addresses(distinct: pl.Series) -> pl.DataFrame:
    """One row per cell: cell, v4 (UInt32) or v6 (UInt64, the upper half: its /64), spelled, network, block, special.

    `spelled`: see `network_of`. `special`: it can tie nobody; `network` and `block` are null then.
    """
    known = (
        distinct.alias("cell")
        .to_frame()
        .with_columns(pl.col("cell").str.strip_chars().str.to_lowercase().alias("spelled"))
    )
    sixes = known.filter(pl.col("spelled").str.contains(":", literal=True))
    frame = known.join(_read_v6(sixes), on="cell", how="left").with_columns(
        pl.coalesce("inside", "spelled").alias("spelled")
    )
    octets = [pl.col("spelled").str.extract(_V4, place).alias(f"octet{place}") for place in (1, 2, 3, 4)]
    frame = frame.with_columns(octets).with_columns(_v4_number().alias("v4"))
    short = pl.when(pl.col("v4").is_not_null()).then(pl.format("{}.{}.{}.0/24", "octet1", "octet2", "octet3"))
    v4_special = pl.any_horizontal(
        pl.col("v4").is_between(int(net.network_address), int(net.broadcast_address)) for net in _SPECIAL_V4
    )
    special = pl.coalesce(v4_special, "v6_special", pl.col("spelled").is_in(NOBODY))
    return frame.with_columns(special.alias("special")).select(
        "cell",
        "v4",
        "v6",
        pl.coalesce("v6_network", "spelled").alias("spelled"),
        pl.when(~pl.col("special")).then(pl.coalesce("v6_network", "spelled")).alias("network"),
        pl.when(~pl.col("special")).then(pl.coalesce(short, "v6_block")).alias("block"),
        "special",
    )


def _v4_number() -> pl.Expr:
    """Null for anything but an IPv4 address; a leading zero could mean octal, so it is none."""
    octets = [pl.col(f"octet{place}") for place in (1, 2, 3, 4)]
    sound = pl.all_horizontal(~octet.str.contains(r"^0\d") & (octet.cast(pl.Int64) <= 255) for octet in octets)
    powers = zip(octets, (3, 2, 1, 0), strict=True)
    return (
        pl.when(sound)
        .then(pl.sum_horizontal(octet.cast(pl.Int64) * 256**power for octet, power in powers))
        .cast(pl.UInt32)
    )


def _read_v6(cells: pl.DataFrame) -> pl.DataFrame:
    """cell and, where `spelled` is an IPv6 address: v6, v6_network, v6_block, v6_special; `inside`: the IPv4 address in it."""
    rows = [(cell, *_parts(spelled)) for cell, spelled in cells.select("cell", "spelled").iter_rows()]
    return pl.DataFrame(rows, schema=_V6_COLUMNS, orient="row")


def _parts(spelled: str) -> tuple[str | None, int | None, str | None, str | None, bool | None]:
    try:
        address = IPv6Address(spelled.split("%", 1)[0])
    except ValueError:
        return None, None, None, None, None
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped), None, None, None, None
    number = int(address)
    special = not _is_in(number, _UNICAST_V6) or any(_is_in(number, net) for net in _SPECIAL_V6)
    return None, number >> 64, _net(number, 64), _net(number, 48), special


def _is_in(number: int, net: IPv6Network) -> bool:
    return number >> (128 - net.prefixlen) == int(net.network_address) >> (128 - net.prefixlen)


def _net(number: int, bits: int) -> str:
    return f"{IPv6Address(number >> (128 - bits) << (128 - bits))}/{bits}"
