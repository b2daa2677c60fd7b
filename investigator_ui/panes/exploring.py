"""The four questions of the Explore page: around an account, between two, behind an object, shared by several."""

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl
import streamlit as st

from graph.answers import Account, EvidencePath, GraphSummary, Neighbourhood
from graph.foreign_text import show_markdown
from graph.store import PATH_ROWS, PATH_STEPS, PATIENT_ROWS, GraphStore
from investigator_ui.charts import rings
from investigator_ui.desk import Desk, ask_graph
from investigator_ui.look import ROW, capped, heading, listing, palette, show_chart, word_chips
from investigator_ui.services.exploring import account_named
from investigator_ui.views.ego_picture import RINGS, ego_picture, names_near
from investigator_ui.views.explored import (
    MOST_TYPED,
    actor_rows,
    common_rows,
    names_in,
    object_sentence,
    path_sentence,
    ring_rows,
    step_lines,
    typed_accounts,
)
from investigator_ui.views.wording import plural

_LIMITS = (25, 50, 100, 200)
_MOST_ACTORS = 500
_MOST_COMMON = 50


def around(desk: Desk, summary: GraphSummary) -> None:
    """Who interacted with one account, in rings."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        typed = _field("Account", "centre", "id or @handle")
        hops = st.segmented_control("Hops", (1, 2), default=1, key="hops", bind="query-params") or 1
        limit = st.selectbox("At most", _LIMITS, index=1, key="most", width=100)
        kinds = st.pills(
            "Kinds", [kind.kind for kind in summary.kinds], selection_mode="multi", key="kinds", bind="query-params"
        )
    if not typed:
        _say_how("Type an account, or search for one above: you see who interacted with it, and who with those.")
        return

    def question(store: GraphStore) -> Neighbourhood:
        return store.neighbourhood(account_named(store, typed), hops, limit, kinds or None)

    near = ask_graph(desk, question)
    names = names_near(near)
    drawn = ego_picture(near, names)
    heading(f"Around {show_markdown(names[near.centre], 60)}", drawn.line, "hub")
    _left_out(near.left_out)
    if len(near.accounts) == 1:
        st.markdown(":gray[No reply, mention, share, quote or follow in either direction was read.]")
        _open_account(desk, near.centre, names[near.centre])
        return
    halves = st.grid(2, min_column_width=440, gap="medium")
    with halves.cell(), st.container(border=True):
        show_chart(rings(drawn.nodes, drawn.links, palette(), RINGS), f"Rings around the account: {drawn.line}")
    with halves.cell():
        _ring_table(desk, near, ring_rows(near, names), names[near.centre])


def path(desk: Desk) -> None:
    """A shortest chain of evidence from one account to another."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        left, right = _field("From", "from", "id or @handle"), _field("To", "to", "id or @handle")
        most = st.selectbox("At most", range(1, PATH_STEPS + 1), index=PATH_STEPS - 1, key="steps", width=100)
        patient = st.toggle("Look further", key="patient", help="Reads twenty times as many ties; takes seconds.")
    if not left or not right:
        _say_how("Type two accounts: each step between them is an interaction, or an object that both acted on.")
        return

    def question(store: GraphStore) -> tuple[EvidencePath, Sequence[Account]]:
        found = store.shortest_path(
            account_named(store, left),
            account_named(store, right),
            max_hops=most,
            read_most=PATIENT_ROWS if patient else PATH_ROWS,
        )
        ids = {found.left, found.right, *(step.right for step in found.steps)}
        return found, store.accounts(ids)

    found, accounts = ask_graph(desk, question)
    names = names_in(accounts)
    st.markdown(path_sentence(found, names))
    _left_out(found.left_out)
    for number, step in enumerate(found.steps, 1):
        one, other = (show_markdown(names[id_], 60) for id_ in (step.left, step.right))
        heading(f"{number}. {one} → {other}", "", "route")
        for line in step_lines(step, names):
            st.markdown(line)
        _open_account(desk, step.right, names[step.right])


