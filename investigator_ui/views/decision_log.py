"""The decisions on a cluster as people read them: who, when, what, why, and which entry another one corrects."""

from dataclasses import dataclass

from casework.decisions import Decision, newest_standing
from graph.foreign_text import show_markdown
from investigator_ui.views.wording import moment


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision; `reason`, `who` and `note` are safe Markdown, `standing` says whether nobody corrected it."""

    decision_id: str
    number: int
    verdict: str
    who: str
    at: str
    reason: str
    note: str
    run: str
    standing: bool
    corrects: int | None


def standing_verdict(taken: list[Decision]) -> str:
    """The verdict that stands, '' when there is none."""
    newest = newest_standing(taken)
    return "" if newest is None else str(newest.verdict)


def log_entries(taken: list[Decision]) -> list[Entry]:
    """Newest first; numbers count this cluster's decisions from 1."""
    numbers = {decision.decision_id: place for place, decision in enumerate(taken, 1)}
    corrected = {decision.corrects for decision in taken}
    return [
        Entry(
            decision.decision_id,
            numbers[decision.decision_id],
            str(decision.verdict),
            show_markdown(decision.actor, 60),
            moment(decision.at, with_year=True),
            show_markdown(decision.reason, 4_000),
            show_markdown(decision.note, 120),
            show_markdown(decision.run_id, 60),
            decision.decision_id not in corrected,
            numbers.get(decision.corrects or ""),
        )
        for decision in reversed(taken)
    ]
