"""The queue: which clusters wait, why each is here, and a look at the chosen one without leaving the list."""

import streamlit as st

from investigator_ui.desk import cluster_frames, open_desk, standing_verdicts
from investigator_ui.look import capped, page_head, show_state
from investigator_ui.panes.queue_table import choose_filters, queue_table, reading_pane
from investigator_ui.views.cluster_head import as_of
from investigator_ui.views.cluster_list import clusters_holding, filtered, queue_rows, queue_sentence
from investigator_ui.views.states import NO_RUN, NOTHING_FLAGGED, NOTHING_INGESTED, filtered_away

desk = open_desk()
if desk.run is None:
    page_head("Work", "", "Queue")
    show_state(NO_RUN if desk.facts.sources else NOTHING_INGESTED)
    st.stop()
rows = queue_rows(desk.run.frame("clusters"), standing_verdicts(desk), desk.run.frame("guards"))
page_head("Work", as_of(desk.run), "Queue", sentence=queue_sentence(rows) if rows.height else "")
if rows.is_empty():
    show_state(NOTHING_FLAGGED)
    st.stop()
if desk.run.record.shadow:
    capped("This is a shadow run: it was made to compare, and nobody is asked to act on it.")
chosen = choose_filters(rows)
shown = filtered(rows, chosen, clusters_holding(desk.run, desk.accounts(), chosen.text))
if shown.is_empty():
    show_state(filtered_away(chosen.described, rows.height))
    st.stop()
picked = queue_table(shown, rows.height, chosen)
frames = cluster_frames(desk.run, picked)
if frames is not None:
    reading_pane(desk, frames, shown.filter(shown["cluster_id"] == picked)["verdict"].item())
