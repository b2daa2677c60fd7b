"""Finding accounts and objects by how they start."""

from graph.answering.questions import Question
from graph.answering.reader import Reader, account_of, is_storable, object_of
from graph.answers import Found
from graph.store import left_out

_LOOKED_AT = 2_000  # matches among which the busiest are chosen; there may be millions that start with "h"


def find(reader: Reader, text: str, limit: int) -> Found:
    """Exact matches first, then the busiest, then by name."""
    asked = text.strip()
    if not asked or not is_storable(asked):
        return Found(text, (), (), ())
    handle = asked.removeprefix("@").lower()
    by_id = reader.rows(Question.FIND_IDS, start=asked, limit=_LOOKED_AT)
    by_handle = reader.rows(Question.FIND_HANDLES, start=handle, limit=_LOOKED_AT)
    rows = list({row["key"]: row for row in (*by_id, *by_handle)}.values())
    exact = {asked, handle}
    rows.sort(key=lambda r: (not {r["account_id"], r["folded_handle"]} & exact, -r["actions"], r["account_id"]))
    starts = _object_starts(asked)
    objects = {row["key"]: row for row in reader.rows(Question.FIND_OBJECTS, starts=starts, limit=_LOOKED_AT)}
    ranked = sorted(
        objects.values(),
        key=lambda r: (r["object_id"] not in starts, -r["accounts"], r["object_id"], r["name"]),
    )
    said = [
        *_said(len(rows), limit, "account", "starting like this that acted less"),
        *_said(len(objects), limit, "object", "starting like this that fewer accounts acted on"),
    ]
    return Found(text, tuple(map(account_of, rows[:limit])), tuple(map(object_of, ranked[:limit])), tuple(said))


def _object_starts(asked: str) -> list[str]:
    """What people type for an object: a link without its scheme, a hashtag with its sign, either in capitals."""
    starts = {asked, asked.lower(), asked.removeprefix("#").lower()}
    if "://" not in asked:
        starts |= {f"{scheme}{asked.lower()}" for scheme in ("https://", "http://")}
    return sorted(starts - {""})


def _said(found: int, limit: int, noun: str, rest: str) -> list[str]:
    if found >= _LOOKED_AT:
        return [f"Left out: {found - limit:,} or more {noun}s {rest}; type more of the name."]
    return list(left_out(found - limit, noun, rest))
