"""The connection to a Neo4j server: who may log in, managed transactions, and every fault as one sentence. Only here lives the driver."""

import logging
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar
from urllib.parse import urlsplit

from neo4j import READ_ACCESS, GraphDatabase, ManagedTransaction, unit_of_work
from neo4j.exceptions import (
    AuthError,
    ConfigurationError,
    ConnectionAcquisitionTimeoutError,
    DriverError,
    IncompleteCommit,
    Neo4jError,
    ServiceUnavailable,
)

from graph.answering.reader import Rows
from graph.errors import BadSetting, FlockwatchError, StoreFault

OLDEST = (5, 26)  # the long-term release the Cypher here is written for
SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")

_CONNECT_SECONDS = 5.0
_RETRY_SECONDS = (
    5.0  # within the driver, for deadlocks and the like; a screen must not wait half a minute for a dead server
)
_READ_SECONDS = 30.0  # the slowest question of the contract may read PATH_ROWS ties
_WRITE_SECONDS = 300.0
_PATIENCE_SECONDS = 120.0  # for writing; a restart after a kill took 8 to 60 s
_PAUSE_SECONDS = 1.0
# A process that is frozen keeps its sockets open, and nobody is told. A connection that lay idle is asked before it is used;
# beside work that takes long, another one is asked whether the server is still there. It has 2 * _CONNECT_SECONDS for that: 15 s in all.
_IDLE_SECONDS = 2.0
_PULSE_SECONDS = 5.0

_CONNECTION = "Start it, or check the address after --graph; nothing was lost."
_LOGIN = "Set FLOCKWATCH_NEO4J_USER and FLOCKWATCH_NEO4J_PASSWORD."

# What a server says to every question once a write to its disk failed; its log has the reason.
_STOPPED = "has encountered a critical error, and needs to be restarted"

_AWAY = (ServiceUnavailable, ConnectionAcquisitionTimeoutError)  # nobody listens, or nobody answers

_log = logging.getLogger(__name__)
logging.getLogger("neo4j").addHandler(
    logging.NullHandler()
)  # its faults are told below; without this they go to stderr
T = TypeVar("T")


class Ask(Protocol):
    """Runs one statement within the transaction and gives all its rows."""

    def __call__(self, cypher: str, /, **given: Any) -> Rows: ...


Work = Callable[[Ask], T]  # may run more than once: what it writes must be the same the second time


@dataclass(frozen=True, slots=True)
class Login:
    """Who asks. The password never shows, not even in a traceback."""

    user: str
    password: str = field(repr=False)


