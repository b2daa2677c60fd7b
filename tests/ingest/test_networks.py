"""Tables of networks: the longest prefix fills what is missing and nothing else; a wrong row refuses the table."""

from ipaddress import ip_address, ip_network
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import BadSetting
from graph.facts import current_facts
from graph.workspace import open_workspace
from ingest import ReadingOptions, ingest_files
from ingest.network_tables import load_networks
from tests.command_line import flockwatch

HEAD = "network,asn,country\n"


def filled(
    path: Path, *ips: str | None, asn: str | None = None, country: str | None = None
) -> list[tuple[str | None, ...]]:
    rows = pl.DataFrame({"ip": ips}, schema={"ip": pl.String})
    rows = rows.with_columns(pl.lit(asn, pl.String).alias("asn"), pl.lit(country, pl.String).alias("country"))
    rows = rows.with_columns(pl.lit("public").alias("ip_block"))
    return load_networks(str(path)).fill(rows).select("asn", "country").rows()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "networks.csv"
    path.write_text(
        HEAD
        + "81.0.0.0/8,AS1,no\n81.167.0.0/16,2,SE\n81.167.0.0/24,3,\n81.167.0.7,4,FI\n2a01:4f8::/32,AS24940,DE\n2a01:4f8:1::/48,,CH\n"
        "81.167.0.0/24,3,\n"
    )
    load_networks.cache_clear()
    return path


def test_the_longest_prefix_wins_as_a_whole(table):
    asked = {
        "80.255.255.255": (None, None), "81.0.0.0": ("1", "NO"), "81.167.0.6": ("3", None), "81.167.0.7": ("4", "FI"),
        "81.167.0.8": ("3", None), "81.167.1.0": ("2", "SE"), "81.168.0.0": ("1", "NO"), "81.255.255.255": ("1", "NO"),
        "82.0.0.0": (None, None), "2a01:4f8:0:ffff::1": ("24940", "DE"), "2A01:04F8:1::9": (None, "CH"),
        "2a01:4f9::": (None, None), "::ffff:81.167.0.7": ("4", "FI"), "no address": (None, None),
    }  # fmt: skip
    assert filled(table, *asked, None) == [*asked.values(), (None, None)]


def test_what_the_export_says_stays(table):
    assert filled(table, "81.167.1.1", asn="77") == [("77", "SE")]
    assert filled(table, "81.167.1.1", asn="77", country="XX") == [("77", "XX")]


def test_an_import_fills_public_addresses_only(workspace, table, tmp_path):
    file = tmp_path / "s.csv"
    rows = [
        "ana,2026-03-01T12:00:00Z,login,81.167.1.1,-",
        "ben,2026-03-01T12:00:00Z,login,10.0.0.1,",
        "eve,2026-03-01T12:00:00Z,login,81.167.1.2,9",
    ]
    file.write_text("\n".join(["account_id,at,event,ip,asn", *rows]) + "\n")
    table.write_text(table.read_text() + "10.0.0.0/8,5,DK\n")
    ingest_files(workspace, [file], options=ReadingOptions(networks=str(table)))
    facts = current_facts(workspace)
    sessions = facts.scan("sessions").sort("account_id").select("account_id", "asn", "country").collect()
    assert sessions.rows() == [("ana", "2", "SE"), ("ben", None, None), ("eve", "9", "SE")]
    actions = facts.scan("actions").sort("account_id").select("account_id", "block").collect()
    assert actions.rows() == [("ana", "2"), ("eve", "9")]


