"""The chart grammar: each picture takes rows that a view computed and the palette of the session, and draws them the house way."""

from datetime import datetime
from typing import Any

import altair as alt
import polars as pl

from investigator_ui.palette import FAMILIES, Palette

_FONT = "Source Sans"
_WORDS_ROOM = 60.0  # room at the right of a log axis for the words beside the last dot, as a factor

AnyChart = alt.Chart | alt.LayerChart | alt.FacetChart


def dressed(chart: AnyChart, colours: Palette) -> Any:
    """Configured per chart, not through a global altair theme: one process serves light and dark sessions at once."""
    soft = {"labelColor": colours.soft, "titleColor": colours.soft, "labelFont": _FONT, "titleFont": _FONT}
    sizes = {"labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal"}
    return (
        chart.properties(background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            **soft,
            **sizes,
            gridColor=colours.rule,
            gridOpacity=0.6,
            domainColor=colours.rule,
            tickColor=colours.rule,
        )
        .configure_text(font=_FONT, fontSize=11, color=colours.soft)
        .configure_legend(**soft, **sizes, orient="top", symbolSize=60, offset=4, padding=0)
    )


def name_axis(colours: Palette, label_limit: int = 170) -> alt.Axis:
    return alt.Axis(
        labelLimit=label_limit,
        labelColor=colours.ink,
        labelFontSize=12,
        ticks=False,
        domain=False,
        labelOverlap=False,
    )


def expected_vs_seen(rows: pl.DataFrame, colours: Palette) -> AnyChart:
    """Band: where 95 % of chance worlds fall. Rule: what chance explains. Dot: what was seen, red when outside the band.

    Takes `signal, ratio, low, high, outside, words`, ratio, low and high in times what chance explains, all above 0.
    """
    top = max(_highest(rows["ratio"]), _highest(rows["high"])) * _WORDS_ROOM
    bottom = min(0.3, _lowest(rows["low"]))
    scale = alt.Scale(type="log", domain=[bottom, top])
    marks = [value for value in (0.1, 0.5, 1, 3, 10, 30, 100, 1_000, 10_000, 100_000) if bottom <= value <= top / 3]
    axis = alt.Axis(values=marks, format="~g", grid=False)
    x = alt.X("ratio:Q", scale=scale, title="times what chance explains (log)", axis=axis)
    rows = rows.with_columns(beside=pl.max_horizontal("ratio", "high"))  # words never lie on the band
    base = alt.Chart(rows).encode(y=alt.Y("signal:N", sort=None, title=None, axis=name_axis(colours)))
    red = alt.condition("datum.outside", alt.value(colours.tier["alert"]), alt.value(colours.soft))
    thread = base.transform_filter("datum.outside && datum.ratio > datum.high")
    return alt.layer(
        base.mark_bar(height=12, color=colours.band).encode(x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q"),
        alt.Chart(pl.DataFrame({"one": [1.0]})).mark_rule(color=colours.faint).encode(x=alt.X("one:Q", scale=scale)),
        thread.mark_rule(color=colours.tier["alert"], opacity=0.5).encode(x=alt.X("high:Q", scale=scale), x2="ratio:Q"),
        base.mark_point(filled=True, size=70, opacity=1).encode(x=x, color=red, tooltip=["signal", "words"]),
        base.mark_text(align="left", dx=9, color=colours.ink).encode(
            x=alt.X("beside:Q", scale=scale, axis=axis), text="words:N"
        ),
    ).properties(height=alt.Step(22))


def network(nodes: pl.DataFrame, links: pl.DataFrame, colours: Palette) -> AnyChart:
    """The stored layout: nodes by role and number of links, links by how often; picked ones in ink, the rest quiet.

    Takes nodes `account, role, links, x, y, picked, protected, name` (name: what is written beside the dot, often empty) and links
    `x, y, x2, y2, times, what, picked`.
    """
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-1.12, 1.12], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-1.12, 1.12], nice=False))
    some_picked = bool(nodes["picked"].any())
    roles = [role for role in colours.role if role in set(nodes["role"])]
    role = alt.Color("role:N", legend=None, scale=alt.Scale(domain=roles, range=[colours.role[r] for r in roles]))
    edge = alt.condition(
        "datum.picked", alt.value(colours.soft), alt.value(colours.band if some_picked else colours.edge)
    )
    dot = alt.Chart(nodes).mark_circle(opacity=1)
    ring = alt.condition("datum.protected", alt.value(colours.role["seeder"]), alt.value(colours.paper))
    broad = alt.condition("datum.protected", alt.value(3), alt.value(1))
    size = alt.Size("links:Q", legend=None, scale=alt.Scale(range=[45, 260], type="sqrt"))
    shown = alt.condition("datum.picked", alt.value(1), alt.value(0.22 if some_picked else 1))
    told = [
        alt.Tooltip("account:N", title="Account"),
        alt.Tooltip("role:N", title="Role"),
        alt.Tooltip("links:Q", title="Links"),
    ]
    width = alt.StrokeWidth("times:Q", legend=None, scale=alt.Scale(range=[0.7, 3.2], type="sqrt"))
    layers = [
        alt.Chart(links)
        .mark_rule()
        .encode(
            x=x, y=y, x2="x2:Q", y2="y2:Q", color=edge, strokeWidth=width, tooltip=alt.Tooltip("what:N", title="Link")
        ),
        dot.encode(x=x, y=y, color=role, size=size, opacity=shown, stroke=ring, strokeWidth=broad, tooltip=told),
        alt.Chart(nodes.filter(pl.col("name") != ""))
        .mark_text(align="left", dx=8, dy=-7, color=colours.ink, stroke=colours.paper, strokeWidth=0)
        .encode(x=x, y=y, text="name:N"),
    ]
    return alt.layer(*layers).properties(height=316)


