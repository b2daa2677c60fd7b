"""How pages are put together: the page head, headings, strips, chips, states, and charts in the colours of the session."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from casework.decisions import VERDICT_TITLES
from graph.foreign_text import show_markdown
from graph.takeover_words import VICTIM, holds_victims, ring_type
from investigator_ui.charts import AnyChart, dressed
from investigator_ui.palette import DARK, LIGHT, TIER_HUE, TIER_ICON, VERDICT_HUE, VERDICT_ICON, Palette
from investigator_ui.views.states import State

ROW = 30  # px; a table row that is dense and can still be read (UI_DESIGN 1)
Fact = tuple[str, str] | tuple[str, str, str]  # label, value and, in grey behind it, a note


def palette() -> Palette:
    """The colours of this session; light until the browser has said which theme it shows."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def chip(words: str, hue: str = "gray", icon: str = "") -> str:
    """A coloured badge as Markdown. `words` are ours, or have been through show_markdown."""
    return f":{hue}-badge[{f':material/{icon}: ' if icon else ''}{words}]"


def tier_chip(tier: str) -> str:
    return chip(tier, TIER_HUE.get(tier, "gray"), TIER_ICON.get(tier, ""))


def verdict_chip(verdict: str) -> str:
    """The verdict with its icon; an empty string for none."""
    words = VERDICT_TITLES.get(verdict, verdict.replace("_", " "))
    return chip(words, VERDICT_HUE.get(verdict, "gray"), VERDICT_ICON.get(verdict, "")) if verdict else ""


def ring_chip(kind: str, type_: str | None) -> str:
    """What a ring of accounts in other hands is, green where its members are victims; '' for a coordinated cluster."""
    known = ring_type(kind, type_)
    if known is None:
        return ""
    return chip(known.chip, *(("green", "healing") if holds_victims(kind, type_) else ("gray", "swap_horiz")))


def role_badge(role: str) -> str:
    """The role in a cluster; green for a victim, because it is no accusation."""
    hue, icon = ("green", "healing") if role == VICTIM else ("gray", "")
    return chip(f"role {show_markdown(role, 30)}", hue, icon)


def word_chips(label: str, colours: Mapping[str, str], width: int, help_text: str | None = None) -> Any:
    """A table column whose words stand on colour; the cell holds a list of words, known ones get their colour."""
    return st.column_config.MultiselectColumn(
        label, width=width, options=list(colours), color=list(colours.values()), help=help_text
    )


def page_head(
    crumbs: str, as_of: str, title: str, badges: str = "", sentence: str = "", tags: str = ""
) -> DeltaGenerator:
    """Every page opens alike: where am I, as of when, what is it, one sentence. Returns the place for its buttons.

    `tags` stand on a line of their own, so that many of them do not push the buttons away. All words are Markdown and
    safe already.
    """
    with st.container(gap="xxsmall"):
        with st.container(horizontal=True, gap="small"):
            st.caption(crumbs, width="stretch")
            if as_of:
                st.caption(f":material/database: {as_of}", width="content")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"### {title} &nbsp; {badges}", anchors=False, width="stretch")
            buttons = st.container(horizontal=True, width="content", gap="small", vertical_alignment="center")
        if tags:
            st.markdown(tags)
        if sentence:
            st.markdown(sentence)
    return buttons


def heading(words: str, note: str = "", icon: str = "") -> None:
    """The title of a section with its note in grey; a note inside the heading would turn bold."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f"##### {f':material/{icon}: ' if icon else ''}{words}", anchors=False, width="content")
        if note:
            st.markdown(f":small[:gray[{note}]]", width="content")


def strip(facts: Sequence[Fact]) -> None:
    """Label over value, at most seven: denser and calmer than a row of metric cards."""
    with st.container(horizontal=True, gap="medium"):
        for label, value, *note in facts:
            behind = f" :small[:gray[{note[0]}]]" if note else ""
            st.markdown(f":small[:gray[{label}]]  \n**{value}**{behind}", width="content")


def listing(rows: pl.DataFrame, description: str, *, columns: Mapping[str, Any], most: int = 8) -> None:
    """A table to read, not to pick from: `most` rows high, then it scrolls; `description` is what a screen reader says."""
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW,
        height=ROW * min(most, max(rows.height, 1)) + 36,
        alt=description,
        column_config=columns,
    )


def show_chart(chart: AnyChart, description: str) -> None:
    """Draw the chart in the session's colours; `description` is what a screen reader says."""
    st.altair_chart(dressed(chart, palette()), theme=None, alt=description)


def show_state(state: State) -> None:
    """Nothing, not yet, or not with these filters: what is so, why, and what to do next."""
    with st.container(
        border=True, horizontal_alignment="center", vertical_alignment="center", height=150, gap="xxsmall"
    ):
        st.markdown(f":gray[:material/{state.icon}:] **{state.what}**", width="content")
        st.markdown(f":small[:gray[{state.why}]]", width="content", text_alignment="center")


def refused(sentence: str, hint: str = "", incident: str = "") -> None:
    """What was not done, why and what next; a fault of ours carries an incident id instead of a traceback."""
    behind = f"  \n:small[Incident {incident}]" if incident else ""
    st.error(f"{sentence} {hint}{behind}", icon=":material/block:")


def capped(sentence: str) -> None:
    """Say that not everything is drawn or listed; an empty sentence says nothing."""
    if sentence:
        st.info(sentence, icon=":material/filter_list:")
