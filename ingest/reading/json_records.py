"""One JSON record as flat cells of text, read by the careful parser: nothing rounded, nothing twice, nothing too deep."""

import json
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_DEPTH = 64  # levels; exports of tweets inside tweets need about ten, and recursion must not meet the stack's end


class BadRecord(Exception):
    """The record is set aside: `reason` is bad_json or duplicate_key."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class _Inexact(float):
    """A JSON number with a fraction or an exponent, with its spelling."""

    spelling: str

    def __new__(cls, spelling: str) -> "_Inexact":
        number = super().__new__(cls, spelling)
        number.spelling = spelling
        return number


@dataclass(slots=True)
class FlatRecord:
    """Cells by dotted name; `inexact` names those that were numbers with a fraction or an exponent."""

    cells: dict[str, str | None] = field(default_factory=dict)
    inexact: set[str] = field(default_factory=set)


def folded(key: str) -> str:
    """A column name as it is compared everywhere."""
    return key.strip().casefold()


def careful_record(raw: bytes) -> FlatRecord:
    """The record in one line of JSON; raises BadRecord. Bytes that are not UTF-8 arrive as half surrogate pairs."""
    try:
        # Files that were joined may bring their byte order mark along.
        value = _DECODER.decode(raw.removeprefix(BOM_UTF8).decode("utf-8", "surrogateescape"))
    except RecursionError:
        raise BadRecord("bad_json", "the JSON is nested too deep") from None
    except ValueError as fault:
        raise BadRecord("bad_json", f"not complete JSON: {fault}") from None
    if not isinstance(value, dict):
        raise BadRecord("bad_json", "not a JSON object")
    record = FlatRecord()
    _flatten(value, "", record, 1)
    return record


def as_text(value: object) -> str | None:
    """A JSON value that is no object as the text of a cell."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _Inexact):
        return value.spelling
    return str(value) if isinstance(value, int) else list_text(value)


def list_text(value: object) -> str:
    """A JSON list as compact JSON."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError as fault:
        raise BadRecord("bad_json", f"a number in a list cannot be held: {fault}") from None


def _flatten(value: Mapping[str, Any], prefix: str, record: FlatRecord, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise BadRecord("bad_json", f"the JSON is nested more than {MAX_DEPTH} levels deep")
    for key, item in value.items():
        name = prefix + folded(key)
        if isinstance(item, dict):
            _flatten(item, name + ".", record, depth + 1)
            continue
        if isinstance(item, list):
            _check_depth(item, depth + 1)
        if name in record.cells:
            raise BadRecord("duplicate_key", f"{name[:80]} stands twice")
        record.cells[name] = as_text(item)
        if isinstance(item, _Inexact):
            record.inexact.add(name)


def _check_depth(value: object, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise BadRecord("bad_json", f"the JSON is nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, list):
        for item in value:
            if isinstance(item, list | dict):
                _check_depth(item, depth + 1)
    elif isinstance(value, dict):
        _check_depth(list(value.values()), depth)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise BadRecord("duplicate_key", f"{twice[:80]} stands twice")
    return found


def _no_constant(spelling: str) -> Any:
    raise ValueError(f"{spelling} is no JSON number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_without_repeats,
    parse_float=_Inexact,
    parse_constant=_no_constant,
    strict=False,  # a raw control character in a text is dirt, no reason to lose the record
)
