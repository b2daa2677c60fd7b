"""The parts of the page of trends: what is counted, the table of rises, and one rise with its picture, causes and makers."""

import streamlit as st

from detectors.trends import BINS, DIMENSIONS, Trends
from investigator_ui.charts import rise
from investigator_ui.look import ROW, heading, listing, palette, show_chart
from investigator_ui.views.trend_rows import (
    cause_rows,
    maker_rows,
    manufactured_note,
    rise_line,
    rise_rows,
    rise_sentence,
    rise_title,
)


def choose_series() -> tuple[str, str]:
    """What is counted and in which bins, from the address; everything by the hour before anybody chose."""
    with st.container(horizontal=True, gap="medium"):
        by = st.segmented_control("By", DIMENSIONS, default=DIMENSIONS[0], bind="query-params", key="by")
        width = st.segmented_control("Bin", tuple(BINS), default="1h", bind="query-params", key="bin")
    return by or DIMENSIONS[0], width or "1h"


def rise_table(trends: Trends, key: str) -> int:
    """Every rise, the largest first; returns the place of the ticked one, the first before anybody ticked."""
    rows = rise_rows(trends)
    column = st.column_config
    state = st.dataframe(
        rows,
        hide_index=True,
        height=ROW * min(8, rows.height) + 36,
        row_height=ROW,
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [0], "columns": [], "cells": []}},
        key=f"rises {key}",
        alt="Rises, the largest first",
        column_config={
            "what": column.TextColumn("What rose", width=280),
            "kind": column.TextColumn("Kind", width=90),
            "since": column.TextColumn("Since", width=160),
            "seen": column.NumberColumn("Seen", format="localized", width=80),
            "expected": column.TextColumn("Expected", width=90, alignment="right"),
            "manufactured": column.TextColumn(
                "Looks manufactured", width=160, alignment="right", help="Share of the excess, with a 95 % interval"
            ),
        },
    )
    places = state["selection"]["rows"]
    return int(places[0]) if places else 0


def one_rise(trends: Trends, place: int) -> None:
    """The picture with its band, the sentences, what it is made of and by whom."""
    heading(rise_title(trends, place), icon="trending_up")
    st.markdown(rise_sentence(trends, place))
    show_chart(rise(rise_line(trends, place), palette()), "Counts around the rise, with the band that was expected")
    st.caption("Band: where 95 % of quiet bins fall. Dashed: expected. Line: seen; red inside the rise.")
    column = st.column_config
    left, right = st.columns([1.6, 1], gap="medium")
    with left:
        causes = cause_rows(trends, place)
        heading("Cause", "the fewest values that explain four fifths", "troubleshoot")
        if causes.is_empty():
            st.caption("The acts bear nothing else to explain it by, or it was not among the largest rises.")
        else:
            listing(
                causes,
                "Values that explain the rise, the likeliest cause first",
                columns={
                    "dimension": column.TextColumn("By", width=90),
                    "value": column.TextColumn("Value", width=230),
                    "seen": column.NumberColumn("Seen", format="localized", width=70),
                    "expected": column.TextColumn("Expected", width=80, alignment="right"),
                    "share": column.TextColumn("Of the rise", width=90, alignment="right"),
                    "so_far": column.TextColumn("Together", width=80, alignment="right"),
                },
            )
    with right:
        makers = maker_rows(trends, place)
        heading("By whom", manufactured_note(trends, place), "group")
        if makers.height:
            listing(
                makers,
                "Shares of the rise by kind of account",
                columns={
                    "who": column.TextColumn("Accounts", width=240),
                    "share": column.TextColumn("Of the rise", width=100, alignment="right"),
                },
            )
