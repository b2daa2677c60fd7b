"""What an account and a shared object are called on a page: foreign words made visible, two things never under one name."""

from collections.abc import Iterable, Mapping

import polars as pl

from graph.foreign_text import defang, show_text
from graph.fused import plain_object
from graph.takeover_words import TIES
from graph.traces import TRACES

_NAME_LIMIT = 40
_OBJECT_LIMIT = 90
_LINKS = frozenset({"url", "landing_page", "domain", "media"})
_OPAQUE = {"share": "post", "reply": "post", "like": "post", "text": "near-copy", "paraphrase": "meaning of"}
_ACCOUNTS = frozenset({"fast_share", "mention", "follow"})


def account_names(ids: Iterable[str], accounts: pl.LazyFrame) -> Mapping[str, str]:
    """Each id with its handle, or the id where no handle is known; takes ACCOUNT_SCHEMA.

    Two accounts that would look the same (look-alike handles, an id used as a handle) get their id behind the name, so
    that no row of a table or a chart holds two accounts.
    """
    wanted = sorted(set(ids))
    known = (
        accounts.filter(pl.col("account_id").is_in(wanted) & pl.col("handle").is_not_null() & (pl.col("handle") != ""))
        .group_by("account_id")
        .agg(pl.col("handle").sort().first())
        .collect()
    )
    return distinct_names(wanted, dict(known.iter_rows()))


def distinct_names(ids: Iterable[str], handles: Mapping[str, str | None]) -> Mapping[str, str]:
    """Each id with its handle, or the id where no handle is known; no two accounts under one name."""
    wanted = sorted(set(ids))
    names = {id_: show_text(handles.get(id_) or id_, _NAME_LIMIT) for id_ in wanted}
    taken = _repeated(names.values())
    named = {id_: f"{name} ({show_text(id_, _NAME_LIMIT)})" if name in taken else name for id_, name in names.items()}
    still = _repeated(named.values())  # ids so long that their shown parts are alike
    return {id_: f"{name} {place}" if name in still else name for place, (id_, name) in enumerate(named.items(), 1)}


def object_name(trace: str, object_id: str, names: Mapping[str, str] | None = None) -> str:
    """What two accounts both acted on, as plain text: links defanged, ids cut, hashtags with their sign.

    Content and means are called what they came by: the text, post or link, the address or device.
    """
    trace, object_id = plain_object(trace, object_id)
    if trace in _LINKS:
        name = defang(object_id)
    elif trace == "hashtag":
        name = "#" + object_id.lstrip("#")
    elif trace == "hashtag_sequence":
        name = " → ".join("#" + tag.lstrip("#") for tag in object_id.split())
    elif trace in _OPAQUE:
        name = f"{_OPAQUE[trace]} {shorten(object_id)}"
    elif trace in _ACCOUNTS:
        name = f"account {(names or {}).get(object_id) or shorten(object_id)}"
    else:
        name = object_id
    return show_text(name, _OBJECT_LIMIT)


def shorten(opaque: str) -> str:
    """An opaque id, cut in the middle when it is long: '9f03…c1ab'."""
    shown = show_text(opaque, 200)
    return shown if len(shown) <= 24 else f"{shown[:12]}…{shown[-6:]}"


def trace_title(trace: str) -> str:
    """'fast_share' -> 'quick shares'; a trace we do not know keeps its name."""
    if trace in TIES:
        return TIES[trace][0]
    return TRACES[trace].title if trace in TRACES else show_text(trace, 40)


def trace_family(trace: str) -> str:
    if trace in TIES:
        return TIES[trace][1]
    return TRACES[trace].family if trace in TRACES else "social"


def _repeated(names: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    return {name for name in names if name in seen or seen.add(name)}  # type: ignore[func-returns-value]
