"""How numbers, chances, spans and moments are written, the same on every page."""

from datetime import UTC, datetime

NARROW = "\u202f"  # narrow no-break space between a number and its unit
_UNITS = (("d", 86400.0), ("h", 3600.0), ("min", 60.0))


def count(number: float) -> str:
    """1204 -> '1,204'."""
    return f"{number:,.0f}"


def short(number: float) -> str:
    """Large counts of rows read: '1.2 M', '48 k', '1,204'."""
    if number >= 1e6:
        return f"{number / 1e6:.1f}{NARROW}M"
    return f"{number / 1e3:.0f}{NARROW}k" if number >= 1e4 else count(number)


def plural(number: int, one: str, many: str = "") -> str:
    """'1 account', '48 accounts'."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def percent(share: float, digits: int = 0) -> str:
    return f"{100 * share:.{digits}f}{NARROW}%"


def figure(number: float) -> str:
    """An expected or measured figure: whole above 100, one decimal above 1, else two significant digits."""
    if number >= 100 or number == round(number):
        return count(number)
    return f"{number:.1f}" if number >= 1 else f"{number:.2g}"


def span(seconds: float) -> str:
    """A duration in one unit: '7 s', '40 min', '9 d'; days from two days on."""
    for unit, size in _UNITS:
        if seconds >= size * (2 if unit == "d" else 1):
            return f"{count(seconds / size)}{NARROW}{unit}"
    if seconds and seconds < 1:
        return f"under 1{NARROW}s"
    return f"{seconds:.0f}{NARROW}s"


def chance(p: float | None) -> str:
    """A p-value as a frequency that people can picture; the exact value stays in the export."""
    if p is None:
        return "not computed"
    if p < 1e-6:
        return "less than 1 in a million"
    if p >= 0.5:
        return "expected by chance"
    whole = int(1 / p)
    return f"about 1 in {count(round(whole, 1 - len(str(whole))))}"


def moment(at: datetime | None, with_year: bool = False) -> str:
    """'14 Nov 03:12:03 UTC'; the year is added when it matters. Not known is said, never left blank."""
    if at is None:
        return "not known"
    return f"{at.astimezone(UTC):%d %b %Y %H:%M:%S} UTC" if with_year else f"{at.astimezone(UTC):%d %b %H:%M:%S} UTC"


def second(at: datetime | None) -> str:
    """'14 Nov 03:12:03', for a column whose head says UTC."""
    return moment(at).removesuffix(" UTC")


def minute(at: datetime | None) -> str:
    """'14 Nov 03:12', for a narrow column whose head says UTC."""
    return moment(at).rpartition(":")[0]


def day(at: datetime | None) -> str:
    return "not known" if at is None else f"{at.astimezone(UTC):%d %b %Y}"


def ago(at: datetime, now: datetime) -> str:
    """'26 min ago'; only for heads and lists, never in evidence."""
    return f"{span(max(0.0, (now - at).total_seconds()))} ago"
