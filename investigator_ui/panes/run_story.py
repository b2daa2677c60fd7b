"""The sections of the runs page: the list, the funnel, parameters, and the account of what was ingested and set aside."""

from collections.abc import Sequence

import streamlit as st

from graph.runs import StoredRun
from investigator_ui.charts import funnel
from investigator_ui.desk import Desk
from investigator_ui.look import ROW, heading, listing, palette, show_chart, strip
from investigator_ui.views.method import (
    funnel_rows,
    input_rows,
    left_out,
    level_told,
    parameter_rows,
    run_facts,
    stage_rows,
    version_line,
)
from investigator_ui.views.run_list import ingest_sentence, quarantine_summary, run_rows, source_rows


def run_table(runs: Sequence[StoredRun], chosen: str) -> str:
    """Every run, newest first; returns the id of the ticked one, `chosen` before anybody ticked."""
    rows = run_rows(runs)
    ids = [run.run_id for run in reversed(runs)]
    column = st.column_config
    state = st.dataframe(
        rows,
        hide_index=True,
        height=ROW * min(6, rows.height) + 36,
        row_height=ROW,
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [ids.index(chosen)], "columns": [], "cells": []}},
        key=f"runs {ids[0]} {chosen}",
        alt="Runs, newest first",
        column_config={
            "run": column.TextColumn("Run", width=220),
            "finished": column.TextColumn("Finished", width=180),
            "clusters": column.NumberColumn("Clusters", format="localized", width=80),
            "alert": column.NumberColumn("Alert", format="localized", width=70),
            "accounts": column.NumberColumn("Accounts scored", format="localized", width=120),
            "took": column.TextColumn("Took", width=80, alignment="right"),
            "seed": column.TextColumn("Seed", width=80, alignment="right"),
            "shadow": column.TextColumn("Kind", width=80),
        },
    )
    places = state["selection"]["rows"]
    return ids[places[0]] if places else chosen


def funnel_of(run: StoredRun) -> None:
    """Stage by stage on a log scale, what was left out in words."""
    rows = funnel_rows(run)
    heading("Funnel", "log scale · at the right: from how many, and how long it took", "filter_alt")
    if rows.height:
        show_chart(funnel(rows, palette()), "Funnel of the run, stage by stage")
    with st.expander("Every stage as it ran", icon=":material/format_list_numbered:"):
        st.dataframe(
            stage_rows(run),
            hide_index=True,
            row_height=ROW,
            height=ROW * min(12, max(1, len(run.stages))) + 36,
            alt="Every stage with what went in and what came out",
        )
    if notes := left_out(run):
        with st.expander(f"Left out, and why: {len(notes)} notes", icon=":material/filter_list:"):
            st.markdown("\n".join(f"- {note}" for note in notes))


def level_of(run: StoredRun) -> None:
    """How much of what was flagged chance alone would bring, and from where a group counts."""
    if said := level_told(run):
        heading("Level", "the same data, its coordination taken out, searched the same way", "casino")
        st.markdown(said)


def how_it_came_about(run: StoredRun) -> None:
    """Enough to repeat it: parameters, seed, versions, files with their hashes."""
    heading("How it came about", "the same facts, parameters, seed and version give the same run", "tune")
    strip(run_facts(run))
    left, right = st.columns([1, 1.2], gap="medium")
    with left:
        rows = parameter_rows(run.record.parameters)
        listing(
            rows,
            "Parameters",
            most=9,
            columns={"parameter": "Parameter", "value": "Value"},
        )
    with right:
        files = input_rows(run)
        column = st.column_config
        listing(
            files,
            "Files with their hashes",
            most=6,
            columns={
                "file": column.TextColumn("File", width=96),
                "sha256": column.TextColumn("SHA-256", width=410),
                "accepted": column.NumberColumn("Rows", format="localized", width=62),
            },
        )
        st.markdown(f":small[:gray[{version_line(run)}]]")


def ingested(desk: Desk) -> None:
    """Every file of the facts with its account, and why rows were set aside."""
    if not desk.facts.sources:
        return
    heading("Ingested", f"facts version {desk.facts.number}", "database")
    st.markdown(ingest_sentence(desk.facts.sources))
    rows = source_rows(desk.facts.sources)
    column = st.column_config
    listing(
        rows,
        "Ingested files and their accounts",
        columns={
            "file": column.TextColumn("File", width=260),
            "format": column.TextColumn("Format", width=120),
            **{
                name: column.NumberColumn(label, format="localized", width=96)
                for name, label in (
                    ("read", "Read"),
                    ("accepted", "Accepted"),
                    ("quarantined", "Set aside"),
                    ("duplicates", "Duplicates"),
                    ("blank", "Blank"),
                    ("warned", "Warned"),
                )
            },
            "adds_up": column.TextColumn("Adds up", width=74),
        },
    )
    _quarantine(desk)


def _quarantine(desk: Desk) -> None:
    rows = quarantine_summary(desk.facts.scan("quarantine"))
    if rows.is_empty():
        st.caption("No row was set aside.")
        return
    heading("Set aside", "why, how often, and one example of each", "report")
    column = st.column_config
    listing(
        rows,
        "Reasons for setting rows aside",
        columns={
            "reason": column.TextColumn("Reason", width=160),
            "rows": column.NumberColumn("Rows", format="localized", width=80),
            "example": column.TextColumn("Example", width=760),
        },
    )
    st.caption(
        "Nothing of it was thrown away: `flockwatch quarantine --export FILE` gives the rows with their original bytes."
    )
