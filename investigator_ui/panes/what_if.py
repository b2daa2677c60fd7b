"""What would change a cluster: the sentence of the smallest evidence it stands on, and the table of what-ifs."""

from collections.abc import Mapping

import streamlit as st

from graph.errors import BadSetting
from graph.foreign_text import show_markdown
from graph.takeover_words import COMPROMISED
from investigator_ui.desk import Desk, cluster_answers
from investigator_ui.look import listing
from investigator_ui.views.cluster_head import ClusterFrames
from investigator_ui.views.what_if_table import deletion_line, minimal_sentence, what_if_rows


def what_would_change_it(desk: Desk, frames: ClusterFrames, names: Mapping[str, str]) -> None:
    """Asked of the facts when this part is opened; nothing is stored."""
    if desk.run is None:
        return
    try:
        answers = cluster_answers(desk, desk.run, frames.cluster["cluster_id"])
    except BadSetting as said:  # a run of another version, whose settings this one does not know
        st.markdown(f":gray[{show_markdown(said.message, 300)} {show_markdown(said.hint, 200)}]")
        return
    st.markdown(minimal_sentence(answers))
    rows = what_if_rows(answers, frames.cluster, names)
    if rows.is_empty():
        return
    st.markdown(f":small[:gray[{deletion_line(answers)}]]")
    column = st.column_config
    listing(
        rows,
        "What-ifs with the risk, tier and accounts that would be left",
        most=14,
        columns={
            "question": column.TextColumn("What if", width=220),
            "risk": column.ProgressColumn("Risk", min_value=0, max_value=1, format="%.2f", width=90),
            "tier": column.TextColumn("Tier", width=70),
            "accounts": column.TextColumn("Accounts left", width=110),
            "change": column.TextColumn("Change", width=100),
        },
    )
    asked = (
        "Each row asks the signs of the run again without what it names."
        if frames.cluster["kind"] == COMPROMISED
        else "Each row runs the tests of the run again on what is left of the members' acts, with the run's figures for everybody else."
    )
    st.caption(f"{asked} {show_markdown(answers['note'], 200)}")
