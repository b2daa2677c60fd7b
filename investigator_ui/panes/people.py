"""The network picture and the member table of a cluster: one selection for both."""

from collections.abc import Mapping

import polars as pl
import streamlit as st

from graph.foreign_text import show_markdown
from graph.takeover_words import VICTIM
from investigator_ui.charts import network
from investigator_ui.desk import Desk
from investigator_ui.look import ROW, capped, heading, palette, show_chart, word_chips
from investigator_ui.palette import ROLE_HUE, ROLES
from investigator_ui.views.beside_cluster import MOST, bystander_line, possible_targets, targets_note
from investigator_ui.views.cluster_head import ClusterFrames
from investigator_ui.views.member_table import member_rows, protected_members, ring_member_rows
from investigator_ui.views.network_picture import picture

_COLUMNS = ("account", "role", "belongs", "links", "followers", "created")
_COLUMNS_OF_RING = ("account", "role", "protected", "followers", "taken", "owner", "back")
_COLUMNS_WITH_PROTECTED = ("account", "role", "protected", "belongs", "links", "created", "followers")


def network_and_members(desk: Desk, frames: ClusterFrames, names: Mapping[str, str]) -> frozenset[str]:
    """Draw both; returns the accounts ticked in the table (none means all)."""
    heading("Network and members", "tick a row and it stands out in the picture and in what happened", "hub")
    roles = _role_pills(frames.members)
    rows = member_rows(frames.members, desk.accounts(), names, roles)
    is_ring = bool(frames.ring.takeovers.height)
    if is_ring:
        rows = ring_member_rows(rows, frames.ring.takeovers)
    key = f"members {frames.cluster['cluster_id']} {sorted(roles)}"
    picked = _picked(rows, key)
    protected = protected_members(frames.members, desk.accounts())
    drawn = picture(frames.members, frames.edges, names, picked, roles, protected)
    st.caption(drawn.line)
    with st.container(border=True):
        show_chart(network(drawn.nodes, drawn.links, palette()), f"Network of the cluster: {drawn.line}")
    capped(drawn.cap)
    _table(rows, key, _COLUMNS_OF_RING if is_ring else _COLUMNS_WITH_PROTECTED if protected else _COLUMNS)
    if is_ring and VICTIM in set(frames.members["role"]):
        st.caption(
            "Protected and verified accounts come first, then those with the most followers: secure them in this order"
        )
    _open_account(desk, rows, picked)
    _beside(frames, names)
    return picked


def _beside(frames: ClusterFrames, names: Mapping[str, str]) -> None:
    """Who may have been framed, in a list of their own; they are neither in the picture nor in the table."""
    targets = possible_targets(frames.apart, names)
    if targets:
        heading("Possible targets, not members", targets_note(frames.apart), "shield_person")
        for one in targets[:MOST]:
            st.markdown(f"**{one.name}**  \n:small[:gray[{one.sentence}]]")
        capped(
            f"{len(targets) - MOST} more are not listed; flockwatch explain --json holds all." * (len(targets) > MOST)
        )
    if line := bystander_line(frames.apart):
        st.caption(line)


def _role_pills(members: pl.DataFrame) -> frozenset[str]:
    per_role = dict(members.group_by("role").len().iter_rows())
    present = [role for role in ROLES if role in per_role]
    chosen = st.pills(
        "Roles",
        present,
        format_func=lambda role: f":{ROLE_HUE[role]}[●] {role} {per_role[role]}",
        selection_mode="multi",
        label_visibility="collapsed",
        key="roles",
    )
    return frozenset(chosen or ())


def _picked(rows: pl.DataFrame, key: str) -> frozenset[str]:
    state = st.session_state.get(key) or {}
    places = state.get("selection", {}).get("rows", [])
    return frozenset(rows["account_id"][place] for place in places if place < rows.height)


def _table(rows: pl.DataFrame, key: str, columns: tuple[str, ...]) -> None:
    colours = palette()
    column = st.column_config
    st.dataframe(
        rows.with_columns(role=pl.concat_list("role")),
        hide_index=True,
        height=ROW * min(7, rows.height) + 36,
        row_height=ROW,
        on_select="rerun",
        selection_mode="multi-row",
        key=key,
        alt="Members with role, how surely they belong, links and age",
        column_order=columns,
        column_config={
            "account": column.TextColumn("Account", width=132),
            "role": word_chips("Role", colours.role_chip, 82),
            "belongs": column.ProgressColumn(
                "Belongs",
                min_value=0,
                max_value=1,
                format="%.2f",
                width=82,
                color=colours.main,
                help="How much of the evidence points at this account",
            ),
            "links": column.NumberColumn("Links", width=48, help="Members it acted alike with beyond chance"),
            "followers": column.TextColumn("Followers", width=68, alignment="right"),
            "created": column.TextColumn("Created", width=84),
            "protected": column.TextColumn("Protected", width=74),
            "taken": column.TextColumn("Since (UTC)", width=88, help="First seen with what ties the ring"),
            "owner": column.TextColumn(
                "Owner", width=52, alignment="right", help="Share of devices and places after that are those of before"
            ),
            "back": column.TextColumn("Came back", width=84),
        },
    )
    st.caption(f"{rows.height} members listed; the picture and this table hold the same accounts")


def _open_account(desk: Desk, rows: pl.DataFrame, picked: frozenset[str]) -> None:
    if len(picked) != 1:
        st.markdown(":small[:gray[Tick one account to open its page.]]")
        return
    account_id = next(iter(picked))
    shown = rows.filter(pl.col("account_id") == account_id)["account"].item()
    if st.button(f"Open account {show_markdown(shown, 60)}", icon=":material/person_search:", key="open account"):
        st.switch_page("screens/account.py", query_params={**desk.address, "account": account_id})
