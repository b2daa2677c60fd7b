"""The two cases of a cluster page, of equal size: why it was flagged and could it be innocent; then what was shared most."""

from collections.abc import Mapping

import streamlit as st

from graph.foreign_text import show_markdown
from investigator_ui.charts import expected_vs_seen
from investigator_ui.look import heading, palette, show_chart
from investigator_ui.views.case_against import (
    Explanation,
    open_note,
    ruled_out,
    ruled_out_note,
    still_standing,
    what_would_clear_it,
)
from investigator_ui.views.case_for import signal_note, signal_rows, signal_sentences
from investigator_ui.views.cluster_head import ClusterFrames
from investigator_ui.views.shared_most import objects_note, top_lines, top_objects


def why_flagged(frames: ClusterFrames) -> None:
    """The sentence, the chart that proves it, and the sentence of each signal."""
    heading("Why flagged", signal_note(frames.signals), "manage_search")
    st.markdown(show_markdown(frames.cluster["sentence"], 1_000))
    rows = signal_rows(frames.signals)
    if rows.height:
        show_chart(
            expected_vs_seen(rows, palette()),
            f"{rows.height} signals, seen against expected; {rows['outside'].sum()} lie beyond the range of chance",
        )
    with st.expander("Each signal in a sentence", icon=":material/format_list_bulleted:"):
        for name, sentence in signal_sentences(frames.signals):
            st.markdown(f"**{name}**  \n:small[:gray[{sentence}]]")


def could_be_innocent(frames: ClusterFrames, said: list[Explanation]) -> None:
    """Each test with its verdict and its numbers, those ruled out folded away, and what would clear the group."""
    heading("Could be innocent", open_note(said), "balance")
    standing, gone = still_standing(said), ruled_out(said)
    explanation_list(standing)
    if gone:
        with st.expander(ruled_out_note(gone, among=len(said)), icon=":material/check_circle:"):
            explanation_list(gone)
    st.markdown(f":small[:gray[{what_would_clear_it(frames.edges, frames.members.height)}]]")


def explanation_list(said: list[Explanation]) -> None:
    """One line for the verdict, one for the test with both numbers."""
    with st.container(gap="xxsmall"):
        for one in said:
            st.markdown(
                f":{one.hue}[:material/{one.icon}:] **{one.name}** · {one.verdict}  \n:small[:gray[{one.sentence}]]"
            )


def shared_most(frames: ClusterFrames, names: Mapping[str, str]) -> None:
    """The objects that most members touched, with how many others did."""
    objects = top_objects(frames.evidence)
    heading("Shared most", objects_note(objects), "link")
    st.markdown("  \n".join(f"{name} :small[:gray[{words}]]" for name, words in top_lines(objects, names)))
