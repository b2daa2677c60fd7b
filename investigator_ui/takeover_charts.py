"""The charts of accounts in other hands, in the chart grammar: times account by account, and before against after."""

import altair as alt
import polars as pl

from investigator_ui.charts import AnyChart, name_axis
from investigator_ui.palette import Palette
from investigator_ui.views.takeover_times import MARKS, Times

_WORDS_ROOM = 1.9  # room at the right of the counts for the words beside them, as a factor
_SHAPES = ("circle", "triangle-up", "diamond")


def takeover_times(times: Times, colours: Palette) -> AnyChart:
    """One row per account. Bar: between its last event before and the takeover. Marks: what is known of when, each with its own shape."""
    axis = alt.Axis(grid=False, format="%d %b %H:%M", tickCount=8, labelOverlap=True)
    scale = alt.Scale(type="utc", padding=10)
    y = alt.Y("account:N", title=None, sort=times.order, axis=name_axis(colours))
    hues = (colours.main, colours.tier["alert"], colours.role["victim"])
    present = [one for one in zip(MARKS.values(), _SHAPES, hues, strict=True) if one[0] in set(times.marks["mark"])]
    words = [mark for mark, _, _ in present]
    told = [
        alt.Tooltip("account:N", title="Account"),
        alt.Tooltip("mark:N", title="What"),
        alt.Tooltip("at:T", title="At (UTC)", format="%d %b %H:%M:%S"),
    ]
    bars = alt.Chart(times.spans).mark_bar(height=7, color=colours.band)
    dots = alt.Chart(times.marks).mark_point(filled=True, size=75, opacity=1)
    return alt.layer(
        bars.encode(x=alt.X("since:T", title=None, scale=scale, axis=axis), x2="until:T", y=y),
        dots.encode(
            x=alt.X("at:T", title=None, scale=scale, axis=axis),
            y=y,
            shape=alt.Shape("mark:N", title=None, scale=alt.Scale(domain=words, range=[s for _, s, _ in present])),
            color=alt.Color("mark:N", title=None, scale=alt.Scale(domain=words, range=[hue for _, _, hue in present])),
            tooltip=told,
        ),
    ).properties(height=alt.Step(20))


def before_after(rows: pl.DataFrame, colours: Palette) -> AnyChart:
    """Hollow: the two weeks before, filled: the two weeks after, red when it changed. Takes `what, before, after, changed, words`."""
    most = max(float(rows.select(pl.max_horizontal("before", "after").max()).item() or 0), 1.0)
    scale = alt.Scale(domain=[-0.08 * most, most * _WORDS_ROOM], nice=False)
    ticks = sorted({0, *(round(most * part) for part in (0.25, 0.5, 0.75, 1.0))})
    axis = alt.Axis(values=ticks, format="d", grid=False, title="events in two weeks")
    rows = rows.with_columns(beside=pl.max_horizontal("before", "after"))
    base = alt.Chart(rows).encode(y=alt.Y("what:N", sort=None, title=None, axis=name_axis(colours)))
    hue = alt.condition("datum.changed", alt.value(colours.tier["alert"]), alt.value(colours.soft))
    x = alt.X("before:Q", scale=scale, axis=axis)
    told = [alt.Tooltip("what:N", title="What"), alt.Tooltip("words:N", title="Events")]
    return alt.layer(
        base.mark_rule(opacity=0.6).encode(x=x, x2="after:Q", color=hue),
        base.mark_point(filled=True, size=70, opacity=1, fill=colours.paper, strokeWidth=1.6).encode(
            x=x, stroke=hue, tooltip=told
        ),
        base.mark_point(filled=True, size=70, opacity=1).encode(
            x=alt.X("after:Q", scale=scale, axis=axis), color=hue, tooltip=told
        ),
        base.mark_text(align="left", dx=9, color=colours.ink).encode(
            x=alt.X("beside:Q", scale=scale, axis=axis), text="words:N"
        ),
    ).properties(height=alt.Step(22))
