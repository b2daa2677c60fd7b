"""Start the pages on this machine alone: Streamlit as a child process with every safety setting said on its command line."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from graph.errors import BadSetting, StoreFault

ADDRESS = "127.0.0.1"
WORKSPACE_VARIABLE = "FLOCKWATCH_WORKSPACE"
_PATIENCE = 60.0  # seconds until the pages must answer; a cold start on a slow disk took 12
_APP = Path(__file__).with_name("app.py")


def server_settings(port: int) -> Mapping[str, str | tuple[str, ...]]:
    """What Streamlit is told; a tuple is an option said several times. The command line wins over every configuration file, so no file can weaken these."""
    return {
        "server.address": ADDRESS,
        "server.port": str(port),
        "server.headless": "true",
        "server.enableCORS": "true",
        "server.enableXsrfProtection": "true",
        "server.allowedHosts": (ADDRESS, "localhost"),  # any other name in the Host header is refused: DNS rebinding
        "server.enableStaticServing": "false",
        "server.fileWatcherType": "none",
        "server.runOnSave": "false",
        "browser.gatherUsageStats": "false",
        "client.showErrorDetails": "none",
        "client.disableDataExport": "true",
        "client.toolbarMode": "minimal",
        "logger.level": "warning",
    }


def command(port: int) -> list[str]:
    """The command that serves the pages; independent of the working directory."""
    said = [
        part
        for name, value in server_settings(port).items()
        for one in (value if isinstance(value, tuple) else (value,))
        for part in (f"--{name}", one)
    ]
    return [sys.executable, "-m", "streamlit", "run", str(_APP), *said]


def start(workspace: Path, port: int | None) -> tuple[subprocess.Popen[bytes], str]:
    """Start the server and return it with its address once it answers.

    Raises BadSetting when the port is taken, StoreFault when the server stops or does not answer in time.
    """
    chosen = _checked(port) if port is not None else _free_port()
    environment = {**os.environ, WORKSPACE_VARIABLE: str(workspace.absolute())}
    # sys.executable and our own file: nothing in the command comes from outside.
    server = subprocess.Popen(command(chosen), env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
    address = f"http://{ADDRESS}:{chosen}"
    try:
        _wait(server, address)
    except BaseException:
        stop(server)
        raise
    return server, address


def launch(workspace: Path, port: int | None = None) -> int:
    """Serve the pages until Ctrl-C or a polite kill; prints the address once they answer.

    Returns the exit code of the server, 0 after Ctrl-C. Nothing goes on listening after it returns. Call it from the main
    thread. Raises as `start`.
    """
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        return _serve(workspace, port)
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the shape of a handler
    raise KeyboardInterrupt


def _serve(workspace: Path, port: int | None) -> int:
    server, address = start(workspace, port)
    try:
        # A kill may come as soon as the address is read: from here on it ends the server, too.
        print(f"The pages are at {address}  (this machine only; Ctrl-C stops them)", flush=True)  # noqa: T201 - the command's output
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        stop(server)


def _checked(port: int) -> int:
    if not 1 <= port <= 65_535:
        raise BadSetting(f"--port {port} is not a port.", "Choose one from 1024 to 65535, or leave it out.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as taken:
            raise BadSetting(
                f"Port {port} cannot be used: {taken.strerror}.", "Leave --port out and a free one is chosen."
            ) from taken
    return port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


def _wait(server: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise StoreFault(
                f"The page server stopped with exit code {server.returncode} before it answered.",
                "What it said stands above; flockwatch doctor checks the set-up.",
            )
        try:
            # Always our own loopback address. No proxy may come between.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise StoreFault(f"The page server at {address} did not answer within {_PATIENCE:.0f} s.", "Start it again.")


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server and wait until it is gone."""
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
