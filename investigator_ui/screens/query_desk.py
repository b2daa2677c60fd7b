"""Query desk: the team's graph asked in Cypher, by saved recipes or freely, and never changed."""

import streamlit as st

from graph.foreign_text import show_markdown
from investigator_ui.desk import open_desk
from investigator_ui.look import page_head, show_state
from investigator_ui.panes import query_desk
from investigator_ui.views.graph_source import address
from investigator_ui.views.states import NO_SERVER, SERVER_AWAY

SENTENCE = "Questions to the team's graph that no page foresees: **read-only**, and each is written to the audit log before it runs."
desk = open_desk()
server = desk.standing.server
if server is None or desk.standing.away:
    page_head("Work › Query desk", "", "Query desk", sentence=SENTENCE)
    show_state(SERVER_AWAY if desk.standing.away else NO_SERVER)
    st.stop()
page_head(
    "Work › Query desk",
    f"graph {show_markdown(server.graph, 60)} at {address(server.url)}",
    "Query desk",
    sentence=SENTENCE,
)
how = st.segmented_control(
    "How", ("Recipes", "Own Cypher"), default="Recipes", label_visibility="collapsed", bind="query-params", key="how"
)
if how == "Own Cypher":
    query_desk.cypher_form(desk)
else:
    query_desk.recipe_form(desk)
query_desk.last_answer(desk)