def rings(nodes: pl.DataFrame, links: pl.DataFrame, colours: Palette, groups: tuple[str, str, str]) -> AnyChart:
    """Around one account, or of an answer: dots by `ring`, one of the three groups, and by strength; ties by how many kinds.

    Takes nodes `account, ring, ties, strength, x, y, protected, name` and links `x, y, x2, y2, times, what`.
    """
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-1.6, 1.6], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-1.12, 1.12], nice=False))
    hues = (colours.main, colours.tier["linked"], colours.faint)
    shown = [pair for pair in zip(groups, hues, strict=True) if pair[0] in set(nodes["ring"])]
    ring = alt.Color(
        "ring:N",
        title=None,
        sort=None,
        scale=alt.Scale(domain=[group for group, _ in shown], range=[hue for _, hue in shown]),
    )
    edge = alt.condition("datum.protected", alt.value(colours.role["seeder"]), alt.value(colours.paper))
    broad = alt.condition("datum.protected", alt.value(3), alt.value(1))
    size = alt.Size("strength:Q", legend=None, scale=alt.Scale(range=[50, 320], type="sqrt"))
    told = [
        alt.Tooltip("account:N", title="Account"),
        alt.Tooltip("ring:N", title="What"),
        alt.Tooltip("strength:Q", title="Times"),
        alt.Tooltip("ties:Q", title="Ties drawn"),
    ]
    width = alt.StrokeWidth("times:Q", legend=None, scale=alt.Scale(range=[0.8, 2.6]))
    layers = [
        alt.Chart(links)
        .mark_rule(color=colours.edge)
        .encode(x=x, y=y, x2="x2:Q", y2="y2:Q", strokeWidth=width, tooltip=alt.Tooltip("what:N", title="Tie")),
        alt.Chart(nodes)
        .mark_circle(opacity=1)
        .encode(x=x, y=y, color=ring, size=size, stroke=edge, strokeWidth=broad, tooltip=told),
        alt.Chart(nodes.filter(pl.col("name") != ""))
        .mark_text(align="left", dx=9, dy=-8, color=colours.ink)
        .encode(x=x, y=y, text="name:N"),
    ]
    return alt.layer(*layers).properties(height=420)


def timeline(acts: pl.DataFrame, colours: Palette) -> AnyChart:
    """One row per account, one tick per act: coloured by family when it is part of the evidence, grey when it is not.

    Takes `account, at, family, object, together`; rows keep the order of first appearance.
    """
    families = [family for family in FAMILIES if family in set(acts.filter(pl.col("together"))["family"])]
    colour = alt.Color(
        "family:N",
        title=None,
        scale=alt.Scale(domain=families, range=[colours.trace[f] for f in families]),
    )
    time = alt.X(
        "at:T",
        title=None,
        scale=alt.Scale(type="utc", padding=10),
        axis=alt.Axis(grid=False, format="%d %b %H:%M", tickCount=8, labelOverlap=True),
    )
    order = acts["account"].unique(maintain_order=True).to_list()
    rows = alt.Y("account:N", title=None, sort=order, axis=name_axis(colours))
    told = [
        alt.Tooltip("account:N", title="Account"),
        alt.Tooltip("at:T", title="At (UTC)", format="%d %b %H:%M:%S"),
        alt.Tooltip("object:N", title="Object"),
    ]
    tick = alt.Chart(acts).encode(x=time, y=rows, tooltip=told)
    return alt.layer(
        tick.transform_filter("!datum.together").mark_tick(thickness=1, height=7, color=colours.faint, opacity=0.45),
        tick.transform_filter("datum.together").mark_tick(thickness=2, height=10, opacity=1).encode(color=colour),
    ).properties(height=alt.Step(14))


