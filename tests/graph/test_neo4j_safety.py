"""Which servers are unsafe: by address alone, and by what a real one allows."""

from pathlib import Path

import pytest

from graph.errors import BadSetting, StoreFault
from graph.neo4j.load import ensure_schema
from graph.neo4j.safety import (
    is_open_to_listeners,
    missing_schema,
    reads_files,
    refuse_open,
    schema_version,
    takes_any_login,
    takes_first_password,
)
from graph.neo4j.server import Login, Neo4jServer
from tests.graph.neo4j_server import TestServer, running_server


@pytest.mark.parametrize(
    ("url", "is_open"),
    [
        ("bolt://localhost:7687", False),
        ("bolt://127.0.0.1", False),
        ("neo4j://[::1]:7687", False),
        ("bolt://127.8.8.8", False),
        ("bolt://LOCALHOST.", False),
        ("bolt://10.0.0.5:7687", True),
        ("neo4j://db.example", True),
        ("bolt://localhost.evil.example", True),
        ("bolt://0.0.0.0", True),
        ("bolt+s://db.example:7687", False),
        ("bolt+ssc://10.0.0.5", False),
        ("neo4j+s://abc.databases.neo4j.io", False),
    ],
)
def test_a_plain_address_is_safe_on_this_machine_alone(url: str, is_open: bool):
    assert is_open_to_listeners(url) is is_open
    if is_open:
        with pytest.raises(BadSetting, match="is not encrypted and not on this machine"):
            refuse_open(url)
    else:
        refuse_open(url)


@pytest.mark.neo4j
def test_a_server_that_is_shut_is_told_from_one_that_is_open(neo4j_server: TestServer, tmp_path: Path):
    with Neo4jServer(neo4j_server.url, Login("neo4j", neo4j_server.password)) as shut:
        assert not reads_files(shut)
        ensure_schema(shut)
        assert missing_schema(shut) == ()
        assert schema_version(shut) is not None
        neo4j_server.run("DROP INDEX account_handle")
        assert missing_schema(shut) == ("account_handle",)
        ensure_schema(shut)
    assert not takes_any_login(neo4j_server.url)
    assert not takes_first_password(neo4j_server.url)
    everything = "dbms.security.auth_enabled=false", "dbms.security.allow_csv_import_from_file_urls=true"
    with running_server(tmp_path / "open", *everything) as server:
        assert takes_any_login(server.url)
        with Neo4jServer(server.url, Login("neo4j", "any")) as open_one:
            assert reads_files(open_one)
            assert schema_version(open_one) is None


@pytest.mark.neo4j
def test_the_first_password_is_found_while_nobody_changed_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(TestServer, "_log_in", answers)
    with running_server(tmp_path / "new") as server:
        assert takes_first_password(server.url)
        assert not takes_any_login(server.url)


def answers(server: TestServer) -> None:
    """Wait for the server and leave its password as it is."""
    try:
        takes_first_password(server.url)
    except StoreFault as away:
        raise OSError from away
