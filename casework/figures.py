"""The figures of a report: what of a cluster is drawn, how much of it, and the caption that says so."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from casework.charts import Chart, Rows, as_svg, comparison, node_link, ticks
from casework.report_content import ClusterContent, Member, Signal
from casework.report_look import number, trace_family
from graph.foreign_text import show_text
from graph.fused import edges_once
from graph.signal_names import signal_title

MOST_ROWS = 40  # accounts a printed page can hold in rows that are still read
MOST_ACTS = 4_000  # marks past which a timeline is a grey block
MOST_LINKS = 1_500  # lines past which a network is a hairball


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture as inline SVG, and the caption that states what it is made of."""

    svg: str
    caption: str


def expected_vs_seen(signals: Sequence[Signal]) -> Figure | None:
    """Grey band: 95 % of chance worlds; rule at 1: what chance expects; dot: what was seen, red only outside the band.

    None when no signal has an expectation to compare with.
    """
    drawn = [signal for signal in signals if signal.seen and signal.expected and signal.expected > 0]
    if not drawn:
        return None
    rows = [_compared(signal) for signal in drawn]
    left_out = [signal_title(signal.name) for signal in signals if signal not in drawn]
    caption = "Band: where 95 % of chance worlds fall. Line: what chance expects. Dot: what was seen, red when beyond."
    if left_out:
        caption += f" Without an expectation to compare with, so not drawn: {', '.join(map(show_text, left_out))}."
    alt_text = "; ".join(f"{row['name']}: {row['words']}" for row in rows)
    return Figure(as_svg(comparison(rows), f"Expected against seen. {alt_text}"), caption)


def timeline(content: ClusterContent) -> Figure | None:
    """One row per account, one tick per act, coloured by what was shared. None when there is no act to draw."""
    rows = {member.account_id: row_label(member) for member in content.members[:MOST_ROWS]}
    of_rows = content.acts.filter(pl.col("account_id").is_in(list(rows)))
    # Every n-th act rather than the first ones: the span stays whole.
    step = max(1, math.ceil(len(of_rows) / MOST_ACTS))
    acts = [
        {"row": rows[account], "family": trace_family(trace), "at": _milliseconds(at)}
        for account, trace, at in of_rows.gather_every(step).iter_rows()
    ]
    if not acts:
        return None
    caption = f"{len(of_rows):,} shared acts of {len(rows):,} accounts, times in UTC."
    if len(content.members) > len(rows):
        caption += f" The {len(rows)} accounts that belong most of {len(content.members):,} are drawn."
    if step > 1:
        caption += f" One act in {step} is drawn; evidence.csv holds all."
    return Figure(as_svg(ticks(acts, list(rows.values())), f"Timeline. {caption}"), caption)


def network(content: ClusterContent) -> Figure | None:
    """The stored layout: accounts coloured by role and numbered as in the members table. None without members."""
    if not content.members:
        return None
    links = _links(content)
    drawn = links[:MOST_LINKS]
    caption = f"{len(content.members):,} accounts, {len(links):,} links; thicker: more in common. "
    caption += "Numbers are those of the members table. Places are those stored with the run."
    if len(drawn) < len(links):
        caption += f" The {len(drawn):,} strongest links are drawn; edges.csv holds all."
    return Figure(as_svg(_map(content.members, drawn), f"Network. {caption}"), caption)


def row_label(member: Member) -> str:
    """The number of the member and as much of its name as fits beside a row."""
    # Isolated (U+2068, U+2069), so that a name written from right to left does not carry the number away.
    return f"\u2068{show_text(member.handle or member.account_id, 20)}\u2069  {member.number}"


def _compared(signal: Signal) -> dict[str, Any]:
    expected, seen = signal.expected or 1.0, signal.seen or 0.0
    low = signal.low if signal.low is not None else expected
    high = signal.high if signal.high is not None else expected
    return {
        "name": show_text(signal_title(signal.name), 40),
        "ratio": seen / expected,
        "low": low / expected,
        "high": high / expected,
        "beyond": signal.is_beyond_chance,
        "words": f"{number(seen)} seen · {number(expected)} expected",
    }


def _map(members: Sequence[Member], links: Rows) -> Chart:
    places = {member.account_id: member for member in members}
    lines = [
        {"x": left.x, "y": left.y, "x2": right.x, "y2": right.y, "width": link["width"]}
        for link in links
        if (left := places.get(link["left"])) and (right := places.get(link["right"]))
    ]
    dots = [
        {"x": member.x, "y": member.y, "role": member.role, "number": str(member.number), "size": _size(member)}
        for member in members
    ]
    return node_link(dots, lines)


def _size(member: Member) -> int:
    """Area in square px; more links, larger, up to a dot that still leaves room for its neighbours."""
    return 90 + 30 * min(member.links, 12)


def _links(content: ClusterContent) -> Rows:
    """One link per pair, the strongest first; `width` in px grows with the root of what they share."""
    # A wider window holds what the narrower one held: of the windows of one trace the fullest counts, once.
    by_trace = edges_once(content.frames["edges"]).group_by("left", "right", "trace").agg(pl.col("n").max())
    pairs = by_trace.group_by("left", "right").agg(shared=pl.col("n").sum())
    return (
        pairs.sort("shared", "left", "right", descending=[True, False, False])
        .with_columns(width=(0.6 + 3.4 * (pl.col("shared") / pl.col("shared").max()).sqrt()))
        .to_dicts()
    )


def _milliseconds(at: datetime) -> int:
    return round(at.astimezone(UTC).timestamp() * 1000)
