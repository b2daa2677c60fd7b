"""One cluster: why flagged, could it be innocent, who is in it, what exactly happened, and what people decided."""

import streamlit as st

from graph.foreign_text import show_markdown
from investigator_ui.desk import cluster_frames, decisions_on, names_in, open_desk
from investigator_ui.look import chip, page_head, ring_chip, show_state, strip, tier_chip, verdict_chip
from investigator_ui.panes import (
    both_cases,
    deciding,
    earlier,
    happened,
    other_hands,
    people,
    taking_over,
    wider_and_finer,
)
from investigator_ui.views.case_against import explanations, tags
from investigator_ui.views.cluster_head import as_of, badge_words, both_sides, facts_strip, how_stable, title
from investigator_ui.views.decision_log import standing_verdict
from investigator_ui.views.member_table import protected_members
from investigator_ui.views.states import NO_RUN, NOTHING_INGESTED, not_found
from investigator_ui.views.takeovers import known_ring, ring_sentence, ring_strip

desk = open_desk()
if desk.run is None:
    page_head("Queue › Cluster", "", "Cluster")
    show_state(NO_RUN if desk.facts.sources else NOTHING_INGESTED)
    st.stop()
cluster_id = st.query_params.get("cluster") or st.session_state.get("cluster", "")
frames = cluster_frames(desk.run, cluster_id) if cluster_id else None
if frames is None:
    page_head("Queue › Cluster", as_of(desk.run), "Cluster")
    said = f"This run has no cluster {show_markdown(cluster_id, 60)}" if cluster_id else "No cluster is open"
    show_state(not_found(said, "Pick one in the queue; every cluster of the run is listed there."))
    st.page_link("screens/cluster_queue.py", label="Queue", icon=":material/inbox:", query_params=desk.address)
    st.stop()
st.session_state["cluster"] = cluster_id
st.query_params["cluster"] = cluster_id
names, taken = names_in(desk, frames), decisions_on(desk, cluster_id)
innocent = explanations(frames.guards)
verdict = standing_verdict(taken)
ring = known_ring(frames.cluster)
kind = ring_chip(frames.cluster["kind"], frames.cluster["type"])
badges = [tier_chip(frames.cluster["tier"]), kind or chip(show_markdown(frames.cluster["kind"], 40), "gray", "hub")]
if stable := badge_words(frames.cluster):
    badges.append(chip(*stable))
protected = protected_members(frames.members, desk.accounts())
if protected:
    badges.append(chip(f"{len(protected)} protected", "violet", "shield_person"))
badges.append(verdict_chip(verdict) if verdict else chip("no verdict yet"))
said = (
    f"{ring_sentence(frames.cluster, ring, frames.ring.takeovers, innocent)}{how_stable(frames.cluster)}"
    if ring
    else both_sides(frames, innocent)
)
buttons = page_head(
    "Queue › Cluster",
    as_of(desk.run),
    title(frames.cluster),
    " ".join(badges),
    said,
    " ".join(chip(tag, "blue", "sell") for tag in tags(frames.guards)),
)
deciding.report_button(buttons, desk, desk.run, cluster_id)
strip(ring_strip(frames.cluster, frames.ring.takeovers) if ring else facts_strip(frames))
halves = st.grid(2, min_column_width=440, gap="medium")  # side by side when there is room, stacked when not
with halves.cell():
    both_cases.why_flagged(frames)
    both_cases.could_be_innocent(frames, innocent)
    other_hands.also_in(desk, frames)
    if ring:
        other_hands.what_ties_it(frames)
    else:
        both_cases.shared_most(frames, names)
with halves.cell():
    picked = people.network_and_members(desk, frames, names)
other_hands.takeover(frames, names, picked)
happened.what_exactly_happened(desk, frames, names, picked)
if not ring or frames.nesting.height:  # rings are looked for at one resolution
    wider_and_finer.wider_and_finer(desk, frames)
earlier.before_this_run(desk, desk.run, cluster_id)
taking_over.offer_earlier(desk, desk.run, cluster_id, taken)
deciding.decide_and_log(desk, desk.run, cluster_id, taken)
