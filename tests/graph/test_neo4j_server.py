"""The server that the tests run against: real, shut to the outside, and able to come back from a kill."""

from pathlib import Path

import psutil
import pytest
from neo4j.exceptions import ClientError

from tests.graph.neo4j_server import TestServer

pytestmark = pytest.mark.neo4j


def test_what_was_committed_is_there_after_a_kill(neo4j_server: TestServer):
    neo4j_server.run("CREATE (:Kept {number: $number})", number=7)
    neo4j_server.kill()
    neo4j_server.start()
    found = neo4j_server.run("MATCH (k:Kept) WITH k, k.number AS number DELETE k RETURN number").records
    assert [row["number"] for row in found] == [7]


def test_the_server_reads_no_file_for_a_query(neo4j_server: TestServer, tmp_path: Path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b")
    with pytest.raises(ClientError, match=r"(?i)cannot load|not allowed|disabled"):
        neo4j_server.run("LOAD CSV FROM $file AS row RETURN row", file=secret.as_uri())


def test_the_server_listens_on_loopback_only(neo4j_server: TestServer):
    assert neo4j_server.process is not None
    ties = psutil.Process(neo4j_server.process.pid).net_connections("tcp")
    heard = {(tie.laddr.ip.removeprefix("::ffff:"), tie.laddr.port) for tie in ties if tie.status == "LISTEN"}
    assert {("127.0.0.1", neo4j_server.bolt), ("127.0.0.1", neo4j_server.http)} == heard
