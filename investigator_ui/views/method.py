"""How a run came about, enough to repeat it, as rows of plain words."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from graph.foreign_text import show_markdown, show_text
from graph.level_words import level_sentences
from graph.results import Stage
from graph.runs import StoredRun
from investigator_ui.views.wording import count, moment, short, span


def parameter_rows(record_parameters: Mapping[str, Any], before: str = "") -> pl.DataFrame:
    """Nested parameters as `parameter, value`, in the order of their names."""
    return pl.DataFrame(
        list(_flat(record_parameters, before)), schema={"parameter": pl.String, "value": pl.String}, orient="row"
    )


def version_line(run: StoredRun) -> str:
    """'flockwatch 0.1.0 · polars 2.1.0 · …', as safe Markdown."""
    return " · ".join(f"{show_markdown(n, 40)} {show_markdown(v, 60)}" for n, v in sorted(run.record.versions.items()))


def left_out(run: StoredRun) -> list[str]:
    """The sentences about what the run left out and why, as safe Markdown."""
    return [show_markdown(note, 600) for note in run.record.notes]


def level_told(run: StoredRun) -> str:
    """What replay says of the clusters, and the level they passed, as safe Markdown; '' for a run that does not know."""
    return " ".join(show_markdown(said, 400) for said in level_sentences(run.record.calibration))


def run_facts(run: StoredRun) -> list[tuple[str, str]]:
    """The strip of a run: data, seed, engine, facts; safe Markdown."""
    record = run.record
    return [
        ("Run", show_markdown(run.run_id, 80)),
        ("Data from", moment(record.data_from, with_year=True)),
        ("until", moment(record.data_until, with_year=True)),
        ("Seed", str(record.seed)),
        ("Engine", show_markdown(record.engine, 40)),
        ("Facts", show_markdown(record.facts_version, 40)),
        ("Finished", moment(run.finished_at, with_year=True)),
    ]


def input_rows(run: StoredRun) -> pl.DataFrame:
    """The files the run stands on: `file, sha256, accepted`."""
    return pl.DataFrame(
        [
            (show_text(one.get("name"), 120), show_text(one.get("sha256"), 80), int(one.get("accepted") or 0))
            for one in run.record.inputs
        ],
        schema={"file": pl.String, "sha256": pl.String, "accepted": pl.Int64},
        orient="row",
    )


def funnel_rows(run: StoredRun) -> pl.DataFrame:
    """The stages for charts.funnel: `stage, kept, words, dropped`.

    Stages that repeat for every trace and window ('pairs: share within 60 s') are one bar: kept is their sum, and the
    words at the right say how many passes it adds up. Stages turn actions into pairs into links, so what goes in and what
    comes out is told, not subtracted.
    """
    groups: dict[str, list[Stage]] = {}
    for stage in run.stages:
        groups.setdefault(stage.name.split(":")[0], []).append(stage)
    rows = [_bar(name, stages) for name, stages in groups.items()]
    names = {"stage": pl.String, "kept": pl.Int64, "words": pl.String, "dropped": pl.String}
    return pl.DataFrame(rows, schema=names, orient="row")


def stage_rows(run: StoredRun) -> pl.DataFrame:
    """Every stage as it ran: `stage, in, out, took, note`."""
    return pl.DataFrame(
        [(show_text(s.name, 80), s.rows_in, s.rows_out, span(s.seconds), show_text(s.note, 200)) for s in run.stages],
        schema={"stage": pl.String, "in": pl.Int64, "out": pl.Int64, "took": pl.String, "note": pl.String},
        orient="row",
    )


def _bar(name: str, stages: list[Stage]) -> tuple[str, int, str, str]:
    kept, given = sum(s.rows_out for s in stages), max(s.rows_in for s in stages)
    passes = f"{len(stages)} passes" if len(stages) > 1 else ""
    came = f"from {short(given)}" if given else ""
    note = show_text(stages[0].note, 120) if len(stages) == 1 else ""
    said = " · ".join(part for part in (came, passes, note, span(sum(s.seconds for s in stages))) if part)
    return show_text(name, 60).replace("_", " ").capitalize(), kept, count(kept), said


def _flat(value: Any, name: str) -> list[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        return [row for key in sorted(value) for row in _flat(value[key], f"{name}.{key}" if name else str(key))]
    if isinstance(value, list | tuple):
        value = ", ".join(str(one) for one in value)
    return [(show_text(name, 80), show_text(value, 200))]
