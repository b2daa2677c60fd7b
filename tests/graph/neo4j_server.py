"""A real Neo4j for the tests: on free loopback ports, with a password of its own, in a folder that goes away."""

import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import neo4j
import pytest
from neo4j.exceptions import ClientError, DriverError, TransientError

_SECONDS_TO_START = 120  # 8 s on an idle machine; the loaded one with 2 cores needed up to a minute

_CONF = """\
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{bolt}
server.http.listen_address=127.0.0.1:{http}
server.https.enabled=false
server.memory.heap.initial_size=256m
server.memory.heap.max_size={heap_mib}m
server.memory.pagecache.size={page_cache_mib}m
server.directories.import={home}/import
dbms.security.allow_csv_import_from_file_urls=false
dbms.usage_report.enabled=false
db.tx_log.rotation.retention_policy=keep_none
"""


@dataclass(slots=True)
class TestServer:
    """One server process; `kill` and `start` may be called in turn, the data stay."""

    __test__ = False

    home: Path
    heap_mib: int = 512
    page_cache_mib: int = 128
    settings: tuple[str, ...] = ()  # lines of neo4j.conf instead of those of the same name, read at each start
    bolt: int = 0
    http: int = 0
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"bolt://127.0.0.1:{self.bolt}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        if not self.bolt:
            self.prepare()
        self._configure()
        command = ["java", "-XX:+UseSerialGC", "-cp", f"{server_jars()}/*", "org.neo4j.server.CommunityEntryPoint"]
        with (self.home / "out.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, f"--home-dir={self.home}", f"--config-dir={self.home}/conf"],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait()

    def kill(self) -> None:
        """As a power cut would end it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """As an administrator ends it: what is in memory reaches the disk."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def run(self, cypher: str, database: str | None = None, **given: object) -> neo4j.EagerResult:
        """One statement, straight to the server and past our own code."""
        with neo4j.GraphDatabase.driver(self.url, auth=("neo4j", self.password)) as driver:
            return driver.execute_query(cypher, parameters_=given, database_=database)

    def prepare(self) -> None:
        """Ports and settings; `start` does it where it was not done."""
        self.bolt, self.http = _free_ports(2)
        for folder in ("conf", "import"):
            (self.home / folder).mkdir(parents=True)
        self._configure()

    def _configure(self) -> None:
        sizes = {"heap_mib": self.heap_mib, "page_cache_mib": self.page_cache_mib}
        conf = _CONF.format(bolt=self.bolt, http=self.http, home=self.home, **sizes)
        changed = {line.split("=")[0] for line in self.settings}
        kept = [line for line in conf.splitlines() if line.split("=")[0] not in changed]
        (self.home / "conf" / "neo4j.conf").write_text("\n".join([*kept, *self.settings, ""]), "utf-8")

    def _wait(self) -> None:
        until = time.monotonic() + _SECONDS_TO_START
        while True:
            try:
                return self._log_in()
            except (DriverError, TransientError, OSError) as fault:
                ended = self.process is None or self.process.poll() is not None
                if ended or time.monotonic() > until:
                    pytest.fail(f"Neo4j does not start ({fault}): {(self.home / 'out.log').read_text()[-2000:]}")
            time.sleep(0.3)

    def _log_in(self) -> None:
        """The first login must change the password; later ones use it. A server without logins takes any."""
        try:
            with neo4j.GraphDatabase.driver(self.url, auth=("neo4j", self.password)) as driver:
                driver.verify_connectivity()
        except ClientError:
            with neo4j.GraphDatabase.driver(self.url, auth=("neo4j", "neo4j")) as driver:
                change = "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new"
                driver.execute_query(change, new=self.password, database_="system")
        self.run("RETURN 1")  # a server answers before its database does


@contextmanager
def running_server(home: Path, *settings: str, heap_mib: int = 512, page_cache_mib: int = 128) -> Iterator[TestServer]:
    server = TestServer(home, heap_mib, page_cache_mib, settings)
    try:
        server.start()
        yield server
    finally:
        server.kill()


def operators(plan: dict[str, Any]) -> Iterator[str]:
    """The steps of a plan that EXPLAIN gave, each by its name."""
    yield plan["operatorType"]
    for child in plan.get("children", []):
        yield from operators(child)


def server_jars() -> Path:
    """Where scripts/components.sh put the jars of the server."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "flockwatch"
    found = sorted(cache.glob("neo4j-*/lib"))
    if not found:
        pytest.fail("Neo4j is missing: run `make components`, or leave it out aloud with FLOCKWATCH_SKIP=neo4j")
    return found[-1]


def _free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago, all held together so that they differ."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports
