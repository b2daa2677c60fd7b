"""An earlier decision on what the cluster was then, in a sentence that says how much of it is the same."""

from graph.foreign_text import show_markdown
from investigator_ui.services.inheriting import EarlierDecision
from investigator_ui.views.cluster_list import VERDICT_WORDS
from investigator_ui.views.names import shorten
from investigator_ui.views.wording import count, day, percent


def earlier_sentence(earlier: EarlierDecision) -> str:
    """'Earlier: violating, by ana on 12 Nov 2026, ...: 92 % of the members are the same'; safe Markdown."""
    said, left = earlier.decision, earlier.before - earlier.shared
    gone = f", and {count(left)} of its {count(earlier.before)} are no longer in it" if left else ""
    doubt = (
        " Fewer than half are the same: look at it anew before you take it over."
        if 2 * earlier.shared < earlier.now
        else ""
    )
    return (
        f"Earlier: **{VERDICT_WORDS[str(said.verdict)]}**, by {show_markdown(said.actor, 60)} on {day(said.at)}, on "
        f"{show_markdown(shorten(said.cluster_id), 40)} in run {show_markdown(shorten(earlier.run.run_id), 40)}. "
        f"**{percent(earlier.shared / earlier.now)} of the members** were in it then ({count(earlier.shared)} of "
        f"{count(earlier.now)}){gone}.{doubt}"
    )


def earlier_reason(earlier: EarlierDecision) -> str:
    """The reason that was given, as safe Markdown."""
    return show_markdown(earlier.decision.reason, 4_000)
