"""The page of a report: one file of HTML that asks for nothing from anywhere and obeys no foreign text."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from casework.decisions import VERDICT_TITLES, Decision, newest_standing
from casework.escalation import escalation_warning
from casework.figures import expected_vs_seen, network, timeline
from casework.report_content import MOST_MEMBERS, ClusterContent, SharedObject
from casework.report_look import FAINT, ROLE_COLOURS, chance, moment, number, percent, span, trace_title
from casework.ring_figures import takeover_timeline
from graph.foreign_text import defang, show_text
from graph.level_words import level_sentences
from graph.results import RunRecord, Stage
from graph.signal_names import signal_title
from graph.takeover_words import HABITS

_BAR_WIDTH = 54  # px, of the template's bar


@dataclass(frozen=True, slots=True)
class Page:
    """What a page is made of besides the cluster."""

    record: RunRecord
    stages: Sequence[Stage]
    decisions: Sequence[Decision]
    profile: str
    generated_at: datetime
    versions: Sequence[tuple[str, str]]
    limits: Sequence[str]
    audit_head: str | None


def page_html(content: ClusterContent, page: Page) -> str:
    """The whole page. Foreign text passes `show_text` and the template's escaping; figures come as drawn."""
    style = files("casework").joinpath("templates", "report.css").read_text("utf-8")
    return _environment().get_template("report.html.j2").render(
        style=Markup(style),  # noqa: S704 - our own file
        style_hash=f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}",
        content=content,
        row=content.row,
        record=page.record,
        stages=page.stages,
        profile=page.profile,
        generated_at=page.generated_at,
        version=dict(page.versions).get("flockwatch", ""),
        versions=page.versions,
        limits=page.limits,
        audit_head=page.audit_head,
        inputs=page.record.inputs,
        parameters=_settings(page.record.parameters),
        level=level_sentences(page.record.calibration),
        facts=_key_facts(content),
        warning=escalation_warning(content.row),
        beyond=sum(signal.is_beyond_chance for signal in content.signals),
        still_open=sum(guard.verdict == "open" for guard in content.guards),
        members=content.members[:MOST_MEMBERS],
        has_handles=any(member.handle for member in content.members),
        targets=content.targets[:MOST_MEMBERS],
        numbers={member.account_id: member.number for member in content.members},
        pair_count=content.frames["edges"].select("left", "right", "trace").n_unique(),
        decisions=page.decisions,
        standing=newest_standing(list(page.decisions)),
        corrected={decision.corrects: decision.decision_id for decision in page.decisions if decision.corrects},
        comparison=expected_vs_seen(content.signals),
        timeline=timeline(content),
        network=network(content),
        takeover_timeline=takeover_timeline(content),
        most_members=MOST_MEMBERS,
    )  # fmt: skip


def object_text(thing: SharedObject) -> str:
    """What was shared, for reading: links so that nobody follows them by accident, texts where they are known."""
    if thing.text:
        return thing.text
    return defang(thing.object_id) if thing.trace in ("url", "domain", "landing_page") else thing.object_id


def value_text(value: str, feature: str) -> str:
    """A value of a habit, for reading: sites so that nobody follows them by accident, hours as hours."""
    return defang(value) if feature == "domain" else f"{value} h" if feature == "hour" else value


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("casework"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "shown": show_text,
        "drawing": Markup,  # drawn by `charts.as_svg`, which escapes every text
        "day": _day,
        "minute": lambda at: f"{_day(at)} {at.astimezone(UTC):%H:%M}",
        "slug": lambda text: re.sub(r"[^a-z]+", "-", str(text).lower()),
        "words": lambda text: text.replace("_", " "),
        "verdict": lambda verdict: VERDICT_TITLES[verdict.value],
        "habit": lambda feature: HABITS.get(feature, feature),
        "value_of": value_text,
        "bar": lambda score: f"{_BAR_WIDTH * min(max(score, 0), 1):.1f}",
        "role_colour": lambda role: ROLE_COLOURS.get(role, FAINT),
        "moment": moment,
        "chance": chance,
        "number": number,
        "percent": percent,
        "span": span,
        "signal_title": signal_title,
        "trace_title": trace_title,
        "sentence_case": lambda text: text[:1].upper() + text[1:],
        "object_text": object_text,
        "sides": _sides,
    }
    return environment


def _sides(thing: SharedObject) -> list[tuple[str, datetime]]:
    """The two accounts of the tightest pair with their times, the earlier first."""
    return sorted([(thing.left, thing.left_at), (thing.right, thing.right_at)], key=lambda side: side[1])


def _key_facts(content: ClusterContent) -> list[tuple[str, str, str]]:
    row = content.row
    first, last = row["first_at"], row["last_at"]
    lasted = (last - first).total_seconds() if isinstance(first, datetime) and isinstance(last, datetime) else None
    size, density, risk, confidence = (_float(row[n]) for n in ("size", "density", "risk", "confidence"))
    edges = content.frames["edges"]
    met = edges.select("left", "right").n_unique()
    links = (
        edges.filter(pl.col("q") < 1).select("left", "right").n_unique()
    )  # q = 1: a single meeting in a rotating pool
    return [
        ("Accounts", number(size), ""),
        (
            "Links beyond chance",
            number(links),
            f"{percent(density)} of possible" if links == met else f"of {met:,} that met",
        ),
        ("Median gap", span(content.median_gap_seconds), ""),
        ("Active for", span(lasted), f"from {_day(first)}" if isinstance(first, datetime) else ""),
        ("Shared things", f"{content.object_count:,}", ""),
        (
            "Risk",
            "cannot tell" if risk is None else f"{risk:.2f}",
            "" if confidence is None else f"confidence {confidence:.2f}",
        ),
        *_stability(row),
    ]


def _stability(row: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """How often the cluster came out again, with its badge; nothing where that was not tried."""
    stability, badge = _float(row["stability"]), row["badge"]
    return [] if stability is None or badge is None else [("Stability", f"{stability:.2f}", str(badge))]


def _day(at: datetime | None) -> str:
    return "not known" if at is None else f"{at.astimezone(UTC).day} {at.astimezone(UTC):%b %Y}"


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _settings(parameters: Mapping[str, Any]) -> list[str]:
    """One line per parameter, as JSON spells its value."""
    spelled = {name: json.dumps(value, sort_keys=True, ensure_ascii=False) for name, value in parameters.items()}
    return [f"{name} = {value}" for name, value in sorted(spelled.items())]
