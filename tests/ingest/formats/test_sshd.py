"""Logs of sshd: each attempt counts once, whichever style the line is in and whatever the one who knocks calls himself."""

import gzip
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import BadExport
from graph.facts import current_facts
from graph.workspace import Workspace
from ingest import FileReport, ReadingOptions, ingest_files
from ingest.formats import canonicalise
from ingest.formats.sshd import SSHD
from ingest.reading.encodings import utf8_text
from ingest.reading.log_table import open_log
from ingest.reading.open_table import open_table

FRONT = "Dec 10 06:55:46 box sshd[24200]: "


def log(path: Path, *lines: str | bytes) -> Path:
    path.write_bytes(b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines))
    return path


def one(workspace: Workspace, path: Path, **options: object) -> FileReport:
    (report,) = ingest_files(workspace, [path], options=ReadingOptions(**options), accept_partial=True).files
    return report


def sessions(workspace: Workspace, *columns: str) -> list[tuple[object, ...]]:
    rows = current_facts(workspace).scan("sessions").sort("line", maintain_order=True).collect()
    return rows.with_columns(pl.col("at").dt.strftime("%Y-%m-%d %H:%M:%S")).select(columns).rows()


def told(workspace: Workspace, tmp_path: Path, *messages: str) -> list[tuple[object, ...]]:
    one(workspace, log(tmp_path / "auth.log", *(FRONT + message for message in messages)), year=2025)
    return sessions(workspace, "account_id", "event", "ip", "client", "device")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Accepted password for ana from 81.167.144.58 port 4711 ssh2",
         ("ana@box", "login", "81.167.144.58", "ssh password", None)),
        ("Accepted publickey for ana from 2a01:4f8::1 port 4711 ssh2: ED25519 SHA256:abc+/9",
         ("ana@box", "login", "2a01:4f8::1", "ssh publickey", "SHA256:abc+/9")),
        ("Accepted keyboard-interactive/pam for ana from 81.167.144.58 port 4711 ssh2",
         ("ana@box", "login", "81.167.144.58", "ssh keyboard-interactive/pam", None)),
        ("Failed password for ana from 81.167.144.58 port 4711 ssh2",
         ("ana@box", "login_failed", "81.167.144.58", "ssh password", None)),
        ("Failed password for invalid user oracle from 81.167.144.58 port 4711 ssh2",
         ("oracle@box", "login_failed", "81.167.144.58", "ssh password", None)),
        ("Failed password for illegal user oracle from 81.167.144.58 port 4711 ssh2",
         ("oracle@box", "login_failed", "81.167.144.58", "ssh password", None)),
        ("Failed password for invalid user root from 8.8.8.8 port 1 ssh2 from 81.167.144.58 port 4711 ssh2",
         ("root from 8.8.8.8 port 1 ssh2@box", "login_failed", "81.167.144.58", "ssh password", None)),
        ("Failed password for invalid user a from 8.8.8.8 port 1 ssh2: x from 81.167.144.58 port 4711 ssh2",
         ("a from 8.8.8.8 port 1 ssh2: x@box", "login_failed", "81.167.144.58", "ssh password", None)),
    ],
)  # fmt: skip
def test_an_attempt_is_a_session_event(workspace, tmp_path, message, expected):
    assert told(workspace, tmp_path, message) == [expected]


def test_what_else_is_said_about_an_attempt_counts_as_blank(workspace, tmp_path):
    others = [
        "Invalid user oracle from 81.167.144.58",
        "input_userauth_request: invalid user oracle [preauth]",
        "pam_unix(sshd:auth): check pass; user unknown",
        "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=81.167.144.58  user=root",
        "PAM 5 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=81.167.144.58  user=root",
        "Failed none for invalid user oracle from 81.167.144.58 port 4711 ssh2",
        "Failed password for invalid user  from 81.167.144.58 port 4711 ssh2",
        "Connection closed by authenticating user root 81.167.144.58 port 4711 [preauth]",
        "Received disconnect from 81.167.144.58: 11: Bye Bye [preauth]",
        "pam_unix(sshd:session): session opened for user ana(uid=1000) by (uid=0)",
        "Invalid user Accepted password for root from 8.8.8.8 port 1 ssh2 from 81.167.144.58 port 4711",
    ]
    lines = [FRONT + other for other in others] + [
        "",
        "Dec 10 06:55:46 box CRON[1]: Failed password for a from b port 1",
    ]
    report = one(
        workspace, log(tmp_path / "auth.log", *lines, FRONT + "Failed password for x from 9.9.9.9 port 1"), year=2025
    )
    assert (report.read, report.accepted, report.blank, report.quarantined) == (14, 1, 13, 0)
    assert "12 lines about other things passed over, counted as blank" in report.message


