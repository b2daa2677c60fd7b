"""The decision on what the cluster was in an earlier run, shown, and offered where this one has none that stands."""

import streamlit as st

from casework.decisions import Decision, newest_standing
from casework.taking_over import take_over
from graph.errors import FlockwatchError
from graph.foreign_text import show_markdown
from graph.runs import StoredRun
from investigator_ui.desk import Desk, decisions_on, past_and_changes, work_store
from investigator_ui.look import heading, refused
from investigator_ui.panes.deciding import note_saved
from investigator_ui.services.inheriting import EarlierDecision, earlier_decision
from investigator_ui.views.earlier_decision import earlier_reason, earlier_sentence
from investigator_ui.views.graph_banner import NOT_NOW


def offer_earlier(desk: Desk, run: StoredRun, cluster_id: str, taken: list[Decision]) -> None:
    """Nothing when the line of the cluster bears no decision; one click makes it a decision of the reader's own."""
    past, _ = past_and_changes(desk, run)
    earlier = earlier_decision(past, cluster_id, decisions_on(desk))
    if earlier is None:
        return
    heading(
        "Earlier decision", "on the same line of clusters; it counts here only when somebody takes it over", "history"
    )
    st.markdown(f"{earlier_sentence(earlier)}  \n:small[:gray[{earlier_reason(earlier)}]]")
    if newest_standing(taken) is not None:
        st.markdown(":small[:gray[This cluster has a decision of its own, which is the one that stands.]]")
    elif st.button(
        "Take it over as my decision",
        icon=":material/gavel:",
        key=f"take over {cluster_id}",
        disabled=bool(desk.standing.away),
        help=NOT_NOW if desk.standing.away else None,
    ):
        _take(desk, run, cluster_id, earlier)


def _take(desk: Desk, run: StoredRun, cluster_id: str, earlier: EarlierDecision) -> None:
    try:
        with work_store(desk) as store:
            made = take_over(
                store,
                run=run,
                cluster_id=cluster_id,
                earlier=earlier.decision,
                earlier_run=earlier.run,
                actor=desk.actor,
            )
    except FlockwatchError as said:
        refused(f"Nothing was saved. {show_markdown(said.message, 400)}", show_markdown(said.hint, 200))
        return
    note_saved(desk, cluster_id, str(made.verdict))
    st.rerun()
