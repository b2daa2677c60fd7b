"""A rise in one or two sentences: how much, of what it is made, and how much of it looks manufactured."""

from collections.abc import Mapping
from datetime import UTC, datetime

from detectors.sentences import NARROW, count, percent, plural
from detectors.trends.acts import EVERYTHING
from detectors.trends.attribution import RISES, Attribution

_LONGEST = 60  # characters of a foreign value in a sentence
_MOST_OF_IT = 0.5  # what explains less is not called the rise; the table lists all the same
_WIDEST = 0.5  # convention: an interval over more than half of the scale tells nothing
# Bits: below it the values had about their usual share (a share of 60 % seen at 76 % lies .02 apart).
_LEAST_SURPRISE = 0.02


def value_name(dimension: str, value: str) -> str:
    """'#tag', 'the site x', ...; values are the data's own: escape before showing."""
    cut = value[:_LONGEST]
    if not value:
        return f"no {dimension}"
    named: Mapping[str, str] = {
        "hashtag": f"#{cut}",
        "domain": f"the site {cut}",
        "language": f"the language {cut}",
        "client": f"the app {cut}",
        "country": f"the country {cut}",
        "kind": f"the kind {cut}",
        "share": f"shares of {value[:24]}",
        "account": f"the account {cut}",
    }
    return "all activity" if dimension == EVERYTHING else named.get(dimension, cut)


def rise_sentence(dimension: str, value: str, seen: float, expected: float, since: datetime, until: datetime) -> str:
    """'#x: 412 acts from 14 Nov 03:00 to 05:00 UTC where about 13 were expected.'"""
    due = "fewer than one" if expected < 1 else f"about {count(round(expected))}"
    start, end = since.astimezone(UTC), until.astimezone(UTC)
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%d %b %H:%M}"
    were = "was" if due == "about 1" else "were"
    return (
        f"{_capital(value_name(dimension, value))}: {count(seen)} acts from {start:%d %b %Y %H:%M} to {last} UTC, "
        f"where {due} {were} expected."
    )


def cause_sentence(dimension: str, values: list[str], explained: float, surprise: float) -> str:
    """'78 % of the rise is #x.' or that nothing in particular explains most of it. Takes the most telling values."""
    if explained < _MOST_OF_IT or surprise < _LEAST_SURPRISE:
        return "Nothing in particular explains most of the rise: it rose as a whole."
    named = [value_name(dimension, value) for value in values[:3]]
    more = f" and {count(len(values) - 3)} more" if len(values) > 3 else ""
    said = (
        ", ".join(named[:-1]) + (" and " if len(named) > 1 and not more else ", " if len(named) > 1 else "") + named[-1]
    )
    return f"{percent(min(explained, 1.0))} of the rise is {said}{more}."


def attribution_sentence(told: Attribution) -> str:
    """How much looks manufactured, from whom, compared with what; an interval wider than half says that it cannot be told."""
    span = f"{round(100 * told.low)}–{round(100 * told.high)}{NARROW}%"
    known = [word for word, is_known in (("new", told.new_known), ("long silent", told.silent_known)) if is_known]
    theirs = f", {_share(told.new + told.silent)} from {' or '.join(known)} accounts" if known else ""
    who = f"{_share(told.flagged)} of it comes from accounts in flagged clusters{theirs}"
    counted = (
        f"newcomers counted beyond those of {plural(told.controls, 'like rise', 'like rises')}"
        if told.compared_with == RISES
        else "newcomers not counted, as there are too few like rises to compare with"
    )
    made = (
        f"how much looks manufactured cannot be told ({span})"
        if told.high - told.low > _WIDEST
        else f"{percent(told.manufactured)} ({span}) looks manufactured"
    )
    unknown = "" if told.silent_known else " The data begins too short before to say who had been silent."
    unknown += "" if told.new_known else " The data does not say when accounts were created."
    return f"{who}; {made}, {counted}.{unknown}"


def _share(share: float) -> str:
    """Other classes may have fallen meanwhile, so that one has more than all of the rise; more than all says no more."""
    return percent(min(max(share, 0.0), 1.0))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
