"""The router of the pages: sets the frame, names the pages, and turns every failure into a sentence."""

import logging
import uuid
from pathlib import Path

import streamlit as st

from graph.errors import FlockwatchError
from graph.foreign_text import show_markdown
from investigator_ui.desk import read_environment
from investigator_ui.look import refused
from investigator_ui.panes.graph_banner import graph_banner

HERE = Path(__file__).parent
# Not called "pages": beside the main script, Streamlit takes a folder of that name for its own menu and runs the files in it
# without this router, so without its error handling (seen in 1.67).
SCREENS = HERE / "screens"
ASSETS = HERE / "assets"

st.set_page_config("Flockwatch", ASSETS / "mark.svg", layout="wide", initial_sidebar_state=210)
st.logo(ASSETS / "logo.svg", size="medium", link=None)
read_environment()
page = st.navigation(
    {
        "Work": [
            st.Page(
                SCREENS / "cluster_queue.py", title="Queue", icon=":material/inbox:", url_path="queue", default=True
            ),
            st.Page(SCREENS / "cluster.py", title="Cluster", icon=":material/hub:", url_path="cluster"),
            st.Page(SCREENS / "account.py", title="Account", icon=":material/person_search:", url_path="account"),
            st.Page(SCREENS / "explore.py", title="Explore", icon=":material/travel_explore:", url_path="explore"),
            st.Page(SCREENS / "query_desk.py", title="Query desk", icon=":material/terminal:", url_path="query_desk"),
        ],
        "Detect": [
            st.Page(SCREENS / "runs.py", title="Runs", icon=":material/filter_alt:", url_path="runs"),
            st.Page(SCREENS / "trends.py", title="Trends", icon=":material/trending_up:", url_path="trends"),
        ],
    },
    expanded=True,
)
try:
    graph_banner()
    page.run()
except FlockwatchError as said:
    refused(show_markdown(said.message, 600), show_markdown(said.hint, 300))
except Exception:  # Streamlit's own error box shows paths and offers outside links; ours gives an id to quote
    incident = uuid.uuid4().hex[:6]
    logging.getLogger("flockwatch").exception("page failed, incident %s", incident)
    refused("This page could not be drawn.", "Nothing was changed. Try again, or quote the incident.", incident)
