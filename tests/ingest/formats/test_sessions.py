"""Sessions: entities that tie nobody are told and left out, user agents and blocks are read, hostile cells cost little."""

from pathlib import Path

import polars as pl
import pytest

from graph.facts import current_facts
from ingest import ingest_files
from ingest.formats import load_mapping
from tests.ingest.formats.raw_tables import csv, read, rows_of, table

# The layout of the login data set of Wiefling and others, with made-up rows.
RBA = """
index,Login Timestamp,User ID,Round-Trip Time [ms],IP Address,Country,Region,City,ASN,User Agent String,Browser Name and Version,OS Name and Version,Device Type,Login Successful,Is Attack IP,Is Account Takeover
0,2020-02-03 12:43:30.772,-4324,,10.0.65.171,NO,-,-,29695,"Mozilla/5.0 (iPhone; CPU iPhone OS 13_4 like Mac OS X) Version/13.0 Mobile/15E148 Safari/604.1",Firefox 20.0.0,iOS 13.4,mobile,True,False,True
1,2020-02-03 12:43:43.549,-4325,613.0,81.167.144.58,NO,Vestland,Urangsvag,500123,Mozilla/5.0,Chrome 46.0.2490,Android 4.1,mobile,True,True,False
2,2020-02-03 12:43:55.873,-4326,,10.0.65.171,-,-,-,29695,-,Chrome 46.0.2490,Android 4.1,unknown,False,False,False
3,2020-02-03 12:43:56.180,-4327,,81.167.144.59,AU,-,-,60117,Mozilla/5.0,Chrome 46.0.2490,Android 4.1,mobile,maybe,False,False
"""


def test_the_oddities_of_the_login_set_tie_no_accounts_and_cost_no_row():
    got = read(csv(RBA))
    columns = ("account_id", "event", "ip", "ip_network", "ip_block", "asn", "country", "user_agent", "success")
    assert rows_of(got, "sessions", *columns[:7], "success") == [
        ("-4324", "login", "10.0.65.171", None, None, "29695", "NO", True),
        ("-4325", "login", "81.167.144.58", "81.167.144.58", "81.167.144.0/24", None, "NO", True),
        ("-4326", "login_failed", "10.0.65.171", None, None, "29695", None, False),
        ("-4327", "login", "81.167.144.59", "81.167.144.59", "81.167.144.0/24", "60117", "AU", True),
    ]
    assert rows_of(got, "sessions", "ua_family", "os_family", "device_kind")[0] == ("Mobile Safari", "iOS", "mobile")
    assert rows_of(got, "actions", "account_id", "trace", "object_id", "block") == [
        ("-4325", "ip", "81.167.144.58", "81.167.144.0/24"),
        ("-4327", "ip", "81.167.144.59", "60117"),
    ]
    assert [(told.line, told.reason, told.message) for told in got.warnings] == [
        (
            2,
            "ties_nobody",
            "ip address: 2 cells are private, shared, reserved or unknown: they tie no accounts together",
        ),
        (3, "ties_nobody", "asn: 1 cell is the number of no network and counts as unknown"),
    ]
    assert not got.faults


def test_what_the_login_set_says_about_attacks_reaches_no_fact():
    for said in ("Is Attack IP", "Is Account Takeover"):
        turned = read(csv(RBA.replace(",True,False,True\n", ",True,True,False\n").replace(said, said.upper())))
        for name, frame in read(csv(RBA)).frames.items():
            assert frame.equals(turned.frames[name])


@pytest.mark.parametrize(
    ("asn", "read_as"),
    [
        ("AS3320", "3320"), ("as 3320", "3320"), ("3320.0", "3320"), ("402332", "402332"), ("Some Carrier", "Some Carrier"),
        ("0", None), ("23456", None), ("64512", "64512"), ("499999", "499999"), ("500000", None), ("4200000000", None), ("-", None),
    ],
)  # fmt: skip
def test_numbers_of_networks_have_one_spelling_and_reserved_ones_are_unknown(asn: str, read_as: str | None):
    row = {"account_id": "ana", "at": "2026-03-01T12:00:00Z", "event": "login", "asn": asn}
    assert rows_of(read([row]), "sessions", "asn") == [(read_as,)]


def test_words_for_nothing_are_no_device():
    rows = table("""
        account_id  at                    event  device   user_agent  country
        ana         2026-03-01T12:00:00Z  login  unknown  NA          no
        ben         2026-03-01T12:00:01Z  login  d1       null        Norway
    """)
    got = read(rows)
    assert rows_of(got, "sessions", "device", "user_agent", "country") == [(None, None, "NO"), ("d1", None, "Norway")]
    assert rows_of(got, "actions", "account_id", "object_id") == [("ben", "d1")]


