"""Before this run: the line of a cluster through the earlier runs and what it changed about its ways."""

import streamlit as st

from graph.runs import StoredRun
from investigator_ui.desk import Desk, past_and_changes
from investigator_ui.look import heading, listing
from investigator_ui.views.lineage_rows import before_sentence, change_rows, change_sentence, line_rows


def before_this_run(desk: Desk, run: StoredRun, cluster_id: str) -> None:
    """One sentence, then the line and the habits when there is a line."""
    past, changes = past_and_changes(desk, run)
    heading(
        "Before this run",
        "a verdict may be taken over along one unbroken line, never from a split or a merger",
        "timeline",
    )
    st.markdown(before_sentence(past, cluster_id))
    changed = change_sentence(past, changes, cluster_id)
    if not changed:
        return
    st.markdown(changed)
    column = st.column_config
    rows, habits = line_rows(past, cluster_id), change_rows(changes, cluster_id)
    with st.expander("The line, run by run", icon=":material/format_list_numbered:"):
        listing(
            rows,
            "The cluster in each earlier run, with who stayed, left and joined",
            columns={
                "run": column.TextColumn("Run", width=170),
                "cluster": column.TextColumn("Cluster", width=170),
                "accounts": column.NumberColumn("Accounts", format="localized", width=80),
                "stayed": column.TextColumn("Stayed", width=110, alignment="right"),
                "left": column.TextColumn("Left", width=110, alignment="right"),
                "joined": column.TextColumn("Joined", width=110, alignment="right"),
            },
        )
        if habits.height:
            listing(
                habits,
                "Habits compared with the run before",
                columns={
                    "habit": column.TextColumn("Habit", width=170),
                    "change": column.TextColumn("From and to", width=420),
                    "apart": column.NumberColumn(
                        "Apart",
                        format="%.3f",
                        width=70,
                        help="Jensen-Shannon divergence in bits: 0 alike, 1 nothing in common",
                    ),
                    "line": column.NumberColumn("Line", format="%.3f", width=70, help="From here on it is news"),
                    "news": column.TextColumn("News", width=200),
                },
            )
