"""What people decide about clusters: appended, with who, when and why; a correction is another entry that names the first."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import polars as pl
import sqlalchemy as sa

from casework.actors import Actor, Permission, note_for, require
from casework.audit_log import append_event, utc_text
from casework.canonical import content_hash
from casework.tables import DECISIONS
from casework.victims import victims_among
from casework.work_store import WorkStore
from graph.errors import FlockwatchError, NothingThere
from graph.runs import StoredRun

DECISION_RECORDED = "decision.recorded"  # the action in the audit log
MAX_REASON = 4_000  # letters; about a printed page, past which a reason is a document that belongs beside the case
MAX_KEY = 200  # the width of the column


class RefusedDecision(FlockwatchError):
    """The decision was not recorded, and why."""


class Verdict(StrEnum):
    """What a person says about a cluster."""

    VIOLATING = "violating"
    NOT_VIOLATING = "not_violating"
    UNSURE = "unsure"
    SECURE = "secure"  # the owners lost the accounts: secure and contact, never suspend


VERDICT_TITLES: Mapping[str, str] = {
    Verdict.VIOLATING.value: "violating",
    Verdict.NOT_VIOLATING.value: "not violating",
    Verdict.UNSURE.value: "unsure",
    Verdict.SECURE.value: "secure the owners",
}
PUNISHING = frozenset(
    {Verdict.VIOLATING}
)  # what it leads to falls on whoever is in the cluster, so victims must be kept out of it


@dataclass(frozen=True, slots=True)
class Decision:
    """One recorded decision. `number` is the order of recording; `at` is UTC; `corrects` names the entry it replaces."""

    decision_id: str
    number: int
    key: str
    run_id: str
    cluster_id: str
    verdict: Verdict
    reason: str
    actor: str
    role: str
    note: str
    at: datetime
    corrects: str | None


def decide(
    store: WorkStore,
    *,
    run: StoredRun,
    cluster_id: str,
    verdict: Verdict | str,
    reason: str,
    actor: Actor,
    key: str | None = None,
    corrects: str | None = None,
    owners_spared: bool = False,
) -> Decision:
    """Record one decision and its line in the audit log, in one transaction; durable when it returns.

    A PUNISHING verdict on a cluster with victims among its members is refused unless the author says by `owners_spared`
    that their owners are not meant; the note of the decision then says so, for whoever acts on it.

    `key` makes a repeated call safe: the same key with the same content returns the first decision. Make one per
    click, before the click; without one, every call is a new decision.
    Raises NotAllowed, NothingThere (no such cluster in the run, no such decision to correct), RefusedDecision
    (blank or long reason, key already used for something else, entry already corrected, victims not spared), WorkspaceBusy.
    """
    require(actor, Permission.DECIDE)
    wanted = _wanted(run, cluster_id, verdict, reason, actor, corrects, owners_spared)
    chosen_key = _checked_key(key) if key is not None else uuid.uuid4().hex
    return store.write(lambda connection: record(connection, wanted, chosen_key, actor))


def decisions(store: WorkStore, cluster_id: str | None = None) -> list[Decision]:
    """Every decision, or those on one cluster, corrected ones included, in the order of recording."""
    chosen = sa.select(DECISIONS).order_by(DECISIONS.c.number)
    if cluster_id is not None:
        chosen = chosen.where(DECISIONS.c.cluster_id == cluster_id)
    with store.reading() as connection:
        return [_as_decision(row) for row in connection.execute(chosen).mappings()]


def standing(store: WorkStore, cluster_id: str) -> Decision | None:
    """The newest decision on the cluster that nobody corrected; None when there is none."""
    return newest_standing(decisions(store, cluster_id))


def newest_standing(said: list[Decision]) -> Decision | None:
    """As `standing`, among decisions at hand."""
    corrected = {decision.corrects for decision in said}
    left = [decision for decision in said if decision.decision_id not in corrected]
    return max(left, key=lambda decision: decision.number, default=None)


def decision_content(row: Mapping[Any, Any]) -> str:
    """The hash of a decision that its line in the audit log carries."""
    return content_hash({str(name): value for name, value in row.items() if name != "number"})


def _wanted(
    run: StoredRun,
    cluster_id: str,
    verdict: Verdict | str,
    reason: str,
    actor: Actor,
    corrects: str | None,
    owners_spared: bool,
) -> dict[str, Any]:
    """The decision as far as its author gives it, checked."""
    _require_cluster(run, cluster_id)
    chosen = _checked_verdict(verdict)
    text = _checked_reason(reason)
    spared = _victims_spared(run, cluster_id, chosen, owners_spared)
    return {
        "run_id": run.run_id,
        "cluster_id": cluster_id,
        "verdict": chosen.value,
        "reason": text,
        "actor": actor.name,
        "role": actor.role,
        "note": "; ".join(filter(None, (note_for(actor), spared))),
        "corrects": corrects,
    }


def _victims_spared(run: StoredRun, cluster_id: str, verdict: Verdict, owners_spared: bool) -> str:
    """What the note says of victims where the verdict is punishing; refuses it where its author has not thought of them."""
    victims = victims_among(run, cluster_id) if verdict in PUNISHING else None
    if victims is None or not victims.count:
        return ""
    if not owners_spared:
        raise RefusedDecision(
            f"{victims.said}: their owners lost the accounts and are not to be punished.",
            f"Decide {Verdict.SECURE.value!r}; or say that the owners are not meant, by the box on the page or --owners-spared.",
        )
    return f"{victims.said} and not meant"


def _require_cluster(run: StoredRun, cluster_id: str) -> None:
    if run.scan("clusters").filter(pl.col("cluster_id") == cluster_id).select(pl.len()).collect().item() == 0:
        raise NothingThere(
            f"The run {run.run_id} has no cluster {cluster_id[:80]!r}.", "flockwatch clusters lists those it has."
        )


def _checked_verdict(verdict: Verdict | str) -> Verdict:
    try:
        return Verdict(verdict)
    except ValueError as fault:
        known = ", ".join(Verdict)
        raise RefusedDecision(f"{str(verdict)[:80]!r} is not a verdict.", f"Choose one of: {known}.") from fault


def _checked_reason(reason: str) -> str:
    text = reason.strip()
    if not any(letter.isalnum() for letter in text):
        raise RefusedDecision(
            "A decision needs a reason.", "Say in a sentence what you saw; it is kept with your name."
        )
    if len(text) > MAX_REASON:
        raise RefusedDecision(
            f"The reason has {len(text):,} letters; {MAX_REASON:,} are the most.", "Shorten it, and attach the rest."
        )
    _require_storable(text, "The reason")
    return text


def _checked_key(key: str) -> str:
    if not key.strip() or len(key) > MAX_KEY:
        raise RefusedDecision(f"A key has 1 to {MAX_KEY} letters; this one has {len(key)}.", "Leave --key out.")
    _require_storable(key, "The key")
    return key


def _require_storable(text: str, what: str) -> None:
    """Half a character and NUL cannot be kept in every database (PostgreSQL refuses both)."""
    try:
        text.encode()
    except UnicodeEncodeError as fault:
        raise RefusedDecision(
            f"{what} holds a broken character at place {fault.start + 1}.", "Type it anew."
        ) from fault
    if "\0" in text:
        raise RefusedDecision(f"{what} holds a NUL character at place {text.index(chr(0)) + 1}.", "Type it anew.")


def record(connection: sa.Connection, wanted: dict[str, Any], key: str, actor: Actor) -> Decision:
    """Inside the caller's transaction: the decision and its line in the audit log, or the first one of that key.

    `wanted` holds every column but id, key and time, checked.
    """
    first = _row(connection, DECISIONS.c.idempotency_key == key)
    if first is not None:
        return _same_or_refused(first, wanted, key)
    if wanted["corrects"] is not None:
        _require_correctable(connection, wanted["corrects"], wanted["cluster_id"])
    at = datetime.now(UTC)
    row = {
        **wanted,
        # From the key, which is unique: so the same click has the same id on every try.
        "decision_id": hashlib.sha256(key.encode()).hexdigest()[:24],
        "idempotency_key": key,
        "at": utc_text(at),
    }
    connection.execute(DECISIONS.insert().values(row))
    reason = hashlib.sha256(wanted["reason"].encode()).hexdigest()
    append_event(connection, actor, DECISION_RECORDED, row["decision_id"], decision_content(row), reason, at)
    recorded = _row(connection, DECISIONS.c.idempotency_key == key)
    assert recorded is not None  # noqa: S101 - written three lines above, in this transaction
    return _as_decision(recorded)


def _same_or_refused(first: sa.RowMapping, wanted: dict[str, Any], key: str) -> Decision:
    different = sorted(name for name, value in wanted.items() if first[name] != value)
    if different:
        raise RefusedDecision(
            f"The key {key[:80]!r} already stands for another decision (different: {', '.join(different)}).",
            "Use a new key for a new decision; to change one, correct it.",
        )
    return _as_decision(first)


def _require_correctable(connection: sa.Connection, decision_id: str, cluster_id: str) -> None:
    corrected = _row(connection, DECISIONS.c.decision_id == decision_id)
    if corrected is None or corrected["cluster_id"] != cluster_id:
        raise NothingThere(
            f"There is no decision {decision_id[:80]!r} on the cluster {cluster_id[:80]!r} to correct.",
            "flockwatch decide without --corrects records a new one.",
        )
    later = _row(connection, DECISIONS.c.corrects == decision_id)
    if later is not None:
        raise RefusedDecision(
            f"The decision {decision_id} was already corrected by {later['decision_id']}.", "Correct that one instead."
        )


def _row(connection: sa.Connection, where: sa.ColumnElement[bool]) -> sa.RowMapping | None:
    return connection.execute(sa.select(DECISIONS).where(where)).mappings().one_or_none()


def _as_decision(row: sa.RowMapping) -> Decision:
    said = dict(row)
    said["key"] = said.pop("idempotency_key")
    said["verdict"] = Verdict(said["verdict"])
    said["at"] = datetime.fromisoformat(said["at"])
    return Decision(**said)


def plain(decision: Decision) -> dict[str, Any]:
    """A decision as it stands in decisions.json and in `--json`."""
    return {**asdict(decision), "verdict": decision.verdict.value, "at": utc_text(decision.at)}
