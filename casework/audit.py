"""Proving the audit log: every line sound and in its place, the end where a head kept outside says, decisions as recorded."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import orjson
import sqlalchemy as sa

from casework.audit_log import NO_EVENT, append_event, audit_head, audit_lines
from casework.canonical import canonical_json
from casework.decisions import DECISION_RECORDED, decision_content
from casework.tables import DECISIONS
from casework.work_store import WorkStore
from graph.errors import BadSetting

__all__ = ["AuditReport", "append_event", "audit_head", "verify", "verify_lines"]  # the log, in one place for callers


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a check of the log says. `head` is "seq:hash" of the last line ("" for an empty log); `first_bad` counts from 1."""

    ok: bool
    events: int
    head: str
    first_bad: int | None
    said: str


@dataclass(frozen=True, slots=True)
class _Link:
    """A line that was found sound."""

    seq: int
    hash: str
    utc: str
    action: str
    object: str
    content: str


_BEFORE_THE_FIRST = _Link(0, NO_EVENT, "", "", "", "")


def verify(store: WorkStore, head: str | None = None) -> AuditReport:
    """Check every line and every decision, and against `head` ("seq:hash", kept outside) that no end is missing.

    Without `head`, a log that was cut at its end or rewritten as a whole cannot be told from a sound one; `said` says so.
    Raises BadSetting when `head` is not of that form.
    """
    wanted = _parse_head(head)
    recorded: dict[str, _Link] = {}
    with store.reading() as connection:
        report = _walk(audit_lines(connection), wanted, recorded)
        return _with_decisions(report, connection, recorded) if report.ok else report


def verify_lines(lines: Iterable[bytes], head: str | None = None, after: str | None = None) -> AuditReport:
    """As `verify`, for the lines of a log alone (without line ends); `after` is the head that they continue from."""
    start = _parse_head(after)
    before = _BEFORE_THE_FIRST if start is None else replace(_BEFORE_THE_FIRST, seq=start[0], hash=start[1])
    return _walk(lines, _parse_head(head), {}, before)


def _walk(
    lines: Iterable[bytes],
    wanted: tuple[int, str] | None,
    recorded: dict[str, _Link],
    last: _Link = _BEFORE_THE_FIRST,
) -> AuditReport:
    """Follow the chain; leaves the line of each recorded decision in `recorded`."""
    at_head: _Link | None = None
    for line in lines:
        link, wrong = _check(line, last)
        if link is None:
            said = f"Broken at line {last.seq + 1}: {wrong}. The {last.seq} before it are sound."
            return AuditReport(False, last.seq, _head(last), last.seq + 1, said)
        last = link
        if wanted is not None and wanted[0] == link.seq:
            at_head = link
        if link.action == DECISION_RECORDED:
            recorded[link.object] = link
    return _about_the_end(last, wanted, at_head)


def _check(line: bytes, before: _Link) -> tuple[_Link | None, str]:
    """The line as a link of the chain, or what is wrong with it."""
    try:
        event = orjson.loads(line)
        said = dict(event)
        stated = said.pop("hash")
        spelled = canonical_json(event)
        link = _Link(said["seq"], stated, said["utc"], said["action"], said["object"], said["content"])
    except (orjson.JSONDecodeError, TypeError, ValueError, KeyError):
        return None, "it is not an event"
    if spelled != line:
        return None, "it is not spelled as it was written"
    if hashlib.sha256(canonical_json(said)).hexdigest() != stated:
        return None, "its content does not match its hash"
    if said.get("prev") != before.hash:
        return None, "it does not follow the line before it"
    if link.seq != before.seq + 1:
        return None, f"it carries the number {link.seq}"
    return link, ""


def _about_the_end(last: _Link, wanted: tuple[int, str] | None, at_head: _Link | None) -> AuditReport:
    """No line is wrong in itself; what can be said about the end of the log?"""
    if wanted is None:
        said = f"{last.seq} events, each follows the one before; no outside head given: tail not proven."
        return AuditReport(True, last.seq, _head(last), None, said)
    if wanted[0] > last.seq:
        said = f"The end is missing: the head names event {wanted[0]}, the log stops at {last.seq}."
        return AuditReport(False, last.seq, _head(last), last.seq + 1, said)
    if at_head is None or at_head.hash != wanted[1]:
        said = f"Rewritten: event {wanted[0]} is not the one that the head names; the change lies there or before it."
        return AuditReport(False, last.seq, _head(last), wanted[0], said)
    said = f"{last.seq} events, intact since head of {at_head.utc}; {last.seq - at_head.seq} came after that head."
    return AuditReport(True, last.seq, _head(last), None, said)


def _with_decisions(report: AuditReport, connection: sa.Connection, recorded: Mapping[str, _Link]) -> AuditReport:
    """The chain is sound; is each decision still the one that was recorded? The chain alone would not notice."""
    rows = connection.execute(sa.select(DECISIONS).order_by(DECISIONS.c.number)).mappings()
    kept = {row["decision_id"]: decision_content(row) for row in rows}
    for decision_id, link in recorded.items():
        if kept.get(decision_id) != link.content:
            what = "was changed after" if decision_id in kept else "is gone from the store since"
            said = f"Decision {decision_id} {what} it was recorded in line {link.seq}."
            return replace(report, ok=False, first_bad=link.seq, said=said)
    unknown = sorted(set(kept) - set(recorded))
    if unknown:
        said = f"Decision {unknown[0]} stands in the store without a line in the log ({len(unknown)} such)."
        return replace(report, ok=False, first_bad=report.events + 1, said=said)
    return report


def _head(link: _Link) -> str:
    return f"{link.seq}:{link.hash}" if link.seq else ""


def _parse_head(head: str | None) -> tuple[int, str] | None:
    if head is None:
        return None
    number, _, digest = head.strip().partition(":")
    if not (number.isascii() and number.isdigit() and 0 < len(number) < 19 and len(digest) == 64):
        raise BadSetting(
            f"{head[:80]!r} is not a head of the audit log.", "It looks like 120:3f9c…, as audit verify printed it."
        )
    return int(number), digest.lower()
