"""Reading posts: words are hidden until somebody says why they need one; every reading is written down before it is shown."""

from collections.abc import Mapping

import streamlit as st

from casework.readings import record_reading
from graph.foreign_text import show_markdown
from investigator_ui.desk import Desk, work_store
from investigator_ui.views.cluster_head import ClusterFrames
from investigator_ui.views.graph_banner import NOT_NOW
from investigator_ui.views.post_texts import Post, evidence_posts
from investigator_ui.views.wording import moment


def texts(desk: Desk, frames: ClusterFrames, names: Mapping[str, str], picked: frozenset[str]) -> None:
    """The posts that most evidence rests on, masked; one button per post shows it."""
    revealed: set[str] = st.session_state.setdefault("revealed", set())
    posts, total = evidence_posts(frames.evidence, desk.facts.scan("posts"), names, frozenset(revealed), picked)
    if not posts:
        st.markdown(":gray[The facts hold no text of these posts.]")
        return
    reason = st.text_input(
        "Why do you need to read a post?",
        placeholder="For example: check whether the texts are one template",
        max_chars=500,
        key="reading reason",
    )
    if desk.standing.away:
        st.caption(f"{NOT_NOW}: showing a post would have to be written down.")
        reason = ""
    for post in posts:
        _post(desk, post, revealed, (reason or "").strip())
    st.caption(
        f"{len(posts)} of {total} posts, those with the most evidence first. Words are replaced on the server; hashtags "
        "and links stay. Showing a post is written to the audit log with your name and a fingerprint of the reason."
    )


def _post(desk: Desk, post: Post, revealed: set[str], reason: str) -> None:
    who, words, action = st.columns([1.3, 5, 0.7], gap="small", vertical_alignment="center")
    who.markdown(f"**{show_markdown(post.account, 60)}**  \n:small[:gray[{moment(post.at)}]]")
    words.markdown(show_markdown(post.words, 1_000) or ":gray[no text]")
    with action:
        if post.post_id in revealed:
            st.markdown(":small[:gray[shown, logged]]")
        elif st.button(
            "Show",
            key=f"show {post.post_id}",
            type="tertiary",
            icon=":material/visibility:",
            disabled=not reason,
            help="Say first why you need it." if not reason else "Written down as: read the text of this post.",
        ):
            with work_store(desk) as store:
                record_reading(store, actor=desk.actor, post_id=post.post_id, reason=reason)
            revealed.add(post.post_id)
            st.rerun()