def test_repeated_messages_count_as_often_as_they_say_up_to_what_one_connection_can(workspace, tmp_path):
    said = "message repeated {} times: [ Failed password for root from 81.167.144.58 port 4711 ssh2]"
    lines = [FRONT + said.format(times) for times in (5, 50, 51, 999_999_999)]
    report = one(workspace, log(tmp_path / "auth.log", *lines), year=2025)
    assert sessions(workspace, "account_id", "line") == [("root@box", 1)] * 5 + [("root@box", 2)] * 50
    assert (report.accepted, dict(report.reasons)) == (2, {"bad_line": 2})


def test_pam_counts_where_it_writes_under_its_own_name(workspace, tmp_path):
    front = "Jun 15 02:04:59 combo sshd(pam_unix)[{}]: "
    lines = [
        front.format(1)
        + "authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=81.167.144.58  user=root",
        front.format(2) + "authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=81.167.144.58 ",
        front.format(3)
        + "2 more authentication failures; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=zummit.com  user=root",
        front.format(4) + "session opened for user test by (uid=509)",
        front.format(5) + "session opened for user test by (uid=509)",
        front.format(5) + "session closed for user test",
    ]
    one(workspace, log(tmp_path / "messages", *lines), year=2005)
    assert sessions(workspace, "account_id", "event", "ip", "ip_block") == [
        ("root@combo", "login_failed", "81.167.144.58", "81.167.144.0/24"),
        ("root@combo", "login_failed", "zummit.com", None),
        ("root@combo", "login_failed", "zummit.com", None),
        ("test@combo", "login", None, None),
        ("test@combo", "login", None, None),
    ]


def test_a_changed_password_is_an_event(workspace, tmp_path):
    line = "2025-12-10T06:55:46Z box passwd[9]: pam_unix(passwd:chauthtok): password changed for ana"
    one(workspace, log(tmp_path / "auth.log", line))
    assert sessions(workspace, "account_id", "event") == [("ana@box", "reset_done")]


@pytest.mark.parametrize(
    "front",
    [
        "Dec 10 06:55:46 box sshd[24200]: ",
        "<38>Dec 10 06:55:46 box sshd[24200]: ",
        "Dec 10 2025 06:55:46 box sshd[24200]: ",
        "2025-12-10T06:55:46Z box sshd[24200]: ",
        "2025-12-10T07:55:46.000000+01:00 box sshd-session[24200]: ",
        "2025-12-10T06:55:46+0000 box sshd[24200]: ",
        "<38>1 2025-12-10T06:55:46Z box sshd 24200 - - ",
    ],
)
def test_every_style_of_line_says_the_same(workspace, tmp_path, front):
    said = log(tmp_path / "auth.log", front + "Accepted password for ana from 81.167.144.58 port 4711 ssh2")
    one(workspace, said, year=2025)
    assert sessions(workspace, "account_id", "at", "event") == [("ana@box", "2025-12-10 06:55:46", "login")]


def test_the_journal_as_json_says_the_same(workspace, tmp_path):
    record = '{"__REALTIME_TIMESTAMP":"1765349746000000","_HOSTNAME":"box","SYSLOG_IDENTIFIER":"%s","_PID":"1","MESSAGE":"%s"}'
    lines = [
        record % ("sshd", "Accepted password for ana from 81.167.144.58 port 4711 ssh2"),
        record % ("cron", "Accepted password for ana from 81.167.144.58 port 4711 ssh2"),
    ]
    report = one(workspace, log(tmp_path / "journal.json", *lines))
    assert (report.accepted, report.blank, report.format) == (1, 1, "sshd log (jsonl)")
    assert sessions(workspace, "account_id", "at", "event") == [("ana@box", "2025-12-10 06:55:46", "login")]


ATTEMPT = " 06:55:46 box sshd[1]: Failed password for root from 81.167.144.58 port 4711 ssh2"


@pytest.mark.parametrize(
    ("name", "year", "first"),
    [
        ("auth.log", 2023, "2023-12-31 06:55:46"),
        ("auth.log-20240107", None, "2023-12-31 06:55:46"),
        ("auth-2022-12-31.log", None, "2022-12-31 06:55:46"),
        ("auth_2021.log", None, "2021-12-31 06:55:46"),
        ("auth_2021.log", 2023, "2023-12-31 06:55:46"),
    ],
)
def test_the_year_is_told_or_named_and_turns_with_december(workspace, tmp_path, name, year, first):
    days = ("Dec 31", "Jan  1", "Dec 31", "Jan  2", "Jul  1")
    lines = [day + ATTEMPT.replace("4711", f"471{place}") for place, day in enumerate(days)]
    report = one(workspace, log(tmp_path / name, *lines), year=year)
    following = str(int(first[:4]) + 1)
    assert sessions(workspace, "at") == [
        (first,), (f"{following}-01-01 06:55:46",), (first,), (f"{following}-01-02 06:55:46",), (f"{following}-07-01 06:55:46",),
    ]  # fmt: skip
    assert f"carry no year: {first[:4]} was taken" in report.message


