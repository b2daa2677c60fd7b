"""Deciding on a cluster: the form, the log of what was decided, and the report as one download."""

import uuid

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from casework.decisions import PUNISHING, Decision, decide, newest_standing
from casework.victims import Victims, victims_among
from graph.errors import FlockwatchError
from graph.foreign_text import show_markdown
from graph.runs import StoredRun
from investigator_ui.desk import Desk, decisions_on, work_store
from investigator_ui.look import chip, heading, refused, verdict_chip
from investigator_ui.views.cluster_list import VERDICT_WORDS
from investigator_ui.views.decision_log import (
    Entry,
    care_sentence,
    log_entries,
    second_thought,
    spared_label,
    verdicts_offered,
)
from investigator_ui.views.graph_banner import NOT_NOW
from investigator_ui.views.report_download import report_file_name, report_zip

_SAVED = "decision saved"


def decide_and_log(desk: Desk, run: StoredRun, cluster_id: str, taken: list[Decision]) -> None:
    """The form at the left, the log at the right; a correction is another entry that names the one it replaces."""
    form, log = st.columns(2, gap="medium")
    with form:
        heading(
            "Decide",
            "kept with your name and the time; nothing is ever changed, correcting adds another entry",
            "gavel",
        )
        _form(desk, run, cluster_id, taken)
    with log:
        heading("Decisions", f"{len(taken)} so far" if taken else "nobody has decided yet", "receipt_long")
        for entry in log_entries(taken):
            _entry(entry)


def report_button(place: DeltaGenerator, desk: Desk, run: StoredRun, cluster_id: str) -> None:
    """One click writes the package and hands it over as one zip; nothing is written before the click."""

    def written() -> bytes:
        with work_store(desk) as store:
            return report_zip(desk.workspace, desk.facts, run, cluster_id, store, desk.actor)

    place.download_button(
        "Report",
        data=written,
        file_name=report_file_name(run, cluster_id),
        mime="application/zip",
        icon=":material/summarize:",
        on_click="ignore",
        help="One page to read, the tables, the decisions and the method, sealed with sha256",
    )


def _form(desk: Desk, run: StoredRun, cluster_id: str, taken: list[Decision]) -> None:
    # One key per rendering of the form, inside the names of its widgets: a late second click belongs to widgets that are
    # gone, and the same click delivered twice carries the same key, which the work store records once.
    key = st.session_state.setdefault(_key_name(cluster_id), uuid.uuid4().hex)
    saved_before, message = st.session_state.get(_SAVED, ("", ""))
    if (
        saved_before == key
    ):  # stays until the next decision: a second click draws the page anew and must not wipe it away
        st.success(message, icon=":material/check_circle:")
    stands, victims = newest_standing(taken), victims_among(run, cluster_id)
    if victims.count:
        st.markdown(f":green[:material/healing:] {care_sentence(victims)}")
    with st.form(f"decide {key}", border=True):
        verdict = st.segmented_control(
            "Verdict",
            verdicts_offered(victims),
            format_func=lambda v: VERDICT_WORDS[v].capitalize(),
            key=f"verdict {key}",
        )
        reason = st.text_area(
            "Reason",
            placeholder="What you saw, in a sentence or two",
            key=f"reason {key}",
            height=80,
            max_chars=4_000,
            help="Whoever reads the report reads this",
        )
        spared = bool(victims.count) and st.checkbox(spared_label(victims), key=f"spared {key}")
        corrects = st.checkbox(_correct_label(taken, stands), key=f"corrects {key}") if stands else False
        away = bool(desk.standing.away)  # Streamlit drops a click on a shut button here, too, not in the browser alone
        if st.form_submit_button(
            "Save decision", icon=":material/gavel:", type="primary", disabled=away, help=NOT_NOW if away else None
        ):
            corrected = stands.decision_id if stands and corrects else None
            _save(desk, run, cluster_id, verdict, reason or "", key, corrected, spared=spared, victims=victims)


def _save(
    desk: Desk,
    run: StoredRun,
    cluster_id: str,
    verdict: str | None,
    reason: str,
    key: str,
    corrects: str | None,
    *,
    spared: bool,
    victims: Victims,
) -> None:
    if verdict is None:
        refused("Nothing was saved: no verdict was chosen.", "Choose one, then save.")
        return
    if verdict in PUNISHING and victims.count and not spared:
        refused(f"Nothing was saved: {victims.said}.", second_thought(victims))
        return
    try:
        with work_store(desk) as store:
            decide(
                store,
                run=run,
                cluster_id=cluster_id,
                verdict=verdict,
                reason=reason,
                actor=desk.actor,
                key=key,
                corrects=corrects,
                owners_spared=spared,
            )
    except FlockwatchError as said:
        refused(f"Nothing was saved. {show_markdown(said.message, 400)}", show_markdown(said.hint, 200))
        return
    note_saved(desk, cluster_id, verdict)
    st.rerun()


def note_saved(desk: Desk, cluster_id: str, verdict: str) -> None:
    """Have the next drawing of the form say what was saved, under a fresh key for the next decision."""
    next_key = uuid.uuid4().hex
    number = len(decisions_on(desk, cluster_id))
    st.session_state[_SAVED] = (next_key, f"Saved as decision {number}: {VERDICT_WORDS[verdict]}.")
    st.session_state[_key_name(cluster_id)] = next_key


def _correct_label(taken: list[Decision], stands: Decision) -> str:
    return f"This corrects decision {taken.index(stands) + 1} ({VERDICT_WORDS[str(stands.verdict)]})"


def _entry(entry: Entry) -> None:
    badges = [verdict_chip(entry.verdict)]
    if not entry.standing:
        badges.append(chip("corrected"))
    if entry.corrects:
        badges.append(chip(f"corrects decision {entry.corrects}", "blue"))
    note = f" · {entry.note}" if entry.note else ""
    st.markdown(
        f"**Decision {entry.number}** {' '.join(badges)}  \n{entry.reason}  \n"
        f":small[:gray[{entry.who} · {entry.at} · run {entry.run}{note}]]"
    )


def _key_name(cluster_id: str) -> str:
    return f"decision key {cluster_id}"