def test_a_parquet_table_says_the_same(table, tmp_path):
    pl.read_csv(table, infer_schema=False).rename({"network": "Prefix"}).write_parquet(tmp_path / "n.parquet")
    assert filled(tmp_path / "n.parquet", "81.167.0.7") == [("4", "FI")]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("81.167.0.0/33,1,NO", "has no length from 0 to 32"),
        ("2a01:4f8::/65,1,NO", "has no length from 0 to 32"),
        ("2a01:4f8::1,1,NO", "has no length from 0 to 32"),
        ("81.167.0.1/24,1,NO", "has bits set behind its length"),
        ("900.1.1.0/24,1,NO", "is no network"),
        (",1,NO", "is no network"),
        ("81.167.0.0-81.168.0.0,1,NO", "is no network"),
        ("81.167.0.0/24,carrier,NO", "has 'carrier' for the number of a network"),
        ("81.167.0.0/24,1," + "x" * 61, "more than 60 characters"),
        ("81.0.0.0/8,2,NO", "stands twice, with different values"),
    ],
)
def test_a_wrong_row_refuses_the_table_in_one_sentence(tmp_path, row, fault):
    load_networks.cache_clear()
    path = tmp_path / "networks.csv"
    path.write_text(HEAD + "81.0.0.0/8,1,NO\n" + row + "\n")
    with pytest.raises(BadSetting, match=r"networks\.csv, line ") as refused:
        load_networks(str(path))
    assert fault in refused.value.message


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "network\n81.0.0.0/8\n", HEAD + "81.0.0.0/8,1\n", "\x89PNG\r\n"])
def test_what_is_no_table_of_networks_is_refused(tmp_path, text):
    load_networks.cache_clear()
    path = tmp_path / "networks.csv"
    path.write_text(text, "latin-1")
    with pytest.raises(BadSetting, match=r"networks\.csv"):
        load_networks(str(path))


def test_a_bad_table_stops_the_import_before_a_row_is_stored(workspace, tmp_path):
    (tmp_path / "n.csv").write_text("network,asn\nhere,1\n")
    (tmp_path / "s.csv").write_text("account_id,at,event\nana,2026-03-01T12:00:00Z,login\n")
    with pytest.raises(BadSetting, match=r"n\.csv, line 2: 'here' is no network"):
        ingest_files(workspace, [tmp_path / "s.csv"], options=ReadingOptions(networks=str(tmp_path / "n.csv")))
    assert not current_facts(workspace).sources


# Few bits, so that prefixes lie inside one another, begin and end together; the edges of the space are in.
_prefixes = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 255), st.integers(0, 8)).map(lambda at: ip_network((at[0] << 24, at[1]), strict=False)),
        st.tuples(st.integers(0, 255), st.integers(0, 8)).map(lambda at: ip_network((at[0] << 120, at[1]), strict=False)),
    ),
    min_size=1, max_size=25, unique=True,
)  # fmt: skip
_addresses = st.lists(
    st.one_of(
        st.integers(0, 2**32 - 1).map(ip_address),
        st.integers(2**125, 2**128 - 1).map(ip_address),
        st.sampled_from(["0.0.0.0", "255.255.255.255", "127.255.255.255", "128.0.0.0", "ffff::", "ffff" + ":ffff" * 7]).map(ip_address),  # noqa: S104
    ),
    min_size=1, max_size=25, unique=True,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(prefixes=_prefixes, addresses=_addresses)
def test_every_address_gets_the_longest_prefix_that_holds_it(tmp_path, prefixes, addresses):
    path = tmp_path / "networks.csv"
    path.write_text(HEAD + "".join(f"{prefix},{place + 1},NO\n" for place, prefix in enumerate(prefixes)))
    load_networks.cache_clear()
    holding = [[p for p in prefixes if p.version == a.version and a in p] for a in addresses]
    expected = [str(prefixes.index(max(held, key=lambda p: p.prefixlen)) + 1) if held else None for held in holding]
    assert [asn for asn, _ in filled(path, *map(str, addresses))] == expected


def test_the_command_takes_a_year_and_a_table(table, tmp_path):
    (tmp_path / "auth.log").write_text(
        "Dec 10 06:55:46 box sshd[1]: Accepted password for ana from 81.167.1.1 port 1 ssh2\n"
    )
    how = ("--workspace", tmp_path / "w", "--json")
    refused = flockwatch("ingest", tmp_path / "auth.log", *how)
    assert refused.returncode == 2
    assert "carry no year" in refused.stderr
    done = flockwatch("ingest", tmp_path / "auth.log", "--year", "2025", "--networks", table, *how)
    assert done.returncode == 0, done.stderr
    rows = (
        current_facts(open_workspace(tmp_path / "w")).scan("sessions").select("account_id", "asn", "country").collect()
    )
    assert rows.rows() == [("ana@box", "2", "SE")]
