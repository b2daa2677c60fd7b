"""The head of the Explore page: finding accounts and objects, and taking one of them into a question below."""

from typing import Any

import polars as pl
import streamlit as st

from graph.foreign_text import show_markdown
from investigator_ui.desk import Desk, ask_graph
from investigator_ui.look import ROW, heading, palette, word_chips
from investigator_ui.views.explored import account_rows, object_rows

AROUND, PATH, BEHIND, COMMON = PARTS = (
    "Around an account",
    "Path between two",
    "Behind an object",
    "Shared by several",
)
_MOST = 20


def search(desk: Desk) -> None:
    """A field, and under it what starts with the text or has its words; ticking a row offers what can be asked about it."""
    text = st.text_input(
        "Search",
        placeholder="Search accounts by id, handle or name, and links, hashtags or posts: how they start, or words inside",
        label_visibility="collapsed",
        bind="query-params",
        key="search",
        max_chars=300,
    )
    if not text:
        return
    found = ask_graph(desk, lambda store: store.find(text, limit=_MOST))
    if not found.accounts and not found.objects:
        st.markdown(f":gray[Nothing in the graph starts with {show_markdown(text, 80)}, or has these words.]")
        for sentence in found.left_out:
            st.caption(show_markdown(sentence, 300))
        return
    left, right = st.columns(2, gap="medium")
    with left:
        heading("Accounts", "tick one", "person_search")
        _accounts(account_rows(found), text)
    with right:
        heading("Objects", "tick one", "tag")
        _objects(object_rows(found.objects), text)
    for sentence in found.left_out:
        st.caption(show_markdown(sentence, 300))


def _accounts(rows: pl.DataFrame, text: str) -> None:
    column = st.column_config
    place = _ticked(
        rows,
        f"found accounts {text}",
        "Accounts that start with the text or have its words",
        {
            "account": column.TextColumn("Account", width=200),
            "acts": column.NumberColumn("Acts", format="localized", width=70),
            "shared": column.NumberColumn(
                "Objects", format="localized", width=80, help="Objects that others acted on, too"
            ),
            "since": column.TextColumn("Created", width=100),
        },
    )
    if place is None:
        return
    chosen = str(rows["account_id"][place])
    with st.container(horizontal=True, gap="small"):
        st.button("Look around it", icon=":material/hub:", on_click=_ask, args=(AROUND, {"centre": chosen}))
        st.button("Path from it", icon=":material/route:", on_click=_ask, args=(PATH, {"from": chosen}))
        st.button("Path to it", icon=":material/route:", on_click=_ask, args=(PATH, {"to": chosen}))


def _objects(rows: pl.DataFrame, text: str) -> None:
    column = st.column_config
    place = _ticked(
        rows,
        f"found objects {text}",
        "Objects that start with the text or have its words",
        {
            "trace": word_chips("Trace", palette().trace_chip, 84),
            "object": column.TextColumn("Object", width=260),
            "accounts": column.NumberColumn("Accounts", format="localized", width=80),
            "first": column.TextColumn("First", width=100),
        },
    )
    if place is None:
        return
    asked = {"trace": str(rows["name"][place]), "object": str(rows["object_id"][place])}
    st.button("Who acted on it", icon=":material/groups:", on_click=_ask, args=(BEHIND, asked))


def _ticked(rows: pl.DataFrame, key: str, description: str, columns: dict[str, Any]) -> int | None:
    """Draw the rows; the place of the ticked one."""
    if rows.is_empty():
        st.markdown(":gray[None.]")
        return None
    state = st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW,
        height=ROW * min(5, rows.height) + 36,
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        alt=description,
        column_order=list(columns),
        column_config=columns,
    )
    return next(iter(state["selection"]["rows"]), None)


def _ask(part: str, given: dict[str, str]) -> None:
    """Put what was ticked into the fields of a question, before they are drawn."""
    st.session_state["question"] = part
    for name, value in given.items():
        st.session_state[name] = value