def test_a_log_without_any_year_is_refused_in_one_sentence(tmp_path):
    with pytest.raises(BadExport, match=r"auth\.log: the times of this log carry no year") as refused:
        open_table(log(tmp_path / "auth.log", "Dec 31" + ATTEMPT), ReadingOptions())[1].sample()
    assert "--year" in (refused.value.hint or "")


def test_impossible_times_and_lines_without_a_front_are_set_aside(workspace, tmp_path):
    lines = [
        "Feb 29" + ATTEMPT, "Feb 30" + ATTEMPT, "Mar  1" + ATTEMPT.replace("06:55", "25:99"), "Foo  1" + ATTEMPT, "no log line",
        "\tcontinued", "-- Boot 4711 --", b"Mar  1" + ATTEMPT.encode().replace(b"root", b"r\xffot"),
        "Mar  2" + ATTEMPT.replace("root", "r\x00t"), "Mar  2" + ATTEMPT, "Mar  3 06:55:46 box kernel: \xe9" + "x" * 70_000,
    ]  # fmt: skip
    report = one(workspace, log(tmp_path / "auth.log", *lines), year=2025)
    assert dict(report.reasons) == {"bad_timestamp": 4, "bad_line": 1, "encoding": 1, "bad_id": 1}
    assert (report.read, report.accepted, report.blank) == (11, 1, 3)
    kept = current_facts(workspace).scan("quarantine").sort("line").select("line", "original").collect().rows()
    assert kept[4] == (5, b"no log line")


PIECES = st.sampled_from([
    "Dec 10 06:55:46 ", "Feb 30 06:55:46 ", "2025-12-10T06:55:46Z ", "box ", "sshd[1]: ", "sshd(pam_unix)[1]: ", "passwd: ", " ",
    "Failed password for ", "Accepted publickey for ", "invalid user ", "root", " from ", "81.167.144.58", " port 1 ssh2", ": RSA SHA256:x",
    "message repeated 3 times: [ ", "message repeated 99999999999 times: [ ", "]", "authentication failure; rhost=", "  user=root", "\x00",
])  # fmt: skip


@given(st.lists(st.one_of(st.lists(PIECES, max_size=9).map("".join), st.text(max_size=20)), max_size=12))
def test_every_line_is_accepted_set_aside_or_counted_as_blank(lines: list[str]):
    text = "\n".join(["Dec 10 06:55:46 box sshd[1]: x", *lines]).encode("utf-8", "replace")
    options = ReadingOptions(year=2025)
    table = open_log(utf8_text(iter([text]), "auth.log", options), "auth.log", options)
    for chunk in table.chunks():
        got = canonicalise(chunk, SSHD.profile, options)
        places = [*got.accepted, *(fault.line for fault in (*chunk.faults, *got.faults))]
        assert len(places) == len(set(places))
        assert len(places) + got.passed_over + chunk.blank == text.count(b"\n") + (not text.endswith(b"\n"))
        assert set(got.frames["sessions"]["line"]) == set(got.accepted)


def test_tables_are_no_logs(tmp_path):
    table = log(tmp_path / "s.csv", "account_id,at,event", *["ana,2025-12-10 06:55:46,login"] * 30)
    assert open_table(table, ReadingOptions())[0] == "csv"


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "read", "accepted", "rows", "logins"),
    [("loghub_OpenSSH_2k.log.gz", 2000, 521, 529, 1), ("loghub_Linux_2k.log.gz", 2000, 408, 408, 36)],
)
def test_real_logs(workspace, shared, name, read, accepted, rows, logins):
    path = shared / "data" / "raw" / name
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    attempts = [
        line
        for line in lines
        if "Failed password" in line
        or "Accepted " in line
        or " user=" in line.split("sshd(pam_unix)")[-1]
        or "session opened" in line
    ]
    attempts = [line for line in attempts if "pam_unix(sshd:" not in line and "PAM " not in line]
    attempts = [line for line in attempts if " sshd[" in line or " sshd(" in line]
    assert len(attempts) == accepted
    report = one(workspace, path, year=2016)
    assert (report.read, report.accepted, report.blank, report.quarantined) == (read, accepted, read - accepted, 0)
    events = [event for (event,) in sessions(workspace, "event")]
    assert (len(events), events.count("login")) == (rows, logins)
