"""What exactly happened in a cluster: evidence, timeline, texts, what-ifs and method; only the chosen part is computed."""

from collections.abc import Mapping

import streamlit as st

from graph.foreign_text import show_markdown
from investigator_ui.charts import timeline
from investigator_ui.desk import Desk
from investigator_ui.look import ROW, capped, heading, palette, show_chart, strip, word_chips
from investigator_ui.panes.reading import texts
from investigator_ui.panes.what_if import what_would_change_it
from investigator_ui.views.cluster_head import ClusterFrames
from investigator_ui.views.evidence_table import evidence_caption, evidence_rows
from investigator_ui.views.method import input_rows, left_out, level_told, parameter_rows, run_facts, version_line
from investigator_ui.views.timeline_rows import timeline_rows

PARTS = ("Evidence", "Timeline", "Texts", "What would change it", "Method")


def what_exactly_happened(desk: Desk, frames: ClusterFrames, names: Mapping[str, str], picked: frozenset[str]) -> None:
    """The part that the address names; picked accounts narrow evidence and texts."""
    heading("What exactly happened", "every pair of times is kept as seen", "fact_check")
    part = st.segmented_control(
        "Part", PARTS, default=PARTS[0], label_visibility="collapsed", bind="query-params", key="part"
    )
    if part == "Timeline":
        _timeline(desk, frames, names)
    elif part == "Texts":
        texts(desk, frames, names, picked)
    elif part == "What would change it":
        what_would_change_it(desk, frames, names)
    elif part == "Method":
        method(desk)
    else:
        _evidence(frames, names, picked)


def _evidence(frames: ClusterFrames, names: Mapping[str, str], picked: frozenset[str]) -> None:
    rows = evidence_rows(frames.evidence, frames.edges, names, picked)
    column = st.column_config
    st.dataframe(
        rows,
        hide_index=True,
        height=ROW * min(10, max(1, rows.height)) + 36,
        row_height=ROW,
        alt="Shared objects with both accounts and both times",
        column_config={
            "trace": word_chips("Trace", palette().trace_chip, 70),
            "object": column.TextColumn("Shared object", width=190),
            "first": column.TextColumn("First", width=108),
            "first_at": column.TextColumn("at (UTC)", width=106),
            "then": column.TextColumn("Then", width=108),
            "then_at": column.TextColumn("at (UTC)", width=106),
            "gap": column.TextColumn("Gap", width=52, alignment="right"),
            "shared_by": column.NumberColumn(
                "Touched by",
                format="localized",
                width=70,
                help="Accounts in the whole data; common objects count for less",
            ),
            "pair": column.TextColumn(
                "This pair", width=132, help="Objects this pair shared, and how many chance explains"
            ),
            "chance": column.TextColumn("By chance", width=144),
        },
    )
    st.caption(evidence_caption(rows.height, frames.evidence, picked))


def _timeline(desk: Desk, frames: ClusterFrames, names: Mapping[str, str]) -> None:
    acts = timeline_rows(frames.members, frames.evidence, desk.facts.scan("actions"), names)
    capped(acts.cap)
    show_chart(
        timeline(acts.rows, palette()),
        "One row per account, one tick per act; columns of ticks are moments in which the group acted together",
    )
    st.caption("Coloured: acts that are evidence, by kind. Grey: everything else these accounts did in the same span.")


def method(desk: Desk) -> None:
    """How the run came about: enough to repeat it."""
    if desk.run is None:
        return
    strip(run_facts(desk.run))
    if said := level_told(desk.run):
        st.markdown(said)
    st.markdown(f":small[:gray[Versions]]  \n{version_line(desk.run)}")
    left, right = st.columns(2, gap="medium")
    with left:
        heading("Parameters", icon="tune")
        st.dataframe(parameter_rows(desk.run.record.parameters), hide_index=True, alt="Parameters of the run")
    with right:
        heading("Left out", "and why", "filter_alt")
        st.markdown("\n".join(f"- {note}" for note in left_out(desk.run)) or "Nothing was left out.")
        heading("Files it stands on", icon="description")
        st.dataframe(input_rows(desk.run), hide_index=True, alt="Ingested files with their hashes")
        st.caption(f"Run {show_markdown(desk.run.run_id, 80)}")