def funnel(stages: pl.DataFrame, colours: Palette) -> AnyChart:
    """Log bars of what each stage kept, the count beside the bar, what was dropped in words at the right.

    Takes `stage, kept, words, dropped`; kept may be 0.
    """
    rows = stages.with_columns(bar=pl.col("kept").clip(lower_bound=1))
    top = float(_highest(rows["bar"]))
    ticks = [float(10**power) for power in range(10) if 10**power <= top]
    x = alt.X(
        "bar:Q",
        title=None,
        scale=alt.Scale(type="log", domain=[1, max(10.0, top) ** 2.2]),
        axis=alt.Axis(values=ticks, format="~s", gridDash=[2, 3]),
    )
    base = alt.Chart(rows).encode(y=alt.Y("stage:N", sort=None, title=None, axis=name_axis(colours, 190)))
    return alt.layer(
        base.mark_bar(size=15, color=colours.main).encode(x=x, x2=alt.datum(1)),
        base.mark_text(align="left", dx=6, color=colours.ink).encode(x=x, text="words:N"),
        base.mark_text(align="left", color=colours.soft).encode(x=alt.datum(max(10.0, top) ** 1.25), text="dropped:N"),
    ).properties(height=alt.Step(26))


def daily(rows: pl.DataFrame, colours: Palette) -> AnyChart:
    """Acts of one account per day: grey all of them, in ink those that are part of the evidence. Takes `day, all, together`."""
    x = alt.X("day:T", title=None, scale=alt.Scale(type="utc"), axis=_day_axis(rows["day"]))
    y = alt.Y("all:Q", title=None, axis=alt.Axis(tickCount=3, format="d"))
    told = [
        alt.Tooltip("day:T", title="Day (UTC)", format="%d %b %Y"),
        alt.Tooltip("all:Q", title="Acts"),
        alt.Tooltip("together:Q", title="Part of the evidence"),
    ]
    base = alt.Chart(rows).encode(x=x, tooltip=told)
    return alt.layer(
        base.mark_bar(color=colours.edge, width={"band": 0.8}).encode(y=y),
        base.mark_bar(color=colours.main, width={"band": 0.8}).encode(y=alt.Y("together:Q")),
    ).properties(height=130)


def rise(rows: pl.DataFrame, colours: Palette) -> AnyChart:
    """Band: where 95 % of quiet bins fall. Dashed: expected. Line: seen; red dots inside the rise. Takes `at, seen, expected, low, high, inside`."""
    axis = alt.Axis(grid=False, format="%d %b %H:%M", tickCount=8, labelOverlap=True)
    x = alt.X("at:T", title=None, scale=alt.Scale(type="utc"), axis=axis)
    y_axis = alt.Axis(tickCount=4, format="~s")
    told = [
        alt.Tooltip("at:T", title="From (UTC)", format="%d %b %H:%M"),
        alt.Tooltip("seen:Q", title="Seen", format=",.0f"),
        alt.Tooltip("expected:Q", title="Expected", format=",.1f"),
    ]
    base = alt.Chart(rows).encode(x=x)
    seen = alt.Y("seen:Q", title=None, axis=y_axis)
    return alt.layer(
        base.mark_area(color=colours.band).encode(y=alt.Y("low:Q", title=None, axis=y_axis), y2="high:Q"),
        base.mark_line(color=colours.faint, strokeDash=[4, 3], strokeWidth=1.5).encode(
            y=alt.Y("expected:Q", axis=y_axis)
        ),
        base.mark_line(color=colours.main, strokeWidth=1.5).encode(y=seen, tooltip=told),
        base.transform_filter("datum.inside")
        .mark_point(filled=True, size=50, color=colours.tier["alert"], opacity=1)
        .encode(y=seen, tooltip=told),
    ).properties(height=220)


def _day_axis(days: pl.Series) -> alt.Axis:
    """At most a dozen dates, each written once."""
    first, last = days.min(), days.max()
    length = (last - first).days + 1 if isinstance(first, datetime) and isinstance(last, datetime) else 1
    ticks = alt.TimeIntervalStep(interval="day", step=-(-length // 12))
    return alt.Axis(format="%d %b", grid=False, labelOverlap=True, tickCount=ticks)


def _highest(column: pl.Series) -> float:
    value = column.max()
    return float(value) if isinstance(value, int | float) else 1.0


def _lowest(column: pl.Series) -> float:
    value = column.min()
    return float(value) if isinstance(value, int | float) else 1.0
