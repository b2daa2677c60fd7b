"""Finding accounts and objects: by how they start, then by the words inside their names."""

from typing import Any

from graph.answering.questions import Question
from graph.answering.reader import Reader, Rows, account_of, is_storable, object_of
from graph.answers import Found
from graph.store import left_out
from graph.words import MOST_HITS, words_asked

_LOOKED_AT = 2_000  # matches among which the busiest are chosen; there may be millions that start with "h"


def find(reader: Reader, text: str, limit: int) -> Found:
    """Exact matches first, then what starts so, then what has the words; in each the busiest first, then by name."""
    asked = text.strip()
    if not asked or not is_storable(asked):
        return Found(text, (), (), ())
    start = {"start": asked, "handle": asked.removeprefix("@").lower()}
    starts = {"starts": _object_starts(asked)}
    limits = {"looked_at": _LOOKED_AT, "limit": limit}
    accounts = reader.rows(Question.FIND_ACCOUNTS, **start, **limits)
    objects = reader.rows(Question.FIND_OBJECTS, **starts, **limits)
    said = [
        *_said(accounts, limit, "account", "starting like this that acted less"),
        *_said(objects, limit, "object", "starting like this that fewer accounts acted on"),
    ]
    worded = _Worded(reader, asked, said)
    more_accounts = worded.rows(Question.WORDED_ACCOUNTS, start, limit - len(accounts), "account")
    more_objects = worded.rows(Question.WORDED_OBJECTS, starts, limit - len(objects), "object")
    return Found(
        text,
        tuple(map(account_of, [*accounts, *more_accounts])),
        tuple(map(object_of, [*objects, *more_objects])),
        tuple(said),
    )


class _Worded:
    """Asks for words, and says in `said` what is not shown."""

    def __init__(self, reader: Reader, asked: str, said: list[str]) -> None:
        self._reader, self._said, words = reader, said, words_asked(asked)
        self._words = reader.words_asked(words) if words and reader.has_words else None
        if words and not reader.has_words:
            said.append("Left out: words inside names; they come with the next flockwatch ingest or graph sync.")

    def rows(self, question: Question, start: dict[str, Any], room: int, noun: str) -> Rows:
        if self._words is None:
            return []
        rows = self._reader.rows(question, words=self._words, most=MOST_HITS, limit=max(room, 1), **start)
        if rows[0]["hits"] > MOST_HITS:
            self._said.append(f"Left out: more than {MOST_HITS:,} {noun}s with such words; type more of the name.")
            return []
        shown = [row for row in rows if row["key"] is not None][:room]
        rest = "with these words that " + ("acted less" if noun == "account" else "fewer accounts acted on")
        self._said += left_out((rows[0]["total"] or 0) - len(shown), noun, rest)
        return shown


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
