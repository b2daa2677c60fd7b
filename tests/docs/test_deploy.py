"""The files a team sets its server up with: shut where they must be, without a password, and read by a real server."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from graph.neo4j.safety import reads_files, takes_any_login, takes_first_password
from graph.neo4j.server import Login, Neo4jServer
from tests.graph.neo4j_server import running_server

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.fixture
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    return found


def conf_lines() -> list[str]:
    lines = (DEPLOY / "neo4j.conf").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_every_port_is_on_loopback(services: dict[str, Any]):
    ports = [port for service in services.values() for port in service["ports"]]
    assert len(ports) == 3
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_passwords_come_from_the_environment_and_none_is_written_down(services: dict[str, Any]):
    wanted = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text("utf-8")))
    named = dict(
        line.split("=", 1) for line in (DEPLOY / "env.example").read_text("utf-8").splitlines() if line[:1] not in "#"
    )
    assert wanted == set(named) == {"FLOCKWATCH_NEO4J_PASSWORD", "FLOCKWATCH_POSTGRES_PASSWORD"}
    assert set(named.values()) == {""}
    assert services["neo4j"]["environment"]["NEO4J_AUTH"].startswith("neo4j/${FLOCKWATCH_NEO4J_PASSWORD:?")


def test_the_server_is_the_official_community_image_with_our_conf(services: dict[str, Any]):
    assert services["neo4j"]["image"] == "neo4j:5.26-community"
    assert "./neo4j.conf:/conf/neo4j.conf:ro" in services["neo4j"]["volumes"]
    assert services["postgres"]["image"].startswith("postgres:")


@pytest.mark.parametrize(
    "line",
    [
        "server.default_listen_address=127.0.0.1",
        "dbms.security.auth_enabled=true",
        "dbms.security.allow_csv_import_from_file_urls=false",
        "server.directories.import=import-nothing",
        "dbms.security.procedures.unrestricted=",
        "dbms.usage_report.enabled=false",
        "server.memory.heap.max_size=2g",
        "server.memory.pagecache.size=2g",
    ],
)
def test_the_conf_is_hardened(line: str):
    assert line in conf_lines()


@pytest.mark.neo4j
def test_a_real_server_starts_with_the_conf_and_is_safe(tmp_path: Path):
    """Ports and memory are the test's; every other line is taken as it stands, and unknown ones would stop the server."""
    kept = [
        line
        for line in conf_lines()
        if not re.match(r"server\.(bolt|http|memory|default_listen|https)|\w*\.?memory|dbms\.memory", line)
    ]
    assert len(kept) >= 8
    with running_server(tmp_path / "team", *kept) as server:
        assert not takes_any_login(server.url)
        assert not takes_first_password(server.url)
        with Neo4jServer(server.url, Login("neo4j", server.password)) as connection:
            assert not reads_files(connection)


def test_the_style_names_every_label_and_tie_of_the_graph():
    style = (DEPLOY / "flockwatch.grass").read_text("utf-8")
    named = set(re.findall(r"^(?:node|relationship)\.(\w+) \{", style, re.MULTILINE))
    labels = {"Account", "Object", "Entity", "Cluster", "Run"}
    assert named == labels | {"INTERACTED", "ACTED_ON", "COORDINATED", "MEMBER_OF", "NEW_FOR", "TIES"}
    assert style.count("{\n") == style.count("\n}")
