"""Explore: the interaction graph by hand, account by account, on whichever store holds it."""

import streamlit as st

from graph.errors import NothingThere
from graph.foreign_text import show_markdown
from investigator_ui.desk import ask_graph, open_desk
from investigator_ui.look import capped, page_head, show_state
from investigator_ui.panes import explore_search, exploring
from investigator_ui.views.graph_source import graph_sentence, other_facts, source_line
from investigator_ui.views.states import NOTHING_INGESTED, not_found

desk = open_desk()
if not desk.facts.sources and desk.standing.is_local:
    page_head("Work", "", "Explore")
    show_state(NOTHING_INGESTED)
    st.stop()
summary = ask_graph(desk, lambda store: store.summary())
page_head("Work › Explore", source_line(desk.standing, summary), "Explore", sentence=graph_sentence(summary))
capped(other_facts(summary, desk.facts))
explore_search.search(desk)
part = st.segmented_control(
    "Question",
    explore_search.PARTS,
    default=explore_search.AROUND,
    label_visibility="collapsed",
    bind="query-params",
    key="question",
)
try:
    if part == explore_search.PATH:
        exploring.path(desk)
    elif part == explore_search.BEHIND:
        exploring.behind(desk, summary)
    elif part == explore_search.COMMON:
        exploring.common(desk)
    else:
        exploring.around(desk, summary)
except NothingThere as said:
    show_state(not_found(show_markdown(said.message, 300), show_markdown(said.hint, 200)))
