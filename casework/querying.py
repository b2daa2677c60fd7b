"""Asking the team's graph at the query desk: written to the audit log before the query runs."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from casework.actors import Actor, Permission, require
from casework.audit_log import append_event
from casework.canonical import content_hash
from casework.work_store import WorkStore

QUERY_GRAPH = "query the graph"
FREE = "cypher"  # stands where the name of a recipe would


def record_query(store: WorkStore, *, actor: Actor, recipe: str, cypher: str, given: Mapping[str, Any]) -> None:
    """Append who asks what, when: the recipe (FREE for a text of one's own), and the hash of the text and what was given.

    Durable when it returns, and only then run the query. Raises NotAllowed, WorkspaceBusy, StoreFault.
    """
    require(actor, Permission.QUERY)
    content = content_hash({"cypher": cypher, "given": dict(given)})
    at, reason = datetime.now(UTC), content_hash({"reason": ""})
    store.write(lambda connection: append_event(connection, actor, QUERY_GRAPH, recipe, content, reason, at))
