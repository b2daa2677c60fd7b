"""How a report looks and speaks: the light palette of docs' UI design, and the spelling of numbers, times and chance."""

from datetime import UTC, datetime

from graph.takeover_words import TIES
from graph.traces import TRACES

# The page is read on paper and on strange machines: names of common fonts per script, none of them fetched.
FONTS = (
    "Source Sans 3, Source Sans Pro, Segoe UI, Roboto, Helvetica Neue, Noto Sans, Noto Sans Arabic, Noto Naskh Arabic, "
    "Geeza Pro, Noto Sans Hebrew, Noto Sans Devanagari, Kohinoor Devanagari, Nirmala UI, Noto Sans Bengali, "
    "Noto Sans Thai, Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, Noto Sans CJK JP, Hiragino Sans, "
    "Noto Sans CJK KR, Malgun Gothic, DejaVu Sans, Noto Color Emoji, sans-serif"
)

INK, SOFT, FAINT, RULE, BAND, PAPER = "#1B2430", "#566070", "#9AA1AC", "#DFE2E7", "#E3E7EE", "#FFFFFF"
EDGE = "#CDD2DA"
BEYOND_CHANCE = "#A3330A"

# Roles as the detectors name them; a target is somebody who may have been framed, so it wears the colour of victims.
# Neither is accused, and they never stand in one picture.
ROLE_COLOURS = {
    "seeder": "#8A1F5C",
    "core": "#33408F",
    "amplifier": "#2F86BD",
    "follower": "#5B7C99",
    "target": "#0F7B4F",
    "bystander": "#8F96A1",
    "victim": "#0F7B4F",
    "changed": "#52708B",
}
FAMILY_COLOURS = {
    "shares": "#0F67A8",
    "links": "#B97A00",
    "tags": "#B7689A",
    "text": "#14866A",
    "infrastructure": "#A3330A",
    "social": "#3F97CC",
    "content": "#5B21B6",
}
NARROW = "\u202f"  # narrow no-break space between a number and its unit


def trace_title(trace: str) -> str:
    """The trace as people call it."""
    if trace in TIES:
        return TIES[trace][0]
    return TRACES[trace].title if trace in TRACES else trace.replace("_", " ")


def trace_family(trace: str) -> str:
    """The family whose colour the trace wears; unknown traces count as social."""
    if trace in TIES:
        return TIES[trace][1]
    return TRACES[trace].family if trace in TRACES else "social"


def number(value: float | None) -> str:
    """1,204 · 13.3 · 0.04; "cannot tell" for what is not known."""
    if value is None or value != value:  # noqa: PLR0124 - only a NaN differs from itself
        return "cannot tell"
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 1 else f"{value:.2g}"


def percent(share: float | None) -> str:
    """78 % with a narrow space."""
    return "cannot tell" if share is None else f"{100 * share:.0f}{NARROW}%"


def span(seconds: float | None) -> str:
    """A length of time in one unit: 7 s, 40 min, 30 h, 9 d."""
    if seconds is None:
        return "cannot tell"
    for unit, size, least in (("d", 86_400, 2), ("h", 3_600, 2), ("min", 60, 2)):
        if seconds >= size * least:
            return f"{seconds / size:.0f}{NARROW}{unit}"
    return f"{seconds:.0f}{NARROW}s" if seconds == int(seconds) or seconds >= 10 else f"{seconds:.1f}{NARROW}s"


def moment(at: datetime | None) -> str:
    """2 Mar 2026 08:12:03, in UTC."""
    if at is None:
        return "not known"
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b %Y %H:%M:%S}"


def chance(p: float | None) -> str:
    """A p-value as a frequency people can picture: about 1 in 400,000."""
    if p is None or not 0 <= p <= 1:
        return "cannot tell"
    if p < 1e-6:
        return "less than 1 in a million"
    if p > 0.5:
        return "more often than not"
    ratio = 1 / p
    return f"about 1 in {round(ratio, 1 - len(str(int(ratio)))):,.0f}"