def behind(desk: Desk, summary: GraphSummary) -> None:
    """Who acted on one object."""
    traces = [trace.trace for trace in summary.traces]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        trace = st.selectbox("Kind", traces, key="trace", bind="query-params", width=220)
        typed = _field("Object", "object", "the whole link, hashtag or post id", 2_000)
    if not typed or trace is None:
        _say_how(
            "Name an object as the export has it, or search for it above: you see who acted on it, first one first."
        )
        return
    found = ask_graph(desk, lambda store: store.accounts_of(trace, typed, limit=_MOST_ACTORS))
    st.markdown(object_sentence(found))
    _left_out(found.left_out)
    column = st.column_config
    _pick_account(
        desk,
        actor_rows(found),
        f"actors {trace} {typed}",
        "Accounts that acted on the object",
        {
            "account": column.TextColumn("Account", width=260),
            "times": column.NumberColumn("Times", format="localized", width=80),
            "first": column.TextColumn("First", width=200),
            "last": column.TextColumn("Last", width=200),
        },
    )


def common(desk: Desk) -> None:
    """What several accounts acted on."""
    typed = typed_accounts(
        st.text_area(
            "Accounts",
            placeholder="ids or @handles, one per line, or on one line with commas between",
            key="ids",
            bind="query-params",
            max_chars=20_000,
            height=90,
        )
        or ""
    )
    if not typed:
        _say_how("Type several accounts: you see what most of them acted on, and who else did.")
        return
    capped(f"{len(typed)} accounts were typed; the first {MOST_TYPED} are asked." * (len(typed) > MOST_TYPED))

    def question(store: GraphStore) -> tuple[int, pl.DataFrame, Sequence[str]]:
        ids = {account_named(store, one) for one in typed[:MOST_TYPED]}
        found = store.top_objects(ids, limit=_MOST_COMMON)
        return len(ids), common_rows(found), found.left_out

    number, rows, said = ask_graph(desk, question)
    heading(f"What {plural(number, 'account')} acted on", "what most of them share first, then what is rarest", "tag")
    _left_out(said)
    column = st.column_config
    listing(
        rows.drop("name", "object_id", "acts", "accounts"),
        "Objects of the accounts",
        most=14,
        columns={
            "trace": word_chips("Trace", palette().trace_chip, 90),
            "kind": column.TextColumn("Kind", width=122),
            "object": column.TextColumn("Object", width=360),
            "first": column.TextColumn("First", width=100),
            "inside": column.NumberColumn(
                "Of these", format="localized", width=80, help="How many of the typed accounts"
            ),
            "outside": column.NumberColumn(
                "Others", format="localized", width=80, help="Accounts besides the typed ones"
            ),
        },
    )


def _ring_table(desk: Desk, near: Neighbourhood, rows: pl.DataFrame, name: str) -> None:
    column = st.column_config
    _pick_account(
        desk,
        rows,
        f"ring {near.centre} {rows.height}",
        "Accounts around it, the nearest first",
        {
            "account": column.TextColumn("Account", width=122),
            "hops": column.NumberColumn("Hops", width=46),
            "times": column.NumberColumn(
                "Times", format="localized", width=52, help="Interactions with the ring before it"
            ),
            "with": column.TextColumn("What passed", width=166),
            "last": column.TextColumn("Last", width=88),
        },
        most=12,
        otherwise=(near.centre, name),
    )


def _pick_account(
    desk: Desk,
    rows: pl.DataFrame,
    key: str,
    description: str,
    columns: dict[str, Any],
    most: int = 14,
    otherwise: tuple[str, str] | None = None,
) -> None:
    """A table of accounts; the ticked one (or `otherwise`, id and name) can be opened, or be looked around."""
    state = st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW,
        height=ROW * min(most, max(1, rows.height)) + 36,
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        alt=description,
        column_order=list(columns),
        column_config=columns,
    )
    place = next(iter(state["selection"]["rows"]), None)
    if place is not None:
        _open_account(desk, str(rows["account_id"][place]), str(rows["account"][place]))
    elif otherwise:
        _open_account(desk, *otherwise)
    else:
        st.markdown(":small[:gray[Tick one account to open its page.]]")


def _open_account(desk: Desk, account_id: str, name: str) -> None:
    st.page_link(
        "screens/account.py",
        label=f"Open account {show_markdown(name, 60)}",
        icon=":material/person_search:",
        query_params={**desk.address, "account": account_id},
    )


def _field(label: str, key: str, placeholder: str, most: int = 300) -> str:
    typed = st.text_input(label, key=key, placeholder=placeholder, bind="query-params", max_chars=most)
    return (typed or "").strip()


def _say_how(sentence: str) -> None:
    st.markdown(f":gray[{sentence}]")


def _left_out(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        st.caption(show_markdown(sentence, 300))
