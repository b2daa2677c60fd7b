"""The quick lane of JSON lines: a fast parser, and a proof per record that it dropped no key and rounded no number."""

from dataclasses import dataclass, field
from typing import Any

import orjson

from ingest.reading.json_records import MAX_DEPTH, folded

Cells = dict[str, str | None]
_TEXTS = frozenset((str, type(None)))
_SHAPES = 1000  # sets of keys remembered; a file in which every record has others gains nothing from more


@dataclass(slots=True)
class KeyTree:
    """Where the keys of the records lie, with their dotted names, learnt while reading; `wanted` None means all."""

    wanted: frozenset[str] | None = None
    name: str = ""
    prefix: str = ""  # of the names below
    kept: bool = True
    children: dict[str, "KeyTree"] = field(default_factory=dict)
    flat: dict[tuple[str, ...], bool] = field(default_factory=dict)

    def child(self, key: str) -> "KeyTree":
        known = self.children.get(key)
        if known is None:
            name = self.prefix + folded(key)
            known = KeyTree(self.wanted, name, name + ".", self.wanted is None or name in self.wanted)
            self.children[key] = known
        return known

    def names_itself(self, keys: tuple[str, ...]) -> bool:
        """Whether a flat record with these keys is its own cells: all kept, under names that are the keys. Learnt once."""
        known = self.flat.get(keys)
        if known is None:
            known = all((place := self.child(key)).kept and place.name == key for key in keys)
            if len(self.flat) < _SHAPES:
                self.flat[keys] = known
        return known


def quick_record(raw: bytes, tree: KeyTree) -> Cells | None:
    """The kept cells of one record; None when the fast parser cannot be trusted with it (or it is not JSON at all).

    It drops the first of two equal keys. So all keys are counted in the raw text: each is followed by `":` (the caller has
    seen that no key is followed by a space), strings can only add to that count, so equal counts mean that none was lost.
    A number with a fraction, an exponent or more than 64 bits arrives as a float, and floats are not trusted.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    if type(value) is not dict:
        return None
    if _TEXTS.issuperset(map(type, value.values())) and tree.names_itself(tuple(value)):
        return value if len(value) == raw.count(b'":') else None
    cells: Cells = {}
    keys = _flatten(value, tree, cells, 1)
    return cells if keys == raw.count(b'":') else None


def _flatten(value: dict[str, Any], tree: KeyTree, cells: Cells, depth: int) -> int:
    """Fill `cells`; the number of keys seen at all depths, or -1 when the record must be read carefully."""
    keys = len(value)
    for key, item in value.items():
        place = tree.children.get(key) or tree.child(key)
        kind = type(item)
        if kind is dict:
            below = _flatten(item, place, cells, depth + 1) if depth < MAX_DEPTH else -1
            if below < 0:
                return -1
            keys += below
            continue
        if kind is list:
            below = _keys_in(item, depth + 1)
            if below < 0:
                return -1
            keys += below
        if not place.kept:
            continue
        if place.name in cells:
            return -1
        if kind is str or item is None:
            cells[place.name] = item
        elif kind is bool:
            cells[place.name] = "true" if item else "false"
        elif kind is int:
            cells[place.name] = str(item)
        elif kind is list:
            cells[place.name] = orjson.dumps(item).decode()
        else:
            return -1
    return keys


def _keys_in(value: list[Any] | dict[str, Any], depth: int) -> int:
    """Keys of the objects in a list; -1 when a float is among the values (a careful reader keeps its spelling)."""
    if depth > MAX_DEPTH:
        return -1
    keys = 0
    if isinstance(value, dict):
        keys, value = len(value), list(value.values())
    for item in value:
        kind = type(item)
        if kind is float:
            return -1
        if kind is list or kind is dict:
            below = _keys_in(item, depth + 1)
            if below < 0:
                return -1
            keys += below
    return keys