class Neo4jServer:
    """One server and its pool of connections; safe to use from several threads."""

    def __init__(self, url: str, login: Login, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self.url = checked_url(url)
        self.retries = 0  # transactions that were tried again because the server went away
        self._patience = patience_seconds
        with self._faults_told():
            self._driver = GraphDatabase.driver(
                self.url,
                auth=(login.user, login.password),
                connection_timeout=_CONNECT_SECONDS,
                connection_acquisition_timeout=2 * _CONNECT_SECONDS,
                max_transaction_retry_time=_RETRY_SECONDS,
                liveness_check_timeout=_IDLE_SECONDS,
                notifications_min_severity="OFF",
                user_agent="flockwatch",
            )

    def check(self) -> str:
        """The name and version the server gives itself; raises StoreFault when it cannot be used."""
        with self._faults_told():
            agent = self._driver.get_server_info().agent
        refuse_old(agent, self.url)
        return agent

    def read(self, work: Work[T], patient: bool = False) -> T:
        """Run `work` in one read-only transaction, ended by the server when it takes too long.

        A patient reader waits for a server that went away; a screen must not.
        """
        return self._run(work, writing=False, patience=self._patience if patient else 0.0)

    def look(self, use: Callable[[ManagedTransaction], T], seconds: float) -> T:
        """`use` in one read-only transaction of at most that many seconds: for callers that want the plan, or only some rows."""
        with self._faults_told(), self._driver.session(default_access_mode=READ_ACCESS) as session:
            return session.execute_read(unit_of_work(timeout=seconds)(use))

    def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction; when the server goes away, again until it is back or patience ends.

        A commit whose reply was lost may have happened: `work` finds its own traces (see graph.neo4j.load) or is idempotent.
        """
        return self._run(work, writing=True, patience=self._patience)

    def _run(self, work: Work[T], writing: bool, patience: float) -> T:
        until, pause = time.monotonic() + patience, 0.0  # a lost reply alone needs no waiting
        run = _bounded(work, _WRITE_SECONDS if writing else _READ_SECONDS)
        with self._faults_told():
            while True:
                try:
                    return self._watched(partial(self._execute, run, writing))
                except (DriverError, Neo4jError) as fault:
                    # The driver does not retry a commit without a reply: it cannot know that `work` may be repeated.
                    again = fault.is_retryable() or isinstance(fault, (IncompleteCommit, *_AWAY))
                    if not again or time.monotonic() >= until:
                        raise
                    self.retries += 1
                    _log.info("neo4j: trying again (%d), %s", self.retries, type(fault).__name__)
                time.sleep(pause)
                pause = _PAUSE_SECONDS

    def _execute(self, run: Callable[[ManagedTransaction], T], writing: bool) -> T:
        with self._driver.session() as session:
            return session.execute_write(run) if writing else session.execute_read(run)

    def _watched(self, call: Callable[[], T]) -> T:
        """What `call` gives; raises ServiceUnavailable when the server stops answering meanwhile.

        The driver cannot leave a read that waits, so its thread is left behind. If the server wakes up, that thread may still
        commit: to whoever asks again it is a commit whose reply was lost.
        """
        answers: list[T] = []
        faults: list[BaseException] = []

        def run() -> None:
            try:
                answers.append(call())
            except BaseException as fault:
                faults.append(fault)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        while True:
            thread.join(_PULSE_SECONDS)
            if faults:
                raise faults[0]
            if not thread.is_alive():
                return answers[0]
            self._driver.get_server_info()  # asks over a connection of its own, and raises when nobody answers

    def schema(self, cypher: str) -> Rows:
        """A statement about constraints or indexes, or a wait for them; it cannot stand with data in one transaction.

        Of several programs that do this at once the server lets some fall out as deadlocked; those try again.
        """
        until = time.monotonic() + self._patience
        with self._faults_told():
            while True:
                try:
                    return self._watched(partial(self._alone, cypher))
                except (DriverError, Neo4jError) as fault:
                    if isinstance(fault, Neo4jError) and "AlreadyExists" in (fault.code or ""):
                        return []  # IF NOT EXISTS was true when it was asked; another one made it meanwhile
                    if not (fault.is_retryable() or isinstance(fault, _AWAY)) or time.monotonic() >= until:
                        raise
                    self.retries += 1
                time.sleep(_PAUSE_SECONDS * random.random())  # apart, or they meet again  # noqa: S311

    def _alone(self, cypher: str) -> Rows:
        with self._driver.session() as session:
            return list(session.run(cypher))

    def close(self) -> None:
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _faults_told(self) -> Iterator[None]:
        try:
            yield
        except (DriverError, Neo4jError, ConfigurationError) as fault:
            raise told(fault, self.url) from fault


def checked_url(url: str) -> str:
    """The address as it came; raises BadSetting for another scheme, or when it carries a login."""
    try:
        parts = urlsplit(url)
        fine = parts.scheme in SCHEMES and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        fine, parts = False, urlsplit("")
    if "@" in url:
        # The address is not shown: the word before the sign may be a password.
        raise BadSetting("The address of the graph server carries a login; addresses end up in logs.", _LOGIN)
    if not fine or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise BadSetting(f"{url!r} is not the address of a Neo4j server.", "It looks like bolt://localhost:7687.")
    return url


def refuse_old(agent: str, url: str) -> None:
    """Raises StoreFault unless the agent ("Neo4j/5.26.30") is of OLDEST or newer."""
    found = re.match(r"Neo4j/(\d+)\.(\d+)", agent)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise StoreFault(f"The server at {url} is {agent}; Flockwatch needs Neo4j {wanted} or newer.", "Upgrade it.")


def told(fault: Exception, url: str) -> FlockwatchError:
    """The sentence for one fault of the driver or the server."""
    code = (fault.code or "") if isinstance(fault, Neo4jError) else ""
    if "CredentialsExpired" in code:
        hint = "Log in once with cypher-shell and set one, then " + _LOGIN[0].lower() + _LOGIN[1:]
        return StoreFault(f"The graph server at {url} wants its first password changed.", hint)
    if isinstance(fault, AuthError) or ".Security." in code:
        return StoreFault(f"The graph server at {url} refuses the user or the password.", _LOGIN)
    if "TransactionTimedOut" in code:
        return StoreFault(f"The graph server at {url} took too long and was stopped.", "Ask for less, or try again.")
    if disk := _disk_told(code, str(getattr(fault, "message", "")), url):
        return disk
    if isinstance(fault, _AWAY):
        return StoreFault(f"The graph server at {url} does not answer.", _CONNECTION)
    first_line = next(iter(str(getattr(fault, "message", None) or fault).splitlines()), type(fault).__name__)
    return StoreFault(f"The graph server at {url} cannot do it: {first_line}", "What was written before is kept.")


def _disk_told(code: str, message: str, url: str) -> StoreFault | None:
    if "TransactionLogError" in code or _STOPPED in message:
        hint = "Make room on its disk, or mount it writable, and start it again; flockwatch graph sync goes on where it was."
        return StoreFault(f"The graph server at {url} stopped its database: its disk is full or takes no writes.", hint)
    if "ReadOnly" in code:
        hint = (
            "Take read_only out of its neo4j.conf (server.databases.*) and start it again; reading goes on meanwhile."
        )
        return StoreFault(f"The graph server at {url} takes no writes: its database is set to read-only.", hint)
    if "DatabaseUnavailable" in code:
        hint = "Wait for it; if it stays so its debug.log says why: after a crash it must be started writable once."
        return StoreFault(f"The graph server at {url} answers, but its database has not started.", hint)
    return None


def _bounded(work: Work[T], seconds: float) -> Callable[[ManagedTransaction], T]:
    @unit_of_work(timeout=seconds)
    def run(transaction: ManagedTransaction) -> T:
        def ask(cypher: str, /, **given: Any) -> Rows:
            return list(transaction.run(cypher, given))

        return work(ask)

    return run
