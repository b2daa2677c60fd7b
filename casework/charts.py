"""The three charts of a report, in the chart grammar of the UI design, drawn as vector pictures without a browser."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import altair as alt
import vl_convert

from casework.report_look import (
    BAND,
    BEYOND_CHANCE,
    EDGE,
    FAINT,
    FAMILY_COLOURS,
    FONTS,
    INK,
    PAPER,
    ROLE_COLOURS,
    RULE,
    SOFT,
)

WIDTH = 790  # px; the column of the page; on A4 it shrinks by an eighth, which leaves the letters at 8 pt
_MAP_WIDTH, _MAP_HEIGHT = WIDTH - 40, 430  # px; the whole figure with its caption fits half a printed page
_MOST_NUMBERED = 80  # accounts; past that the numbers cover the picture

Rows = list[dict[str, Any]]
Chart = alt.Chart | alt.LayerChart | alt.FacetChart


def comparison(rows: Rows) -> Chart:
    """Rows of name, ratio, low, high (each over what is expected), beyond and words, one line of the chart each."""
    positive = [value for row in rows for value in (row["ratio"], row["low"], row["high"]) if value > 0]
    least, most = min(0.5, *positive) * 0.8, max(3.0, *positive) * 1.5
    for row in rows:
        row["low"] = max(row["low"], least)  # a logarithmic axis has no nought
        row["beside"] = max(row["ratio"], row["high"])  # words never lie on the band
    scale = alt.Scale(type="log", domain=[least, most], nice=False)
    ticks = [10.0**power * step for power in range(-3, 7) for step in (1, 3) if least <= 10.0**power * step <= most]
    axis = alt.Axis(values=ticks, format="~g", grid=False, title="times what chance explains (log)")
    rows_axis = alt.Axis(labelColor=INK, labelFontSize=12, ticks=False, domain=False, labelLimit=0)
    data = _data(rows)
    base = alt.Chart(data).encode(y=alt.Y("name:N", sort=None, title=None, axis=rows_axis))
    x = alt.X("ratio:Q", scale=scale, axis=axis)
    beyond = alt.condition("datum.beyond", alt.value(BEYOND_CHANCE), alt.value(SOFT))
    thread = base.transform_filter("datum.beyond").mark_rule(color=BEYOND_CHANCE, strokeWidth=1, opacity=0.55)
    return alt.layer(
        base.mark_bar(height=12, color=BAND).encode(x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q"),
        alt.Chart(_data([{"one": 1}])).mark_rule(color=FAINT).encode(x=alt.X("one:Q", scale=scale, axis=axis)),
        thread.encode(x=alt.X("high:Q", scale=scale, axis=axis), x2="ratio:Q"),
        base.mark_point(filled=True, size=75, opacity=1).encode(x=x, color=beyond),
        base.mark_text(align="left", dx=10, color=INK).encode(
            x=alt.X("beside:Q", scale=scale, axis=axis), text="words:N"
        ),
    ).properties(width=WIDTH - 350, height=alt.Step(26))


def ticks(acts: Rows, rows: list[str]) -> Chart:
    """`acts` of row, family and at (milliseconds UTC), drawn in the order of `rows`."""
    families = [family for family in FAMILY_COLOURS if any(act["family"] == family for act in acts)]
    colours = alt.Scale(domain=families, range=[FAMILY_COLOURS[family] for family in families])
    days = (max(act["at"] for act in acts) - min(act["at"] for act in acts)) / 86_400_000
    chart: alt.Chart = (
        alt.Chart(_data(acts))
        .mark_tick(thickness=1.6, height=13, opacity=0.85)
        .encode(
            x=alt.X(
                "at:T",
                title=None,
                scale=alt.Scale(type="utc", nice=False, padding=6),
                axis=alt.Axis(format="%-d %b" if days > 3 else "%-d %b %H:%M", tickCount=8, labelOverlap=True),
            ),
            y=alt.Y(
                "row:N",
                title=None,
                scale=alt.Scale(domain=rows),
                axis=alt.Axis(
                    labelColor=INK,
                    labelFontSize=11,
                    ticks=False,
                    domain=False,
                    grid=True,
                    labelLimit=0,
                    labelPadding=8,
                ),
            ),
            color=alt.Color("family:N", scale=colours, legend=alt.Legend(title=None, symbolType="square")),
        )
        .properties(width=WIDTH - 210, height=alt.Step(20))
    )
    return chart


def node_link(dots: Rows, lines: Rows) -> Chart:
    """`dots` of x, y, role, number, size, and `lines` of x, y, x2, y2, width; cropped to the dots, shape kept."""
    across, height = _frame(dots)
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=across[0], nice=False, zero=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=across[1], nice=False, zero=False))
    width = alt.StrokeWidth("width:Q", scale=None)
    dot = alt.Chart(_data(dots))
    colour = alt.Color("role:N", scale=_role_colours(dots), legend=alt.Legend(title=None, symbolStrokeWidth=0))
    layers = [
        alt.Chart(_data(lines)).mark_rule(color=EDGE).encode(x=x, y=y, x2="x2:Q", y2="y2:Q", strokeWidth=width),
        dot.mark_circle(opacity=1, stroke=PAPER, strokeWidth=1.5).encode(
            x=x, y=y, size=alt.Size("size:Q", scale=None), color=colour
        ),
    ]
    if len(dots) <= _MOST_NUMBERED:
        numbers = dot.mark_text(color=INK, dx=11, dy=-9, fontSize=11, align="left")
        layers.append(numbers.encode(x=x, y=y, text="number:N"))
    return alt.layer(*layers).properties(width=_MAP_WIDTH, height=height)


def _frame(dots: Rows) -> tuple[tuple[list[float], list[float]], int]:
    """The domains of x and y around the dots, and the height in px that gives both axes one scale."""
    low_x, high_x = min(dot["x"] for dot in dots), max(dot["x"] for dot in dots)
    low_y, high_y = min(dot["y"] for dot in dots), max(dot["y"] for dot in dots)
    wide, tall = max(high_x - low_x, 0.5) * 1.12, max(high_y - low_y, 0.2) * 1.12
    height = round(min(max(_MAP_WIDTH * tall / wide, 180), _MAP_HEIGHT))
    per_px = max(wide / _MAP_WIDTH, tall / height)
    middle_x, middle_y = (low_x + high_x) / 2, (low_y + high_y) / 2
    half_x, half_y = per_px * _MAP_WIDTH / 2, per_px * height / 2
    return ([middle_x - half_x, middle_x + half_x], [middle_y - half_y, middle_y + half_y]), height


def _role_colours(dots: Sequence[Mapping[str, Any]]) -> alt.Scale:
    """The colours of the roles that occur, in the order of the palette; a role we do not know is faint."""
    met = {str(dot["role"]) for dot in dots}
    roles = [*(role for role in ROLE_COLOURS if role in met), *sorted(met - set(ROLE_COLOURS))]
    return alt.Scale(domain=roles, range=[ROLE_COLOURS.get(role, FAINT) for role in roles])


def as_svg(chart: Chart, alt_text: str) -> str:
    """The chart as inline SVG with `alt_text` for those who do not see it; scales down to the width it is given."""
    styled = (
        chart.properties(background="transparent", padding=4)
        .configure(font=FONTS, aria=False)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=SOFT, titleColor=SOFT, labelFontSize=11, titleFontSize=11, titleFontWeight="normal",
            gridColor=RULE, gridOpacity=0.7, domainColor=RULE, tickColor=RULE,
        )
        .configure_legend(
            labelColor=INK, labelFontSize=12, orient="top", direction="horizontal", symbolSize=80, offset=6, padding=0
        )
        .configure_text(fontSize=12)
    )  # fmt: skip
    drawn: str = vl_convert.vegalite_to_svg(styled.to_json(indent=None, validate=False))
    box = drawn[drawn.index("viewBox=") :].split('"')[1]
    width, height = box.split()[2:]
    body = drawn[drawn.index(">") + 1 :]
    return (
        f'<svg role="img" aria-label="{escape(alt_text)}" viewBox="{box}" width="{width}" height="{height}" '
        f'xmlns="http://www.w3.org/2000/svg">{body}'
    )


def _data(rows: Rows) -> Any:
    return alt.Data(values=rows)  # type: ignore[no-untyped-call]
