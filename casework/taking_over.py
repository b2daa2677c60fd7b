"""Taking over an earlier decision on what a cluster was before: another decision, by a person, never by itself."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import polars as pl
import sqlalchemy as sa

from casework.actors import Actor, Permission, note_for, require
from casework.audit_log import append_event
from casework.decisions import PUNISHING, Decision, RefusedDecision, decision_content, record
from casework.tables import DECISIONS
from casework.victims import victims_among
from casework.work_store import WorkStore
from graph.errors import NothingThere
from graph.runs import StoredRun
from graph.schemas import APART_ROLES

DECISION_TAKEN_OVER = "decision.taken_over"  # the action in the audit log; its content is that of the earlier decision


def take_over(
    store: WorkStore,
    *,
    run: StoredRun,
    cluster_id: str,
    earlier: Decision,
    earlier_run: StoredRun,
    actor: Actor,
) -> Decision:
    """Record the verdict and the reason of `earlier` as a decision of `actor` on this cluster; durable when it returns.

    One transaction: the decision, its line in the audit log, and a line that names it and carries the hash of the earlier
    one. The note says which decision it was and how many members are the same. The same person doing it again gets the
    first decision. That the cluster goes on from the earlier one is for the caller to know (detectors.lineage).
    Raises NotAllowed, NothingThere (no such cluster, no such decision), RefusedDecision (no member in common, the earlier
    one was corrected, it punishes and there are victims among the members, or this cluster has a decision that stands),
    WorkspaceBusy.
    """
    require(actor, Permission.DECIDE)
    ours, theirs = members_of(run, cluster_id), members_of(earlier_run, earlier.cluster_id)
    if not ours & theirs:
        raise RefusedDecision(
            f"No member of {cluster_id[:80]!r} was in {earlier.cluster_id[:80]!r}.", "Decide on it anew."
        )
    _require_no_victims(run, cluster_id, earlier)
    wanted: dict[str, Any] = {
        "run_id": run.run_id,
        "cluster_id": cluster_id,
        "verdict": earlier.verdict.value,
        "reason": earlier.reason,
        "actor": actor.name,
        "role": actor.role,
        "note": _note(actor, earlier, len(ours & theirs), len(ours)),
        "corrects": None,
    }
    told = "\0".join((DECISION_TAKEN_OVER, earlier.decision_id, run.run_id, cluster_id, actor.name))
    key = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
    return store.write(lambda connection: _taken_over(connection, wanted, earlier.decision_id, key, actor))


def members_of(run: StoredRun, cluster_id: str) -> frozenset[str]:
    """Who is in the cluster; raises NothingThere when the run has no such cluster."""
    rows = run.scan("members").filter((pl.col("cluster_id") == cluster_id) & ~pl.col("role").is_in(list(APART_ROLES)))
    found = frozenset(rows.select("account_id").collect()["account_id"])
    if not found:
        raise NothingThere(
            f"The run {run.run_id} has no cluster {cluster_id[:80]!r}.", "flockwatch clusters lists those it has."
        )
    return found


def _require_no_victims(run: StoredRun, cluster_id: str, earlier: Decision) -> None:
    victims = victims_among(run, cluster_id) if earlier.verdict in PUNISHING else None
    if victims is not None and victims.count:
        raise RefusedDecision(
            f"{victims.said} in this run: {earlier.verdict.value!r} is not taken over on them.", "Decide on it anew."
        )


def _note(actor: Actor, earlier: Decision, shared: int, size: int) -> str:
    said = f"taken over from decision {earlier.decision_id}, {shared:,} of {size:,} members the same"
    return "; ".join(filter(None, (note_for(actor), said)))


def _taken_over(connection: sa.Connection, wanted: dict[str, Any], earlier_id: str, key: str, actor: Actor) -> Decision:
    again = connection.execute(sa.select(DECISIONS.c.number).where(DECISIONS.c.idempotency_key == key)).scalar()
    if again is not None:
        return record(connection, wanted, key, actor)
    earlier = _standing_row(connection, earlier_id)
    _require_undecided(connection, wanted["cluster_id"])
    made = record(connection, wanted, key, actor)
    reason = hashlib.sha256(made.reason.encode()).hexdigest()
    append_event(
        connection, actor, DECISION_TAKEN_OVER, made.decision_id, decision_content(earlier), reason, datetime.now(UTC)
    )
    return made


def _standing_row(connection: sa.Connection, decision_id: str) -> sa.RowMapping:
    found = connection.execute(sa.select(DECISIONS).where(DECISIONS.c.decision_id == decision_id)).mappings()
    row = found.one_or_none()
    if row is None:
        raise NothingThere(f"There is no decision {decision_id[:80]!r} to take over.", "Decide on the cluster anew.")
    later = connection.execute(sa.select(DECISIONS.c.decision_id).where(DECISIONS.c.corrects == decision_id)).scalar()
    if later is not None:
        raise RefusedDecision(
            f"The decision {decision_id} was corrected by {later}.", "Take that one over, or decide anew."
        )
    return row


def _require_undecided(connection: sa.Connection, cluster_id: str) -> None:
    corrected = sa.select(DECISIONS.c.corrects).where(DECISIONS.c.corrects.is_not(None))
    mine = sa.select(DECISIONS.c.decision_id).where(
        (DECISIONS.c.cluster_id == cluster_id) & DECISIONS.c.decision_id.not_in(corrected)
    )
    stands = connection.execute(mine.limit(1)).scalar()
    if stands is not None:
        raise RefusedDecision(
            f"The cluster {cluster_id[:80]!r} has a decision of its own: {stands}.", "Correct that one, if it is wrong."
        )
