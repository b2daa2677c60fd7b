"""The pages are served on this machine alone, from any folder, under the name that was agreed."""

import socket
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from graph.errors import BadSetting
from investigator_ui.launch import ADDRESS, command, server_settings, start

_OPENER = build_opener(ProxyHandler({}))


def handshake(address: str, host: str, origin: str | None) -> str:
    """The first line of the answer to a WebSocket request under that Host and Origin."""
    name, port = address.removeprefix("http://").split(":")
    lines = [
        "GET /_stcore/stream HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        *([f"Origin: {origin}"] if origin else []),
    ]
    with socket.create_connection((name, int(port)), timeout=20) as raw:
        raw.sendall("\r\n".join([*lines, "", ""]).encode())
        return raw.recv(200).split(b"\r\n")[0].decode()


def test_the_pages_answer_once_their_address_is_known(address):
    with _OPENER.open(address, timeout=20) as answer:
        assert answer.status == 200
        assert b"<title>Streamlit</title>" in answer.read()


def test_the_agreed_names_are_served(address):
    port = address.rsplit(":", 1)[1]
    for host in (f"{ADDRESS}:{port}", f"localhost:{port}"):
        assert handshake(address, host, f"http://{host}").startswith("HTTP/1.1 101")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "0.0.0.0"])  # noqa: S104 - a Host header
def test_another_name_in_the_host_header_is_refused(address, host):
    """DNS rebinding: a page of a stranger reaches this machine under its own name."""
    assert handshake(address, host, f"http://{host}").startswith("HTTP/1.1 403")
    assert handshake(address, host, None).startswith("HTTP/1.1 403")


def test_another_origin_is_refused(address):
    host = address.removeprefix("http://")
    assert handshake(address, host, "http://evil.example").startswith("HTTP/1.1 403")


def test_the_pages_do_not_listen_on_other_addresses(address):
    port = int(address.rsplit(":", 1)[1])
    with socket.socket() as other:
        other.bind(("127.0.0.2", port))  # would fail if the pages had taken every address


def test_no_file_of_the_package_is_served(address):
    for path in ("app.py", "screens/cluster.py", ".streamlit/config.toml", "app/static/app.py"):
        with _OPENER.open(Request(f"{address}/{path}"), timeout=20) as answer:  # noqa: S310 - our own loopback address
            assert b"<title>Streamlit</title>" in answer.read()[:2_000]


def test_every_safety_setting_is_said_on_the_command_line():
    said = command(8_501)
    pairs = list(pairwise(said))
    for name, value in {
        "--server.address": "127.0.0.1",
        "--server.enableCORS": "true",
        "--server.enableXsrfProtection": "true",
        "--browser.gatherUsageStats": "false",
        "--client.showErrorDetails": "none",
        "--client.disableDataExport": "true",
        "--server.allowedHosts": "127.0.0.1",
    }.items():
        assert (name, value) in pairs
    assert "*" not in server_settings(0)["server.allowedHosts"]


def test_a_port_that_is_taken_or_is_none_is_refused(tmp_path):
    with socket.socket() as taken:
        taken.bind((ADDRESS, 0))
        taken.listen()
        with pytest.raises(BadSetting, match="cannot be used"):
            start(tmp_path, taken.getsockname()[1])
    with pytest.raises(BadSetting, match="is not a port"):
        start(tmp_path, 70_000)


def test_launch_prints_the_address_and_ends_with_its_server(built, tmp_path):
    code = f"from pathlib import Path; from investigator_ui.launch import launch; launch(Path({str(built.path)!r}))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=tmp_path, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
        assert line.startswith("The pages are at http://127.0.0.1:")
    port = int(line.split("http://127.0.0.1:")[1].split()[0])
    assert not Path(tmp_path / ".streamlit").exists()
    with socket.socket() as probe:
        assert probe.connect_ex((ADDRESS, port)) != 0
