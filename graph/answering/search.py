"""Finding accounts and objects by how they start."""

from graph.answering.questions import Question
from graph.answering.reader import Reader, Rows, account_of, is_storable, object_of
from graph.answers import Found
from graph.store import left_out

_LOOKED_AT = 2_000  # matches among which the busiest are chosen; there may be millions that start with "h"


def find(reader: Reader, text: str, limit: int) -> Found:
    """Exact matches first, then the busiest, then by name."""
    asked = text.strip()
    if not asked or not is_storable(asked):
        return Found(text, (), (), ())
    limits = {"looked_at": _LOOKED_AT, "limit": limit}
    handle = asked.removeprefix("@").lower()
    accounts = reader.rows(Question.FIND_ACCOUNTS, start=asked, handle=handle, **limits)
    objects = reader.rows(Question.FIND_OBJECTS, starts=_object_starts(asked), **limits)
    said = [
        *_said(accounts, limit, "account", "starting like this that acted less"),
        *_said(objects, limit, "object", "starting like this that fewer accounts acted on"),
    ]
    return Found(text, tuple(map(account_of, accounts)), tuple(map(object_of, objects)), tuple(said))


def _object_starts(asked: str) -> list[str]:
    """What people type for an object: a link without its scheme, a hashtag with its sign, either in capitals."""
    starts = {asked, asked.lower(), asked.removeprefix("#").lower()}
    if "://" not in asked:
        starts |= {f"{scheme}{asked.lower()}" for scheme in ("https://", "http://")}
    return sorted(starts - {""})


def _said(rows: Rows, limit: int, noun: str, rest: str) -> list[str]:
    found = rows[0]["total"] if rows else 0
    if found >= _LOOKED_AT > limit:
        return [f"Left out: {found - limit:,} or more {noun}s {rest}; type more of the name."]
    return list(left_out(found - limit, noun, rest))
