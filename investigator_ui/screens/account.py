"""One account: what it did, whom it acted alike with, whom it talked to, and whether it could be innocent."""

import streamlit as st

from graph.foreign_text import show_markdown
from graph.takeover_words import VICTIM
from investigator_ui.desk import account_frames, names_of, open_desk
from investigator_ui.look import heading, page_head, role_badge, show_state, strip, tier_chip
from investigator_ui.panes import one_account, other_hands
from investigator_ui.panes.both_cases import explanation_list
from investigator_ui.views.account_innocence import account_explanations, what_would_clear_it
from investigator_ui.views.account_page import account_sentence, account_strip
from investigator_ui.views.case_against import open_note
from investigator_ui.views.cluster_head import as_of
from investigator_ui.views.states import NO_RUN, NOTHING_INGESTED, not_found

desk = open_desk()
if desk.run is None:
    page_head("Queue › Account", "", "Account")
    show_state(NO_RUN if desk.facts.sources else NOTHING_INGESTED)
    st.stop()
account_id = st.query_params.get("account") or st.session_state.get("account", "")
frames = account_frames(desk, desk.run, account_id) if account_id else None
if frames is None:
    page_head("Queue › Account", as_of(desk.run), "Account")
    said = f"Nothing is known of {show_markdown(account_id, 60)}" if account_id else "No account is open"
    show_state(not_found(said, "Type an account id, or tick a member on a cluster page."))
    one_account.ask_for_one(desk)
    st.stop()
st.session_state["account"] = account_id
st.query_params["account"] = account_id
partners = frozenset([account_id, *frames.edges["left"], *frames.edges["right"]])
names = names_of(desk, partners)
tier = frames.result.get("tier")
# A victim is not accused: the tier is that of the ring, and stands on its page.
victim = frames.role_in_ring == VICTIM
badges = [tier_chip(tier)] if tier and not victim else []
badges += [role_badge(role) for role in frames.memberships["role"].unique(maintain_order=True)]
page_head(
    "Queue › Cluster › Account",
    as_of(desk.run),
    show_markdown(names[account_id], 80),
    " ".join(badges),
    account_sentence(frames),
)
strip(account_strip(frames))
if frames.role_in_ring:
    ring = frames.memberships.filter(frames.memberships["cluster_id"] == frames.ring.takeovers["cluster_id"][0])
    other_hands.taken_over_block(desk, frames.ring, account_id, ring.row(0, named=True), victim=victim)
did, against = st.columns([1.32, 1], gap="medium")
with did:
    one_account.what_it_did(frames)
    one_account.links(desk, frames, names)
with against:
    one_account.clusters_and_reasons(desk, frames, names)
    innocent = account_explanations(frames)
    if innocent or not frames.role_in_ring:  # a ring has its own innocent explanations, on its page
        heading("Could be innocent", open_note(innocent), "balance")
    explanation_list(innocent)
    if innocent:
        st.markdown(f":small[:gray[{what_would_clear_it()}]]")
    one_account.neighbours(desk, account_id)
