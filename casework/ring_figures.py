"""The picture of a ring: when each account changed hands, its first new post, and when it came back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import altair as alt

from casework.charts import WIDTH, Chart, Rows, as_svg
from casework.figures import MOST_ROWS, Figure, row_label
from casework.report_content import ClusterContent
from casework.report_look import BAND, BEYOND_CHANCE, INK, ROLE_COLOURS

# As much is drawn before the first and after the last as is looked at after one takeover.
AROUND = timedelta(days=14)
_MARKS = (
    ("at", "first seen with what ties them", "circle", ROLE_COLOURS["core"]),
    ("first_act_at", "first post with something new", "triangle-up", BEYOND_CHANCE),
    ("recovered_at", "came back", "diamond", ROLE_COLOURS["victim"]),
)


def takeover_timeline(content: ClusterContent) -> Figure | None:
    """One row per account that the run tells the times of, numbered as in the table of members. None without any."""
    if content.ring is None or not content.ring.accounts:
        return None
    drawn = content.ring.accounts[:MOST_ROWS]
    labels = {member.account_id: row_label(member) for member in content.members}
    rows = [labels.get(one.account_id, one.account_id) for one in drawn]
    low, high = drawn[0].at - AROUND, drawn[-1].at + AROUND
    spans = [
        {"row": row, "since": _ms(max(one.not_before or low, low)), "until": _ms(one.at)}
        for row, one in zip(rows, drawn, strict=True)
    ]
    marks = [
        {"row": row, "mark": words, "at": _ms(at)}
        for row, one in zip(rows, drawn, strict=True)
        for name, words, _, _ in _MARKS
        if (at := getattr(one, name)) is not None and at <= high
    ]
    late = sum(one.recovered_at is not None and one.recovered_at > high for one in drawn)
    caption = f"{len(drawn):,} accounts, times in UTC. Bar: from the last event before to the first with what ties them; in between "
    caption += "the account changed hands."
    if len(drawn) < len(content.ring.accounts):
        caption += f" The first {len(drawn)} of {len(content.ring.accounts):,} are drawn; takeovers.csv holds all."
    if late:
        caption += f" {late:,} came back later than is drawn."
    return Figure(as_svg(_chart(spans, marks, rows), f"Takeover, account by account. {caption}"), caption)


def _chart(spans: Rows, marks: Rows, rows: list[str]) -> Chart:
    present = [one for one in _MARKS if any(mark["mark"] == one[1] for mark in marks)]
    words = [one[1] for one in present]
    x_axis = alt.Axis(format="%-d %b", tickCount=8, labelOverlap=True)
    scale = alt.Scale(type="utc", nice=False, padding=6)
    names = alt.Axis(labelColor=INK, labelFontSize=11, ticks=False, domain=False, labelLimit=0, labelPadding=8)
    y = alt.Y("row:N", title=None, scale=alt.Scale(domain=rows), axis=names)
    legend = alt.Legend(title=None, labelLimit=0)
    bars = alt.Chart(_data(spans)).mark_bar(height=7, color=BAND)
    points = alt.Chart(_data(marks)).mark_point(filled=True, size=75, opacity=1)
    return alt.layer(
        bars.encode(x=alt.X("since:T", title=None, scale=scale, axis=x_axis), x2="until:T", y=y),
        points.encode(
            x=alt.X("at:T", title=None, scale=scale, axis=x_axis),
            y=y,
            shape=alt.Shape("mark:N", scale=alt.Scale(domain=words, range=[one[2] for one in present]), legend=legend),
            color=alt.Color("mark:N", scale=alt.Scale(domain=words, range=[one[3] for one in present]), legend=legend),
        ),
    ).properties(width=WIDTH - 210, height=alt.Step(20))


def _ms(at: datetime) -> int:
    return round(at.astimezone(UTC).timestamp() * 1000)


def _data(rows: Rows) -> Any:
    return alt.Data(values=rows)  # type: ignore[no-untyped-call]
