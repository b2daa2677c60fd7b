"""The decisions on a cluster as people read them: who, when, what, why, and which entry another one corrects."""

from dataclasses import dataclass

from casework.decisions import Decision, Verdict, newest_standing
from casework.victims import Victims
from graph.foreign_text import show_markdown
from investigator_ui.views.wording import count, moment, plural


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


def verdicts_offered(victims: Victims) -> list[str]:
    """The verdicts in the order of the form: on a cluster with victims what helps them comes first."""
    helping = [Verdict.SECURE.value] if victims.count else []
    return [*helping, *(verdict.value for verdict in Verdict if verdict.value not in helping)]


def care_sentence(victims: Victims) -> str:
    """What stands above the form on a cluster with victims."""
    whole = victims.count == victims.members
    who = (
        "These accounts were" if whole else f"{count(victims.count)} of these {plural(victims.members, 'account')} were"
    )
    return (
        f"{who} probably taken over. **The owners are victims: secure the accounts and contact them, do not suspend.** "
        "“Violating” can only mean whoever took them."
    )


def spared_label(victims: Victims) -> str:
    """The second thought in front of a punishing verdict."""
    return f"With “violating” I mean whoever took the accounts over, not the {plural(victims.count, 'owner')}"


def second_thought(victims: Victims) -> str:
    """Why a punishing verdict was not saved, and what next."""
    return (
        "Their owners lost the accounts and are not to be punished. Choose “secure the owners”, or say with the box above the "
        f"button that the {plural(victims.count, 'owner')} {'is' if victims.count == 1 else 'are'} not meant."
    )
