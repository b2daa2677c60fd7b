"""Trends: where activity left its usual rhythm, what a rise is made of, and how much of it looks manufactured."""

import streamlit as st

from investigator_ui.desk import open_desk, trends_by
from investigator_ui.look import page_head, show_state
from investigator_ui.panes import rises
from investigator_ui.views.cluster_head import as_of
from investigator_ui.views.states import NO_RISE, NOTHING_INGESTED
from investigator_ui.views.trend_rows import trends_sentence

desk = open_desk()
if not desk.facts.sources:
    page_head("Detect", "", "Trends")
    show_state(NOTHING_INGESTED)
    st.stop()
head = st.container()
by, width = rises.choose_series()
trends = trends_by(desk, by, width)
with head:
    page_head("Detect › Trends", as_of(desk.run) if desk.run else "", "Trends", sentence=trends_sentence(trends, by))
if trends.rises.is_empty():
    show_state(NO_RISE)
else:
    rises.one_rise(trends, rises.rise_table(trends, f"{by} {width}"))
for note in trends.notes:
    st.caption(note)
