"""Reading a text that was hidden: written to the audit log before the words are shown."""

from datetime import UTC, datetime

from casework.actors import Actor, Permission, require
from casework.audit_log import append_event
from casework.canonical import content_hash
from casework.work_store import WorkStore
from graph.errors import FlockwatchError

READ_POST = "read the text of a post"


class RefusedReading(FlockwatchError):
    """The reading was not written down, so nothing may be shown."""


def record_reading(store: WorkStore, *, actor: Actor, post_id: str, reason: str) -> None:
    """Append who reads which post, when, and the hash of why; durable when it returns, and only then show the words.

    The log carries ids and hashes, never the reason's or the post's words. Each call is an event: two looks are two lines.
    Raises NotAllowed, RefusedReading (blank reason), WorkspaceBusy, StoreFault.
    """
    require(actor, Permission.READ_TEXT)
    if not any(letter.isalnum() for letter in reason):
        raise RefusedReading("Reading a post needs a reason.", "Say in a few words why; its fingerprint is kept.")
    said, at = content_hash({"reason": reason.strip()}), datetime.now(UTC)
    content = content_hash({"post_id": post_id})
    store.write(lambda connection: append_event(connection, actor, READ_POST, post_id, content, said, at))
