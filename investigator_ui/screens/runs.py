"""The runs: what each read, what it left out and why, and the account of every ingested file."""

import streamlit as st

from graph.runs import list_runs, load_run
from investigator_ui.desk import open_desk
from investigator_ui.look import chip, page_head, show_state
from investigator_ui.panes import run_story
from investigator_ui.views.cluster_head import as_of
from investigator_ui.views.run_list import runs_sentence
from investigator_ui.views.states import NO_RUN, NOTHING_INGESTED

desk = open_desk()
if desk.run is None:
    page_head("Detect", "", "Runs")
    show_state(NO_RUN if desk.facts.sources else NOTHING_INGESTED)
    run_story.ingested(desk)
    st.stop()
runs = list_runs(desk.workspace)
head = st.container()
picked = run_story.run_table(runs, desk.run.run_id)
run = load_run(desk.workspace, picked)
with head:
    newest = chip("the newest", "blue") if run.run_id == runs[-1].run_id else chip("an earlier one")
    shadow = chip("shadow: makes no flags", "gray", "visibility_off") if run.record.shadow else ""
    buttons = page_head("Detect › Runs", as_of(run), "Runs", f"{newest} {shadow}", runs_sentence(run))
if buttons.button("Open its queue", icon=":material/inbox:"):
    st.switch_page("screens/cluster_queue.py", query_params={"run": run.run_id})
run_story.level_of(run)
run_story.funnel_of(run)
run_story.how_it_came_about(run)
run_story.ingested(desk)
