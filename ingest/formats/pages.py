"""Pages: JSON records that hold a list of posts, as search results and exports do, with what the page says about their authors."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from ingest.canonical.unfolding import PAGE, Unfolded
from ingest.chunks import LINE, PAGE_LISTS
from ingest.formats.raw_columns import objects_in

# Columns that hold the list: Twitter v2, Twitter v1.1 and Mastodon searches, Bluesky searches and feeds, Telegram Desktop.
LISTS = tuple(name for name in PAGE_LISTS if not name.startswith("includes."))
_ONE = "data."  # Twitter v2 streams: one post per page, flattened under this name
_AUTHOR_KEYS = (
    "username",
    "name",
    "created_at",
    "verified",
    "public_metrics.followers_count",
    "public_metrics.following_count",
)


class _Rounded(str):
    """A JSON number with a fraction or an exponent, as it was spelled."""

    __slots__ = ()


def page_column(columns: Sequence[str], sample: pl.DataFrame) -> str | None:
    """The column that holds the records of a page, if these are pages."""
    if "data.id" in columns and "data.author_id" in columns:
        return _ONE
    for name in LISTS:
        if name in sample.columns and sample[name].str.contains(r"^\s*\[\s*\{").any():
            return name
    return None


def unfold(frame: pl.DataFrame, column: str) -> Unfolded:
    """One row per record of every page. A page whose list is not whole JSON gives no row and is told in `broken`."""
    rows: list[dict[str, str | None]] = []
    pages: list[int] = []
    inexact: dict[str, set[int]] = {}
    broken: list[int] = []
    for cells in frame.iter_rows(named=True):
        try:
            records = list(_records(cells, column))
        except (ValueError, RecursionError):
            broken.append(cells[LINE])
            continue
        for record in records:
            for name, value in record.items():
                if isinstance(value, _Rounded):
                    inexact.setdefault(name, set()).add(len(rows) + 1)
            rows.append(record)
            pages.append(cells[LINE])
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = (
        pl.from_dicts(rows, schema=dict.fromkeys(names, pl.String))
        if names
        else pl.DataFrame({"id": []}, schema={"id": pl.String})
    )
    table = table.with_columns(
        pl.Series(LINE, range(1, len(rows) + 1), dtype=pl.Int64), pl.Series(PAGE, pages, dtype=pl.Int64)
    )
    return Unfolded(table, {name: frozenset(at) for name, at in inexact.items()}, frozenset(broken))


def _records(cells: Mapping[str, Any], column: str) -> Iterator[dict[str, str | None]]:
    users = _by_id(cells.get("includes.users"))
    tweets = _by_id(cells.get("includes.tweets"))
    if column == _ONE:
        found = [{name.removeprefix(_ONE): cell for name, cell in cells.items() if name.startswith(_ONE)}]
    else:
        listed = _loads(cells.get(column) or "[]")
        found = [_flat(item) for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    for record in found:
        yield _with_includes(record, users, tweets) if users or tweets else record


def _loads(text: str) -> Any:
    return json.loads(text, parse_int=str, parse_float=_Rounded)


def _by_id(text: str | None) -> dict[str, dict[str, str | None]]:
    found = [_flat(item) for item in objects_in(text)] if text else []
    return {str(item["id"]): item for item in found if item.get("id")}


def _with_includes(
    record: dict[str, str | None],
    users: Mapping[str, Mapping[str, str | None]],
    tweets: Mapping[str, Mapping[str, str | None]],
) -> dict[str, str | None]:
    """The author's profile, and the authors of the tweets it refers to."""
    author = users.get(record.get("author_id") or "", {})
    record |= {f"author.{key}": author[key] for key in _AUTHOR_KEYS if key in author}
    for tie in objects_in(record.get("referenced_tweets") or "[]"):
        other = tweets.get(str(tie.get("id")), {})
        kind = str(tie.get("type"))
        record[f"ref.{kind}.author_id"] = other.get("author_id")
        record[f"ref.{kind}.created_at"] = other.get("created_at")
    return record


def _flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, str | None]:
    """Dotted names, trimmed and casefolded; lists as JSON text; the reader's spelling of every other value."""
    cells: dict[str, str | None] = {}
    for key, item in value.items():
        name = prefix + key.strip().casefold()
        if isinstance(item, dict):
            cells |= _flat(item, name + ".")
        elif isinstance(item, list):
            cells[name] = json.dumps(item, ensure_ascii=False)
        elif isinstance(item, bool):
            cells[name] = "true" if item else "false"
        else:
            cells[name] = item or None
    return cells
