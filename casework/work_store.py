"""The work store: what people decided, kept in a transactional database that survives a crash at any moment."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import Any, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from graph.errors import BadSetting, BadWorkspace, StoreFault, WorkspaceBusy
from graph.workspace import Workspace

REVISIONS = (
    "work_0001",
    "work_0002",
)  # every version this program knows, oldest first; one file each in migrations/versions
BUSY_SECONDS = 5.0  # SECURITY.md section 4: a second process gets its answer within 5 s
_WRITES = "flockwatch_writes"
_NO_TRANSACTION = "flockwatch_no_transaction"
_SAFETY: Mapping[str, Mapping[str, str]] = {
    "journal_mode": {},
    "synchronous": {"0": "off", "1": "normal", "2": "full", "3": "extra"},
    "foreign_keys": {"0": "off", "1": "on"},
}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WorkStore:
    """An open work store. Services write through `write`, which is one transaction; everything else only reads."""

    engine: sa.Engine

    def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work` in one durable transaction and return its answer.

        Another writer in the way: tried again for BUSY_SECONDS, then WorkspaceBusy; nothing is half done. `work` may
        run more than once, so it must look for what it wrote before. Raises StoreFault when the database fails.
        """
        return _patiently(lambda: self._write_once(work))

    def _write_once(self, work: Callable[[sa.Connection], T]) -> T:
        with self.engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
            return work(connection)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one unchanging state of the store while it is open."""
        try:
            with self.engine.connect() as connection, connection.begin():
                yield connection
        except sa.exc.DBAPIError as fault:
            raise _fault(fault) from fault

    def safety(self) -> Mapping[str, str]:
        """What a crash or a lost power supply could take: asked of the open store, in SQLite's words."""
        with self.reading() as connection:
            asked = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in _SAFETY}
        return {name: _SAFETY[name].get(str(value), str(value)) for name, value in asked.items()}

    def close(self) -> None:
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_work_store(place: Workspace | str) -> WorkStore:
    """Open the work store of a workspace, or the one at a `sqlite:///` URL, and bring it to the present version.

    Raises BadWorkspace (and changes nothing) when it is of a newer version or no work store at all, BadSetting for
    a URL of another database, WorkspaceBusy when another process held it for more than BUSY_SECONDS.
    """
    engine = _engine(place)
    try:
        _patiently(lambda: _bring_up(engine))
    except BaseException:
        engine.dispose()
        raise
    return WorkStore(engine)


def _engine(place: Workspace | str) -> sa.Engine:
    try:
        url = sa.URL.create("sqlite", database=str(place.work)) if isinstance(place, Workspace) else sa.make_url(place)
    except sa.exc.ArgumentError as fault:
        raise BadSetting("The address of the work store is not a database URL.", "Write sqlite:///FILE.") from fault
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        raise BadSetting(
            f"A work store in {url.get_backend_name()!r} at {url.database!r} is not supported yet.",
            "Leave --work out, or write sqlite:///FILE.",
        )
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Settings that SQLite forgets between connections."""
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - the engine is built for SQLite in this module alone
    connection.isolation_level = None  # transactions begin where `_begin` says, not where the driver guesses
    connection.execute("PRAGMA foreign_keys = ON")
    # With WAL, only FULL syncs at every commit; NORMAL can lose acknowledged decisions when power fails.
    connection.execute("PRAGMA synchronous = FULL")


def _begin(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(_NO_TRANSACTION):
        # IMMEDIATE: a writer waits at its first step, where waiting is safe, instead of failing at its last.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITES) else "BEGIN")


def _bring_up(engine: sa.Engine) -> None:
    with engine.connect() as connection, connection.begin():
        known = _version(connection, engine.url.database)
    if known is None:
        _use_write_ahead_log(engine)
    if known != REVISIONS[-1]:
        migrate = _migration()  # loaded before the store is locked: others wait for the lock, not for an import
        with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
            migrate(connection)


def _version(connection: sa.Connection, place: str | None) -> str | None:
    """The version of the store, None when it is new; raises BadWorkspace for a newer one and for a foreign database."""
    tables = sa.inspect(connection).get_table_names()
    if not tables:
        return None
    if "alembic_version" not in tables:
        raise BadWorkspace(
            f"{place} is a database, but not a work store of Flockwatch.", "Name another file; nothing was changed."
        )
    version = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    if version not in REVISIONS:
        raise BadWorkspace(
            f"The work store {place} has version {version}; this program knows {REVISIONS[-1]}.",
            "Use the newer Flockwatch that wrote it; nothing was changed.",
        )
    return str(version)


def _use_write_ahead_log(engine: sa.Engine) -> None:
    """Readers do not wait for a writer then. The choice is kept in the file; it cannot be made inside a transaction."""
    with engine.connect().execution_options(**{_NO_TRANSACTION: True}) as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode = WAL").scalar()
    if mode != "wal":
        raise StoreFault(
            f"The work store {engine.url.database} cannot keep a write-ahead log (SQLite answers {mode!r}).",
            "Put the workspace on a local disk.",
        )


def _migration() -> Callable[[sa.Connection], None]:
    from alembic import command  # noqa: PLC0415 - 0.2 s that only a new or an older store has to pay
    from alembic.config import Config  # noqa: PLC0415

    def migrate(connection: sa.Connection) -> None:
        with as_file(files("casework") / "migrations") as steps:
            config = Config()
            config.set_main_option("script_location", str(steps).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, REVISIONS[-1])

    return migrate


def _patiently(work: Callable[[], T]) -> T:
    """`work`, again and again while another writer is in the way, for BUSY_SECONDS in all."""
    until = time.monotonic() + BUSY_SECONDS
    pause = 0.005
    while True:
        try:
            return work()
        except sa.exc.DBAPIError as fault:
            if not (_is_busy(fault) or _is_taken(fault)) or time.monotonic() + pause > until:
                raise _fault(fault) from fault
        time.sleep(pause)
        pause = min(pause * 2, 0.2)


def _is_busy(fault: sa.exc.DBAPIError) -> bool:
    code: Any = getattr(fault.orig, "sqlite_errorcode", 0)
    return (code & 0xFF) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _is_taken(fault: sa.exc.DBAPIError) -> bool:
    """Another writer took the number or the key between our look and our write; the next try sees it."""
    code = getattr(fault.orig, "sqlite_errorcode", 0)
    return code in (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE)


def _fault(fault: sa.exc.DBAPIError) -> StoreFault | WorkspaceBusy | BadWorkspace:
    if _is_busy(fault):
        return WorkspaceBusy(
            f"The work store was in use by another process for more than {BUSY_SECONDS:.0f} s.",
            "Nothing was written; try again.",
        )
    if getattr(fault.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_NOTADB:
        return BadWorkspace("The work store is not a database.", "Restore it from a backup; nothing was changed.")
    return StoreFault(
        f"The work store failed: {fault.orig}.", "Check the disk and its permissions; what was confirmed is kept."
    )
