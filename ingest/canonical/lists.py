"""Lists inside cells: JSON lists, "[a, b]" and "['a', 'b']" of archives, or words parted by spaces, commas or bars."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

_STRINGS = (
    r'^\[\s*(?:"[^"\\]*"\s*(?:,\s*"[^"\\]*"\s*)*)?\]$'  # a JSON list of strings without escapes: split without parsing
)
_MARK = "\x1f"

# What names the thing when a list holds objects; the first key that an object has counts.
ITEM_KEYS: Mapping[str, tuple[str, ...]] = {
    "urls": ("unwound_url", "expanded_url", "expanded", "uri", "url"),
    "hashtags": ("tag", "text", "name"),
    "mentions": ("id_str", "id", "did", "acct", "username", "screen_name"),
    "media": ("hash", "id_str", "media_key", "id", "cid", "url"),
}
_HANDLES = {"acct", "username", "screen_name"}


def parse_lists(cells: pl.Series, name: str) -> pl.Series:
    """List(String) per cell; a null cell stays null (nothing was said), "[]" is an empty list (it was said that there are none)."""
    frame = pl.DataFrame({"cell": cells.str.strip_chars()})
    cell = pl.col("cell")
    inner = cell.str.strip_chars("[]").str.strip_chars()
    plain = cell.str.contains(_STRINGS)
    nested = cell.str.contains(r'^\[\s*[{"]') & ~plain
    quoted = inner.str.strip_chars('"').str.replace_all(r'"\s*,\s*"', _MARK).str.split(_MARK)
    bracketed = inner.str.split(",").list.eval(pl.element().str.strip_chars().str.strip_chars("'\""))
    parted = cell.str.replace_all(r"[\s|;]+|,\s*" if name != "urls" else r"[\s|]+", _MARK).str.split(_MARK)
    split = (
        pl.when(cell.is_null() | nested)
        .then(None)
        .when(plain)
        .then(quoted)
        .when(cell.str.starts_with("["))
        .then(bracketed)
        .otherwise(parted)
    )
    frame = frame.with_columns(
        split.list.eval(pl.element().filter(pl.element() != "")).alias("items"), nested.alias("nested")
    )
    if not frame["nested"].any():
        return frame["items"].alias(name)
    distinct = frame.filter("nested")["cell"].unique()
    parsed = pl.DataFrame(
        {"cell": distinct, "parsed": [_items(text, name) for text in distinct]},
        schema_overrides={"parsed": pl.List(pl.String)},
    )
    joined = frame.join(parsed, on="cell", how="left", maintain_order="left")
    return joined.select(pl.coalesce("items", "parsed").alias(name))[name]


def _items(text: str, name: str) -> list[str]:
    try:
        found = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        found = [part.strip(" '\"[]") for part in text.split(",")]
    if not isinstance(found, list):
        found = [found]
    named = (_name_of(item, ITEM_KEYS.get(name, ())) for item in found)
    return [item for item in named if item]


def _name_of(item: Any, keys: Sequence[str]) -> str:
    if isinstance(item, str):
        return item
    if not isinstance(item, dict):
        return ""
    for key in keys:
        value = item.get(key)
        if isinstance(value, str) and value:
            return f"@{value}" if key in _HANDLES else value
    return ""
