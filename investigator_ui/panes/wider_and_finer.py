"""Wider and finer: what the cluster is part of and what it splits into, at other resolutions of the same links."""

import streamlit as st

from graph.foreign_text import show_markdown
from investigator_ui.desk import Desk
from investigator_ui.look import heading, listing
from investigator_ui.views.cluster_head import ClusterFrames
from investigator_ui.views.names import shorten
from investigator_ui.views.nesting_rows import joined_clusters, nesting_rows, nesting_sentence


def wider_and_finer(desk: Desk, frames: ClusterFrames) -> None:
    """The sentence, ways to the clusters that a wider look joins to it, and the groups as a table."""
    cluster_id = str(frames.cluster["cluster_id"])
    heading("Wider and finer", "the same links, with larger and with smaller groups", "account_tree")
    st.markdown(nesting_sentence(frames.nesting, cluster_id, frames.cluster["size"]))
    others = joined_clusters(frames.nesting, cluster_id)
    if others:
        with st.container(horizontal=True, gap="small"):
            for other in others:
                st.page_link(
                    "screens/cluster.py",
                    label=f"Open {show_markdown(shorten(other), 40)}",
                    icon=":material/hub:",
                    query_params={**desk.address, "cluster": other},
                )
    rows = nesting_rows(frames.nesting, cluster_id)
    if rows.is_empty():
        return
    column = st.column_config
    with st.expander("Each group", icon=":material/format_list_numbered:"):
        listing(
            rows,
            "The wider group that holds the cluster and the finer groups in it, with their sizes",
            columns={
                "look": column.TextColumn("Look", width=70),
                "resolution": column.NumberColumn(
                    "Resolution", width=90, help="Of the communities: the larger, the smaller the groups"
                ),
                "accounts": column.NumberColumn("Accounts", format="localized", width=80),
                "shared": column.NumberColumn("Of this cluster", format="localized", width=110),
                "others": column.TextColumn("Other clusters in it", width=300),
            },
        )