def test_the_mapping_of_sessions_in_the_documents_reads_a_table_of_sign_ins(tmp_path):
    page = (Path(__file__).parents[3] / "docs" / "formats.md").read_text("utf-8")
    (written,) = (part.split("```")[0] for part in page.split("```toml\n")[1:] if part.startswith('kind = "sessions"'))
    path = tmp_path / "mine.toml"
    path.write_text(written, "utf-8")
    rows = table("""
        user  when                 what            client_ip      proxy_ip   agent
        ana   2026-03-01 13:00:00  password ok     n/a            81.3.2.1   curl/8.5.0
        ben   2026-03-01 13:00:01  password wrong  81.167.144.58  81.3.2.1   n/a
        eve   2026-03-01 13:00:02  new password    10.1.1.1       -          n/a
        kim   2026-03-01 13:00:03  coffee          81.167.144.58  -          n/a
    """)
    got = read(rows, mapping=load_mapping(path))
    assert rows_of(got, "sessions", "account_id", "at", "event", "ip_block", "ua_family", "success") == [
        ("ana", "2026-03-01 12:00:00", "login", "81.3.2.0/24", "curl", True),
        ("ben", "2026-03-01 12:00:01", "login_failed", "81.167.144.0/24", None, False),
        ("eve", "2026-03-01 12:00:02", "reset_done", None, None, None),
    ]
    assert [(fault.line, fault.reason) for fault in got.faults] == [(5, "unknown_action")]


def test_hostile_sessions_are_kept_cut_or_set_aside(workspace, tmp_path):
    head = "account_id,at,event,ip,user_agent"
    rows = [
        "ana,2026-03-01T12:00:00Z,login,999.1.1.1,curl/8",
        f"ben,2026-03-01T12:00:00Z,login,81.167.144.58,{'Mozilla/5.0 (' * 80_000}",
        "eve,2026-03-01T25:00:00Z,login,81.167.144.58,curl/8",
        "kim,1969-12-31T00:00:00Z,login,81.167.144.58,curl/8",
        "\x00,2026-03-01T12:00:00Z,login,81.167.144.58,curl/8",
        f"lee,2026-03-01T12:00:00Z,login,{'1' * 70_000},curl/8",
    ]
    file = tmp_path / "s.csv"
    file.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    (report,) = ingest_files(workspace, [file], accept_partial=True).files
    assert dict(report.reasons) == {"bad_id": 1, "bad_timestamp": 2}
    sessions = current_facts(workspace).scan("sessions").sort("account_id").collect()
    assert sessions.select("account_id", "ip_block").rows() == [
        ("ana", None),
        ("ben", "81.167.144.0/24"),
        ("lee", None),
    ]
    assert sessions["user_agent"].str.len_bytes().max() == 64 * 2**10
    told = current_facts(workspace).scan("warnings").select("reason", "column").collect()
    assert set(told.rows()) == {("cell_limit", "user_agent"), ("cell_limit", "ip")}


def test_sessions_of_an_older_program_stay_readable_and_known(workspace, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("account_id,at,event,ip,user_agent\nana,2026-03-01T12:00:00Z,login,81.167.144.58,curl/8.5.0\n")
    ingest_files(workspace, [file])
    (part,) = workspace.facts.glob("sessions/*.parquet")
    pl.read_parquet(part).drop("ip_network", "ip_block", "ua_family", "os_family", "device_kind").write_parquet(part)
    assert current_facts(workspace).scan("sessions").select("ip", "ip_block").collect().rows() == [
        ("81.167.144.58", None)
    ]
    longer = tmp_path / "b.csv"
    longer.write_text(file.read_text() + "ben,2026-03-01T12:00:00Z,login,81.167.144.58,curl/8.5.0\n")
    (report,) = ingest_files(workspace, [longer]).files
    assert (report.accepted, report.duplicates) == (1, 1)


@pytest.mark.real_data
def test_the_first_rows_of_the_real_login_set(workspace, shared):
    path = shared / "data" / "raw" / "rba-dataset_first_rows.csv"
    given = pl.read_csv(path, infer_schema=False)
    (report,) = ingest_files(workspace, [path]).files
    assert (report.read, report.accepted, report.quarantined) == (given.height, given.height, 0)
    rows = current_facts(workspace).scan("sessions").sort("line").collect()
    assert rows["success"].to_list() == [said == "True" for said in given["Login Successful"]]
    private = given["IP Address"].str.starts_with("10.")
    assert private.any() and rows["ip_block"].is_null().to_list() == private.to_list()
    assert rows["ip"].to_list() == given["IP Address"].to_list()
    assert rows["asn"].to_list() == [asn if int(asn) < 500_000 else None for asn in given["ASN"]]
    assert rows["os_family"].null_count() == 0
