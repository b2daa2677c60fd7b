"""The posts behind the evidence with their words hidden: what is hidden never leaves the server."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from graph.foreign_text import show_text
from graph.fused import told_evidence

MOST_POSTS = 20
_TEXT_LIMIT = 1_000
_BLOCK = "▒"
_KEPT = re.compile(r"[#＃]\w|(?:[a-z][a-z0-9+.-]*:[/\\]{2}|www\.)\S", re.IGNORECASE)  # hashtags and links are evidence


@dataclass(frozen=True, slots=True)
class Post:
    """One post as it may be shown: `words` is masked unless it was revealed. Plain text."""

    post_id: str
    account_id: str
    account: str
    at: datetime | None
    words: str


def mask(text: str | None) -> str:
    """Each word replaced by blocks of its length; hashtags and links stay. Line ends and invisible signs become spaces."""
    return " ".join(show_text(word, 200) if _KEPT.match(word) else _BLOCK * len(word) for word in (text or "").split())


def evidence_posts(
    evidence: pl.DataFrame,
    posts: pl.LazyFrame,
    names: Mapping[str, str],
    revealed: frozenset[str] = frozenset(),
    accounts: frozenset[str] = frozenset(),
) -> tuple[list[Post], int]:
    """The posts that most pieces of evidence rest on, at most MOST_POSTS, and how many there are in all.

    Takes EVIDENCE_SCHEMA of one cluster and POST_SCHEMA; only `revealed` ids come with their words.
    """
    told = told_evidence(evidence)
    sides = pl.concat([told.select(post_id=f"{side}_post_id", account_id=side) for side in ("left", "right")])
    ids = sides.filter(pl.col("post_id").is_not_null())
    if accounts:
        ids = ids.filter(pl.col("account_id").is_in(sorted(accounts)))
    ranked = ids.group_by("post_id").len().sort("len", "post_id", descending=[True, False])
    wanted = ranked.head(MOST_POSTS)["post_id"].to_list()
    found = {
        row["post_id"]: row
        for row in posts.filter(pl.col("post_id").is_in(wanted))
        .select("post_id", "account_id", "at", "text")
        .unique("post_id", keep="first")
        .collect()
        .iter_rows(named=True)
    }
    shown = [_as_post(found[post_id], names, post_id in revealed) for post_id in wanted if post_id in found]
    return shown, ranked.height


def _as_post(row: dict[str, object], names: Mapping[str, str], is_revealed: bool) -> Post:
    text = str(row["text"]) if row["text"] is not None else ""
    account_id = str(row["account_id"])
    at = row["at"] if isinstance(row["at"], datetime) else None
    words = show_text(text, _TEXT_LIMIT) if is_revealed else mask(text)
    return Post(str(row["post_id"]), account_id, names.get(account_id) or show_text(account_id, 40), at, words)
