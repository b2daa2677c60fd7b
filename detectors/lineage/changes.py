"""A change of ways in words: what it moved from, and to what."""

from collections.abc import Callable, Mapping

import polars as pl

from detectors.lineage.habits import lag_seconds
from detectors.sentences import percent, plural, span
from graph.traces import TRACES

_LONGEST = 60  # characters of a foreign name in a sentence


def change(habit: str, before: pl.DataFrame, after: pl.DataFrame) -> str:
    """'moved from shares to same replies (90 % -> 10 %, ...)'. Names in it are the data's own: escape before showing."""
    return _WORDS[habit](_shares(before), _shares(after))


Shares = Mapping[str, float]


def _shares(counts: pl.DataFrame) -> Shares:
    """key -> share of all, the keys in their order."""
    total = float(counts["n"].sum()) or 1.0
    return {key: n / total for key, n in counts.group_by("key").agg(pl.col("n").sum()).sort("key").iter_rows()}


def _moved(before: Shares, after: Shares) -> tuple[str, str]:
    """The key that lost the largest share and the one that gained it."""
    gain = {key: after.get(key, 0.0) - before.get(key, 0.0) for key in sorted({*before, *after})}
    return min(gain, key=lambda key: gain[key]), max(gain, key=lambda key: gain[key])


def _from_to(before: Shares, after: Shares, name: Callable[[str], str]) -> str:
    lost, gained = _moved(before, after)
    return (
        f"moved from {name(lost)} ({_arrow(before.get(lost, 0.0), after.get(lost, 0.0))}) "
        f"to {name(gained)} ({_arrow(before.get(gained, 0.0), after.get(gained, 0.0))})"
    )


def _traces(before: Shares, after: Shares) -> str:
    return _from_to(before, after, lambda trace: TRACES[trace].title if trace in TRACES else trace)


def _clients(before: Shares, after: Shares) -> str:
    return _from_to(before, after, lambda client: f"the app {client[:_LONGEST]}")


def _lag(before: Shares, after: Shares) -> str:
    return f"lag {_median_lag(before)} -> {_median_lag(after)}"


def _median_lag(shares: Shares) -> str:
    """The middle of the half decade that holds the median."""
    total = 0.0
    for half_decade in sorted(map(int, shares)):
        total += shares[str(half_decade)]
        if total >= 0.5:
            break
    return f"about {span(lag_seconds(half_decade))}" if half_decade else "up to 1 s"


def _sources(before: Shares, after: Shares) -> str:
    new = sorted((key for key in after if key not in before), key=lambda key: (-after[key], key))
    if not new:
        lost, gained = _moved(before, after)
        return (
            f"the same sources in other shares: {lost[:_LONGEST]} {_arrow(before.get(lost, 0.0), after.get(lost, 0.0))}, "
            f"{gained[:_LONGEST]} {_arrow(before.get(gained, 0.0), after.get(gained, 0.0))}"
        )
    share = percent(sum(after[key] for key in new))
    return f"{plural(len(new), 'new source', 'new sources')} with {share} of the acts, first {new[0][:_LONGEST]}"


def _copies(before: Shares, after: Shares) -> str:
    return f"exact copies among its repeated texts {_arrow(before.get('exact', 0.0), after.get('exact', 0.0))}"


def _hours(before: Shares, after: Shares) -> str:
    return f"busiest hours around {_peak(before)} -> {_peak(after)} UTC"


def _peak(shares: Shares) -> str:
    """The middle of the three consecutive hours of the day with most acts."""
    day = [0.0] * 24
    for key, share in shares.items():
        day[int(key) % 24] += share
    middle = max(range(24), key=lambda hour: (day[hour - 1] + day[hour] + day[(hour + 1) % 24], -hour))
    return f"{middle:02d}:00"


def _elsewhere(before: Shares, after: Shares) -> str:
    return f"acts outside the shared objects {_arrow(before.get('apart', 0.0), after.get('apart', 0.0))}"


def _arrow(before: float, after: float) -> str:
    return f"{percent(before)} -> {percent(after)}"


_WORDS: Mapping[str, Callable[[Shares, Shares], str]] = {
    "traces": _traces,
    "lag": _lag,
    "clients": _clients,
    "sources": _sources,
    "copies": _copies,
    "hours": _hours,
    "elsewhere": _elsewhere,
}
