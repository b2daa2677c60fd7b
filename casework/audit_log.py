"""Writing the audit log: one line per event, each naming the hash of the line before, so that a changed past shows."""

from collections.abc import Iterator
from datetime import UTC, datetime

import orjson
import sqlalchemy as sa

from casework.actors import Actor
from casework.canonical import canonical_json, content_hash
from casework.tables import AUDIT_EVENTS
from casework.work_store import WorkStore

NO_EVENT = "0" * 64  # what the first line names as the hash before it
_BATCH = 10_000  # lines read at a time, so that a log of any length passes through little memory


def utc_text(at: datetime) -> str:
    """The one spelling of a moment in the work store: UTC, microseconds, 'Z'."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def append_event(
    connection: sa.Connection, actor: Actor, action: str, object_id: str, content: str, reason: str, at: datetime
) -> None:
    """Add one line inside the caller's transaction.

    `content` and `reason` are hashes, never text: what a line says stays true when the text must be erased by law.
    """
    last = connection.execute(_newest()).scalar()
    event: dict[str, object] = {
        "seq": 1 if last is None else int(orjson.loads(last)["seq"]) + 1,
        "utc": utc_text(at),
        "actor": actor.name,
        "role": actor.role,
        "action": action,
        "object": object_id,
        "content": content,
        "reason": reason,
        "prev": NO_EVENT if last is None else orjson.loads(last)["hash"],
    }
    line = canonical_json({**event, "hash": content_hash(event)})
    connection.execute(AUDIT_EVENTS.insert().values(seq=event["seq"], line=line))


def audit_head(store: WorkStore) -> str:
    """ "seq:hash" of the last line, to be kept where the writers of the log cannot change it; "" for an empty log."""
    with store.reading() as connection:
        last = connection.execute(_newest()).scalar()
    if last is None:
        return ""
    event = orjson.loads(last)
    return f"{event['seq']}:{event['hash']}"


def audit_lines(connection: sa.Connection) -> Iterator[bytes]:
    """Every line of the log as stored, in order."""
    chosen = sa.select(AUDIT_EVENTS.c.line).order_by(AUDIT_EVENTS.c.seq)
    for (line,) in connection.execute(chosen, execution_options={"yield_per": _BATCH}):
        yield line


def _newest() -> sa.Select[bytes]:
    return sa.select(AUDIT_EVENTS.c.line).order_by(AUDIT_EVENTS.c.seq.desc()).limit(1)
