"""Addresses: one spelling, the network and the block they are in, and those that are nobody's own tie nobody."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.canonical.addresses import block_of, network_of, read_addresses, shared_network_of, ties_nobody


def one(address: str) -> tuple[str | None, str | None, str | None]:
    """Spelled, shared, block."""
    frame = pl.DataFrame({"ip": [address]})
    return frame.select(network_of("ip").alias("a"), shared_network_of("ip").alias("b"), block_of("ip").alias("c")).row(
        0
    )


@pytest.mark.parametrize(
    ("written", "spelled", "block"),
    [
        ("81.167.144.58", "81.167.144.58", "81.167.144.0/24"),
        (" ::FFFF:81.167.144.58", "81.167.144.58", "81.167.144.0/24"),
        ("::ffff:51a7:903a", "81.167.144.58", "81.167.144.0/24"),
        ("2A01:04F8:0001:2::9", "2a01:4f8:1:2::/64", "2a01:4f8:1::/48"),
        ("2a01:4f8:1:2::9%eth0", "2a01:4f8:1:2::/64", "2a01:4f8:1::/48"),
        ("9.255.255.255", "9.255.255.255", "9.255.255.0/24"),
        ("11.0.0.0", "11.0.0.0", "11.0.0.0/24"),
        ("100.63.255.255", "100.63.255.255", "100.63.255.0/24"),
        ("172.32.0.1", "172.32.0.1", "172.32.0.0/24"),
    ],
)  # fmt: skip
def test_a_public_address_has_one_spelling_and_a_block(written: str, spelled: str, block: str):
    assert one(written) == (spelled, spelled, block)


@pytest.mark.parametrize(
    "written",
    [
        "10.0.65.171", "127.0.0.1", "192.168.1.1", "172.16.0.1", "172.31.255.255", "169.254.1.1", "100.64.0.1",
        "100.127.255.255", "192.0.2.7", "198.51.100.7", "203.0.113.7", "198.18.0.1", "0.1.0.0", "224.0.0.1",
        "255.255.255.255", "::ffff:10.0.0.1", "::1", "::", "fe80::1%eth0", "fd00::1", "2001:db8::1", "3fff::1",
        "2001:0:1::1", "ff02::1", "-", "unknown", "NA", "Localhost",
    ],
)  # fmt: skip
def test_an_address_that_is_nobodys_own_ties_nobody(written: str):
    assert one(written)[1:] == (None, None)
    assert pl.DataFrame({"ip": [written]}).select(ties_nobody("ip")).item()


@pytest.mark.parametrize(
    "written", ["300.1.2.3", "081.1.2.3", "1.2.3", "1.2.3.4:80", "[2a01::1]:80", "2a01:::1", "é:é", "9" * 10**6]
)
def test_what_is_no_address_has_no_block_and_is_kept_as_a_name(written: str):
    assert one(written) == (written, written, None)


addresses = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6), st.sampled_from([
    IPv4Address("10.255.255.255"), IPv4Address("100.64.0.0"), IPv4Address("223.255.255.255"), IPv6Address("2001:db8::"),
]))  # fmt: skip


@given(st.lists(addresses, max_size=20))
def test_blocks_are_those_of_the_standard_library(given_addresses: list[IPv4Address | IPv6Address]):
    cells = pl.DataFrame({"ip": [str(each) for each in given_addresses]}, schema={"ip": pl.String})
    blocks = cells.select(block_of("ip")).to_series().to_list()
    numbers = (
        cells.join(
            read_addresses(cells["ip"].unique()), left_on="ip", right_on="cell", how="left", maintain_order="left"
        )
        .select("v4", "v6")
        .rows()
    )
    for address, block, (v4, v6) in zip(given_addresses, blocks, numbers, strict=True):
        inside = (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
        assert (v4, v6) == ((int(inside), None) if inside.version == 4 else (None, int(inside) >> 64))
        if block is not None:
            assert ip_network(block) == ip_network((inside, 24 if inside.version == 4 else 48), strict=False)
        elif inside.version == 4:
            # The library counts some as public that no customer has: multicast, relays of 6to4, parts of 192.0.0.0/24.
            relay = any(inside in ip_network(text) for text in ("192.88.99.0/24", "192.0.0.0/24"))
            assert not inside.is_global or inside.is_multicast or relay


@given(st.lists(st.text(max_size=30), max_size=10))
def test_no_text_breaks_the_reading_of_addresses(cells: list[str]):
    frame = pl.DataFrame({"ip": cells}, schema={"ip": pl.String})
    assert frame.select(network_of("ip")).height == len(cells)
    read = read_addresses(frame["ip"].unique())
    assert all(
        ip_address(spelled) for spelled, number in read.select("spelled", "v4").iter_rows() if number is not None
    )
