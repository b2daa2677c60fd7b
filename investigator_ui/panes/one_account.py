"""The sections of the account page: what it did, its links, its clusters and reasons, and whom it interacted with."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from graph.errors import NothingThere
from graph.foreign_text import show_markdown
from graph.schemas import APART_ROLES
from investigator_ui.charts import daily
from investigator_ui.desk import Desk, ask_graph
from investigator_ui.look import ROW, heading, listing, palette, show_chart, word_chips
from investigator_ui.views.account_page import AccountFrames, counts_by_trace, days, link_rows, links_note, reasons
from investigator_ui.views.names import shorten
from investigator_ui.views.neighbour_rows import neighbour_rows, neighbours_note

_MOST_NEIGHBOURS = 25


def ask_for_one(desk: Desk) -> None:
    """A field for an account id; what is typed goes into the address."""
    wanted = st.text_input(
        "Account id", placeholder="Account id", label_visibility="collapsed", max_chars=200, width=420
    )
    if wanted:
        st.switch_page("screens/account.py", query_params={**desk.address, "account": wanted})


def what_it_did(frames: AccountFrames) -> None:
    """Counts by trace, and its days."""
    heading("What it did", "all acts that were read; in ink those that are evidence", "history")
    by_day = days(frames)
    if by_day.height:
        show_chart(daily(by_day, palette()), "Acts a day; the part that is evidence is drawn darker")
    rows = counts_by_trace(frames)
    column = st.column_config
    listing(
        rows,
        "Acts by kind",
        columns={
            "trace": word_chips("Trace", palette().trace_chip, 84),
            "what": column.TextColumn("What", width=250),
            "acts": column.NumberColumn("Acts", format="localized", width=64),
            "objects": column.NumberColumn("Objects", format="localized", width=64),
            "together": column.NumberColumn(
                "Evidence", format="localized", width=72, help="Acts that are part of the evidence"
            ),
        },
    )


def links(desk: Desk, frames: AccountFrames, names: Mapping[str, str]) -> None:
    """Whom it acted alike with beyond chance."""
    rows = link_rows(frames, names)
    heading("Acted alike with", links_note(frames), "hub")
    if rows.is_empty():
        st.markdown(":gray[No other account, more often than chance explains.]")
        return
    column = st.column_config
    state = st.dataframe(
        rows,
        hide_index=True,
        height=ROW * min(8, rows.height) + 36,
        row_height=ROW,
        on_select="rerun",
        selection_mode="single-row",
        key=f"links {frames.account_id}",
        alt="Accounts it acted alike with",
        column_order=["account", "trace", "seen", "expected", "chance", "closest", "first"],
        column_config={
            "account": column.TextColumn("Account", width=122),
            "trace": word_chips("Trace", palette().trace_chip, 72),
            "seen": column.NumberColumn("Seen", width=46, help="Objects that both acted on within the window"),
            "expected": column.TextColumn("Expected", width=66, alignment="right"),
            "chance": column.TextColumn("By chance", width=138),
            "closest": column.TextColumn("Closest", width=56, alignment="right"),
            "first": column.ProgressColumn(
                "First",
                min_value=0,
                max_value=1,
                format="%.2f",
                width=72,
                color=palette().main,
                help="How often this account came first",
            ),
        },
    )
    places = state["selection"]["rows"]
    if places and st.button("Open the ticked account", icon=":material/person_search:"):
        st.switch_page(
            "screens/account.py", query_params={**desk.address, "account": str(rows["account_id"][places[0]])}
        )


def clusters_and_reasons(desk: Desk, frames: AccountFrames, names: Mapping[str, str]) -> None:
    """Where it stands and why it has its score."""
    heading("Why it stands here", "", "manage_search")
    for reason in reasons(frames, names):
        st.markdown(reason)
    if frames.memberships.is_empty():
        st.markdown(":gray[It is in no cluster of this run.]")
    for row in frames.memberships.iter_rows(named=True):
        st.page_link(
            "screens/cluster.py",
            label=f"{show_markdown(shorten(row['cluster_id']), 40)} · {show_markdown(row['title'], 100)}",
            icon=":material/hub:",
            query_params={**desk.address, "cluster": row["cluster_id"]},
        )
        st.markdown(f":small[:gray[{_standing(row)}]]")


def _standing(row: dict[str, Any]) -> str:
    if row["role"] in APART_ROLES:
        return f"{show_markdown(row['role'], 30)}, not a member · {row['links']} links to members"
    return f"role {show_markdown(row['role'], 30)} · belongs {row['score']:.2f} · {row['links']} links inside"


def neighbours(desk: Desk, account_id: str) -> None:
    """Whom it replied to, mentioned, shared, quoted or followed, and who did so to it."""
    try:
        near = ask_graph(desk, lambda store: store.neighbourhood(account_id, hops=1, limit_nodes=_MOST_NEIGHBOURS))
    except NothingThere as said:
        heading("Interacted with", "", "forum")
        st.markdown(f":gray[{show_markdown(said.message, 300)} {show_markdown(said.hint, 200)}]")
        return
    rows = neighbour_rows(near)
    heading("Interacted with", neighbours_note(near), "forum")
    if rows.is_empty():
        st.markdown(":gray[No reply, mention, share, quote or follow in either direction was read.]")
        return
    _neighbour_table(rows)
    for sentence in near.left_out:
        st.caption(show_markdown(sentence, 200))


def _neighbour_table(rows: pl.DataFrame) -> None:
    column = st.column_config
    listing(
        rows,
        "Accounts it interacted with",
        columns={
            "account": column.TextColumn("Account", width=128),
            "to": column.TextColumn("It did", width=104),
            "from": column.TextColumn("Was done to it", width=104),
            "last": column.TextColumn("Last", width=88),
        },
    )
