"""The parts of the queue page: its filters, its table and the reading pane below."""

import polars as pl
import streamlit as st

from graph.foreign_text import show_markdown
from investigator_ui.desk import Desk
from investigator_ui.look import chip, palette, ring_chip, tier_chip, verdict_chip, word_chips
from investigator_ui.palette import TIERS, VERDICTS
from investigator_ui.views.case_against import explanations
from investigator_ui.views.case_for import seen_and_expected
from investigator_ui.views.cluster_head import ClusterFrames, title
from investigator_ui.views.cluster_list import (
    KIND_WORDS,
    QUEUE_WORDS,
    UNDECIDED,
    VERDICT_WORDS,
    VICTIMS,
    WHATS,
    Filters,
    kinds_of,
    queues_of,
)
from investigator_ui.views.takeovers import known_ring

_ROW = 32
_MOST_ROWS_HIGH = 12
_PANE_LINES = 5


def choose_filters(rows: pl.DataFrame) -> Filters:
    """The filters above the table; they live in the address, so that a view can be shared."""
    kinds, queues = kinds_of(rows), queues_of(rows)
    with st.container(horizontal=True, vertical_alignment="center"):
        tiers = st.pills(
            "Tier", TIERS[:2], selection_mode="multi", label_visibility="collapsed", bind="query-params", key="tier"
        )
        verdicts = st.pills(
            "Verdict",
            [UNDECIDED, *VERDICTS],
            format_func=lambda verdict: VERDICT_WORDS[verdict],
            selection_mode="multi",
            label_visibility="collapsed",
            bind="query-params",
            key="verdict",
        )
        kind = (
            st.pills(
                "Kind",
                kinds,
                format_func=lambda kind: KIND_WORDS.get(kind, kind),
                selection_mode="multi",
                label_visibility="collapsed",
                bind="query-params",
                key="kind",
            )
            if len(kinds) > 1
            else []
        )
        queue = (
            st.pills(
                "Queue",
                queues,
                format_func=lambda queue: QUEUE_WORDS[queue],
                selection_mode="multi",
                label_visibility="collapsed",
                bind="query-params",
                key="queue",
            )
            if len(queues) > 1
            else []
        )
        text = st.text_input(
            "Find",
            placeholder="Find a cluster, account, link or hashtag",
            label_visibility="collapsed",
            bind="query-params",
            key="find",
            max_chars=200,
            width="stretch",
        )
    return Filters(tuple(tiers or ()), tuple(kind or ()), tuple(verdicts or ()), text or "", tuple(queue or ()))


def queue_table(shown: pl.DataFrame, total: int, chosen: Filters) -> str:
    """Draw the rows and return the id of the picked cluster, the first one before anybody picked."""
    colours = palette()
    column = st.column_config
    picked = st.dataframe(
        shown.with_columns(
            tier=pl.concat_list("tier"),
            what=pl.concat_list("what"),
            verdict=pl.concat_list(pl.col("verdict").replace(VERDICT_WORDS)),
        ),
        hide_index=True,
        height=_ROW * min(_MOST_ROWS_HIGH, shown.height) + 38,
        row_height=_ROW,
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [0], "columns": [], "cells": []}},
        # Row numbers mean other clusters under other filters, so the selection starts anew with them.
        key=f"queue {chosen.tiers} {chosen.kinds} {chosen.verdicts} {chosen.queues} {chosen.text}",
        alt="Clusters, those without a verdict first, disclosed networks after the others, then by risk",
        column_order=["tier", "what", "cluster_id", "why", "size", "lasts", "risk", "badge", "traces", "verdict"],
        column_config={
            "tier": word_chips("Tier", colours.tint, 68),
            "what": word_chips("What", _what_tints(), 122, "Victims are counted apart: their owners are to be helped"),
            "cluster_id": column.TextColumn("Cluster", width=84),
            "why": column.TextColumn("Why it is here", width=276),
            "size": column.NumberColumn("Accounts", width=66),
            "lasts": column.TextColumn(
                "Span", width=58, alignment="right", help="From the first to the last shared act"
            ),
            "risk": column.ProgressColumn(
                "Risk",
                min_value=0,
                max_value=1,
                format="%.2f",
                width=86,
                color=colours.main,
                help="Made of the signals that stand below the table; a person decides",
            ),
            "badge": column.TextColumn(
                "Stable", width=84, help="Does it come out again with fewer objects, other levels and seeds?"
            ),
            "traces": column.TextColumn("Strongest traces", width=124),
            "verdict": word_chips("Verdict", _verdict_tints(), 92),
        },
    )
    st.caption(f"{shown.height} of {total} shown · the filters are in the address, so this view can be shared")
    place = picked["selection"]["rows"]
    return str(shown["cluster_id"][place[0] if place and place[0] < shown.height else 0])


def reading_pane(desk: Desk, frames: ClusterFrames, verdict: str) -> None:
    """The picked cluster at a glance: the sentence, what was seen against expected, and what could be innocent."""
    cluster = frames.cluster
    said = explanations(frames.guards)
    with st.container(border=True):
        why, signals, innocent = st.columns([1.7, 1, 1], gap="medium")
        with why:
            ring = known_ring(cluster)
            care = f"**{ring.care}** " if ring else ""
            badge = verdict_chip(verdict) if verdict != UNDECIDED else chip("no verdict yet")
            st.markdown(
                f"**{title(cluster)}** &nbsp; {tier_chip(cluster['tier'])} {ring_chip(cluster['kind'], cluster['type'])} {badge}  \n{care}{show_markdown(cluster['sentence'], 600)}"
            )
            if st.button("Open", icon=":material/hub:", type="primary", shortcut="O"):
                st.switch_page(
                    "screens/cluster.py", query_params={**desk.address, "cluster": str(cluster["cluster_id"])}
                )
        lines = [f"{name} :small[:gray[{words}]]" for name, words in seen_and_expected(frames.signals, _PANE_LINES)]
        signals.markdown(
            "  \n".join(
                [":small[:gray[Strongest signals]]", *(lines or ["No signal lies beyond the range of chance."])]
            )
        )
        tests = [
            f":{one.hue}[:material/{one.icon}:] {one.name} :small[:gray[{one.verdict}]]" for one in said[:_PANE_LINES]
        ]
        innocent.markdown("  \n".join([":small[:gray[Could it be innocent?]]", *(tests or ["No test was made."])]))


def _what_tints() -> dict[str, str]:
    """Green for victims alone; what else a row is stays grey, because it is no verdict."""
    return {what: palette().care if what == VICTIMS else palette().tint["none"] for what in WHATS}


def _verdict_tints() -> dict[str, str]:
    tint = palette().tint
    return {
        VERDICT_WORDS["violating"]: tint["alert"],
        VERDICT_WORDS["not_violating"]: tint["linked"],
        VERDICT_WORDS["unsure"]: tint["review"],
        VERDICT_WORDS["secure"]: palette().care,
        VERDICT_WORDS[UNDECIDED]: tint["none"],
    }
