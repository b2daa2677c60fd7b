"""Could a cluster be innocent? The tests with their verdicts, and what the group rests on if its strongest trace is taken away."""

from dataclasses import dataclass

import polars as pl

from graph.foreign_text import show_markdown
from graph.fused import edges_once
from investigator_ui.palette import GUARD_HUE, GUARD_ICON
from investigator_ui.views.names import trace_title
from investigator_ui.views.wording import count

_RULED_OUT = "ruled out"
_ORDER = ("open", "explains part", "explains little", _RULED_OUT)  # what may still clear the group comes first


@dataclass(frozen=True, slots=True)
class Explanation:
    """One innocent explanation and how its test ended; the words are safe Markdown."""

    name: str
    verdict: str
    sentence: str

    @property
    def hue(self) -> str:
        return GUARD_HUE.get(self.verdict, "orange")

    @property
    def icon(self) -> str:
        return GUARD_ICON.get(self.verdict, "help")


def explanations(guards: pl.DataFrame) -> list[Explanation]:
    """The tests of one cluster, those still open first; takes GUARD_SCHEMA."""
    said = [
        Explanation(show_markdown(_title(name), 60), show_markdown(verdict, 40), show_markdown(sentence, 600))
        for name, verdict, sentence in guards.select("name", "verdict", "sentence").iter_rows()
    ]
    return sorted(said, key=lambda one: (_ORDER.index(one.verdict) if one.verdict in _ORDER else 0, one.name))


def tags(guards: pl.DataFrame) -> list[str]:
    """What the guards call the cluster, as safe Markdown, in the order of the guards; takes GUARD_SCHEMA."""
    told = guards["tag"].drop_nulls().to_list()
    return [show_markdown(tag, 40) for tag in dict.fromkeys(told) if tag]


def open_note(said: list[Explanation]) -> str:
    """'1 of 4 still open'; explanations that explain a part count as open, since they may grow."""
    if not said:
        return "no test was made"
    still = sum(one.verdict in {"open", "explains part"} for one in said)
    return f"{still} of {len(said)} still open"


def still_standing(said: list[Explanation]) -> list[Explanation]:
    """Those that the test did not rule out."""
    return [one for one in said if one.verdict != _RULED_OUT]


def ruled_out(said: list[Explanation]) -> list[Explanation]:
    return [one for one in said if one.verdict == _RULED_OUT]


def ruled_out_note(gone: list[Explanation], among: int) -> str:
    """'2 of 4 ruled out: activity, one occasion', as safe Markdown."""
    names = ", ".join(one.name[:1].lower() + one.name[1:] for one in gone)
    return f"{count(len(gone))} of {count(among)} ruled out: {names}"


def what_would_clear_it(edges: pl.DataFrame, size: int) -> str:
    """What is left of the group without its strongest trace; '' when it has no links. Takes EDGE_SCHEMA, one cluster."""
    if edges.is_empty():
        return ""
    told = edges_once(edges)  # shares do not stand without the content that they are
    strongest = told.group_by("trace").agg(pl.len()).sort("len", "trace", descending=[True, False])["trace"][0]
    others = told.filter(pl.col("trace") != strongest)
    left = pl.concat([others["left"], others["right"]]).n_unique() if others.height else 0
    title = show_markdown(trace_title(strongest), 60)
    if left == 0:
        return f"What would clear it: an innocent reason for the {title}. Without that no two accounts stay linked."
    return (
        f"What would clear it: an innocent reason for the {title}. "
        f"Without that {count(left)} of {count(size)} accounts are still linked by other traces."
    )


def _title(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]
