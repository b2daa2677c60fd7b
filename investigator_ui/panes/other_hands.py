"""Accounts in other hands: what ties a ring, its times, and before and after account by account."""

from collections.abc import Mapping

import streamlit as st

from graph.foreign_text import show_markdown
from graph.takeover_words import COMPROMISED, VICTIM
from investigator_ui.desk import Desk
from investigator_ui.look import ROW, capped, heading, listing, palette, show_chart, strip
from investigator_ui.takeover_charts import before_after, takeover_times
from investigator_ui.views import takeover_times as times
from investigator_ui.views.before_after import (
    change_sentences,
    deed_rows,
    first_act_words,
    habit_rows,
    panel_of,
    story,
    takeover_strip,
)
from investigator_ui.views.cluster_head import ClusterFrames
from investigator_ui.views.takeovers import TakeoverFrames, rings_beside, tie_rows


def what_ties_it(frames: ClusterFrames) -> None:
    """The new things that the members took up together, with who else did."""
    rows = tie_rows(frames.ring.signs, frames.evidence)
    heading("What ties it", "new to each of them, taken up together; the least likely first", "link")
    if rows.is_empty():
        st.markdown(":gray[This run does not say it thing by thing; the evidence below does.]")
        return
    column = st.column_config
    listing(
        rows,
        "New things that the members took up together, with how many others took them up",
        columns={
            "thing": column.TextColumn("New thing", width=176),
            "members": column.NumberColumn("Members", format="localized", width=62),
            "others": column.TextColumn(
                "Others then", width=74, alignment="right", help="Who else took it up in the time that was tested"
            ),
            "ever": column.TextColumn(
                "Others ever",
                width=76,
                alignment="right",
                help="Ever seen with it in the whole data, besides the members",
            ),
            "broke": column.TextColumn(
                "Broke with habits", width=122, help="Of all who took it up then, with other habits and on that day"
            ),
            "within": column.TextColumn("Within", width=56, alignment="right"),
            "chance": column.TextColumn("By chance", width=140),
        },
        most=6,
    )


def also_in(desk: Desk, frames: ClusterFrames) -> None:
    """From a cluster to the ring its members are victims of, and from a ring to what was done with its accounts."""
    if desk.run is None:
        return
    is_ring = frames.cluster["kind"] == COMPROMISED
    beside = rings_beside(desk.run, frames.members, "coordinated" if is_ring else COMPROMISED)
    if not beside:
        return
    said = "Also in" if is_ring else "Members in other hands"
    note = (
        "clusters in which these accounts act together"
        if is_ring
        else "what an account did then, its owner may not have done"
    )
    heading(said, note, "call_split" if is_ring else "swap_horiz")
    for one in beside:
        st.page_link(
            "screens/cluster.py",
            label=f"{one.title} · {one.shared} of {frames.members.height} members",
            icon=":material/healing:" if one.victims else ":material/hub:",
            query_params={**desk.address, "cluster": one.cluster_id},
        )


def takeover(frames: ClusterFrames, names: Mapping[str, str], picked: frozenset[str]) -> None:
    """When each account changed hands, then one of them before and after: the ticked one, or whoever was taken first."""
    if frames.ring.takeovers.is_empty():
        return
    heading("When each account changed hands", "all times UTC; what lies between is not known more exactly", "history")
    drawn = times.takeover_times(frames.ring.takeovers, names)
    capped(drawn.cap)
    show_chart(
        takeover_times(drawn, palette()),
        "One row per account: the span in which it changed hands, its first new post, and when it came back",
    )
    st.caption(drawn.note)
    order = frames.ring.takeovers.sort("at", "account_id")["account_id"].to_list()
    first = next((id_ for id_ in order if id_ in picked), order[0])
    heading(
        "Before and after", "one account at a time; a tick in the table of members chooses it too", "compare_arrows"
    )
    chosen = st.selectbox(
        "Account",
        order,
        index=order.index(first),
        format_func=lambda id_: names.get(id_, id_),
        label_visibility="collapsed",
        key=f"before and after {frames.cluster['cluster_id']} {first}",
        width=360,
    )
    one_account(frames.ring, chosen, victim=_is_victim(frames, chosen))


def _is_victim(frames: ClusterFrames, account_id: str) -> bool:
    return bool((frames.members.filter(frames.members["account_id"] == account_id)["role"] == VICTIM).any())


def one_account(frames: TakeoverFrames, account_id: str, *, victim: bool) -> None:
    """The panel of one account: its story, its strip, habits usual and new, and what was done."""
    told = panel_of(frames, account_id)
    if told is None:
        return
    row, mine = told
    st.markdown(story(row, victim=victim))
    strip(takeover_strip(row))
    habits, deeds = st.columns([1.5, 1], gap="medium")
    with habits:
        _habits(mine)
    with deeds:
        st.markdown(":small[:gray[What was done, in the two weeks before and after; hollow: before, red: changed]]")
        rows = deed_rows(mine.deeds)
        if rows.height:
            show_chart(
                before_after(rows, palette()),
                "; ".join(f"{what}: {said}" for what, said in rows.select("what", "words").iter_rows()),
            )
        else:
            st.markdown(":gray[Nothing was read of these two weeks.]")
        if words := first_act_words(row):
            st.markdown(f":small[{words}]")


def _habits(mine: TakeoverFrames) -> None:
    column = st.column_config
    rows = habit_rows(mine.changes)
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW,
        height=ROW * min(max(rows.height, 1), 11) + 36,
        alt="Habits of the account, usual before and new after",
        column_config={
            "habit": column.TextColumn("Habit", width=104),
            "usual": column.TextColumn("Usual until then", width=210),
            "new": column.TextColumn("Never seen before", width=210),
            "ties": column.TextColumn("Ties the ring", width=120),
            "before": column.NumberColumn("Before", format="localized", width=56, help="Times observed before"),
            "after": column.NumberColumn(
                "After", format="localized", width=52, help="Times observed in the two weeks after"
            ),
        },
    )
    said = change_sentences(mine.changes)
    with st.expander(
        f"What changed, in {len(said)} sentences" if len(said) != 1 else "What changed, in a sentence",
        icon=":material/format_list_bulleted:",
    ):
        st.markdown("\n".join(f"- :small[{one}]" for one in said) or "Nothing that was never seen before.")


def taken_over_block(
    desk: Desk, frames: TakeoverFrames, account_id: str, ring: dict[str, str], *, victim: bool
) -> None:
    """The section of the account page, with the way to the ring; nothing where the account is in none."""
    if panel_of(frames, account_id) is None:
        return
    note = "the owner is a victim: secure and contact, do not suspend" if victim else "who holds it now is not known"
    heading(
        "Probably taken over" if victim else "Changed its habits with others",
        note,
        "healing" if victim else "swap_horiz",
    )
    st.page_link(
        "screens/cluster.py",
        label=f"The ring: {show_markdown(ring['title'], 100)}",
        icon=":material/hub:",
        query_params={**desk.address, "cluster": ring["cluster_id"]},
    )
    one_account(frames, account_id, victim=victim)
