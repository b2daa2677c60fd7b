"""The banner above every page while the team's graph server is away; it comes and goes by itself."""

import streamlit as st

from graph.facts import current_facts
from graph.workspace import Workspace
from investigator_ui.desk import session_workspace, standing_now
from investigator_ui.services.exploring import KEPT_SECONDS, Standing
from investigator_ui.views.graph_banner import banner_sentence


def graph_banner() -> None:
    """Nothing in a workspace that keeps its graph only here."""
    workspace = session_workspace()
    standing = standing_now(workspace)
    if standing.server is not None or standing.away:
        _watched(workspace, standing)


@st.fragment(run_every=KEPT_SECONDS)
def _watched(workspace: Workspace, drawn: Standing) -> None:
    now = standing_now(workspace)
    if now != drawn:  # the page below was drawn for the other state: its store, its buttons
        st.rerun()
    if said := banner_sentence(now, current_facts(workspace)):
        st.warning(said, icon=":material/cloud_off:")
