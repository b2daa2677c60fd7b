"""What stays of the accepted records: no repeats, and no post that another account has already."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from ingest.chunks import LINE, Chunk, Fault
from ingest.formats import Canonical
from ingest.key_index import KeyIndex
from ingest.known import Known, post_keys, table_keys
from ingest.reading.row_hash import row_keys

# The table whose rows tell whether a record without a post came in an earlier file, by the kind of the profile.
_TABLE_OF_KIND = {"accounts": "accounts", "sessions": "sessions", "ads": "ads", "follows": "interactions"}
_SECRET_HEX_DIGITS = 16  # 64 bits, the width of a hash seed
_POST = ["line", "post_id"]


@dataclass(frozen=True, slots=True)
class Sifted:
    """`frames` without what was left out, the lines accepted for good, and how many records were repeats."""

    frames: Mapping[str, pl.DataFrame]
    accepted: pl.Series
    duplicates: int
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Sieve:
    """Sifts the chunks of one file, in order.

    A record is a repeat when an earlier record of the file is equal in all fields, or when an earlier file gave the same
    post of the same account (a record without a post: the same rows). A post id belongs to the account that came first.
    """

    known: Known
    kind: str  # of the profile
    sha256: str  # of the file: row keys depend on it, so that nobody can write a row that passes for another
    _rows: KeyIndex = field(default_factory=KeyIndex)
    _claims: KeyIndex = field(default_factory=KeyIndex)

    def sift(self, chunk: Chunk, canonical: Canonical) -> Sifted:
        repeats = self._repeats_in_file(chunk, canonical.accepted)
        claims = _without_lines(canonical.claims, repeats).sort("line", maintain_order=True)
        contested = claims.filter(self._is_contested(claims)).select(_POST)
        lost = _lines_of(contested, claims)
        left = {name: _without_lines(frame, pl.concat([repeats, lost])) for name, frame in canonical.frames.items()}
        stored = self._stored_posts(left, contested)
        repeats = pl.concat([repeats, _lines_of(stored, left.get("posts", stored)), self._stored_rows(left)])
        gone = pl.concat([contested, stored])
        frames = {name: _without_posts(_without_lines(frame, repeats), gone) for name, frame in left.items()}
        kept = canonical.accepted.filter(~canonical.accepted.is_in(pl.concat([repeats, lost]).implode()))
        faults = [_conflict(line, post_id, chunk) for line, post_id in contested.rows()]
        losers = set(lost)
        return Sifted(
            _with_texts_in_use(frames, canonical.frames),
            kept,
            repeats.n_unique(),
            tuple({fault.line: fault for fault in reversed(faults) if fault.line in losers}.values()),
            tuple(fault for fault in faults if fault.line not in losers),
        )

    def _repeats_in_file(self, chunk: Chunk, accepted: pl.Series) -> pl.Series:
        rows = (
            chunk.frame
            if accepted.len() == chunk.frame.height
            else chunk.frame.filter(pl.col(LINE).is_in(accepted.implode()))
        )
        high, low = row_keys(rows, int(self.sha256[:_SECRET_HEX_DIGITS], 16))
        new = self._rows.add_new(high, low)
        return rows[LINE].filter(pl.Series(~new)).rename("line")

    def _is_contested(self, claims: pl.DataFrame) -> pl.Series:
        """Which claims name a post that another account had before."""
        high, low, account = post_keys(claims)
        keys = pl.DataFrame({"high": high, "low": low, "account": account})
        owner = keys.select(pl.col("account").first().over("high", "low")).to_series().to_numpy()
        for index in (self._claims, self.known.claims()):  # the earliest claim, looked up last, wins
            found, earlier = index.find(high, low)
            owner = np.where(found, earlier, owner)
        contested = owner != account
        self._claims.add_new(high[~contested], low[~contested], account[~contested])
        return pl.Series(contested, dtype=pl.Boolean)

    def _stored_posts(self, frames: Mapping[str, pl.DataFrame], contested: pl.DataFrame) -> pl.DataFrame:
        """line, post_id of the posts that an earlier file gave."""
        posts = frames.get("posts")
        if posts is None or not posts.height:
            return contested.clear()
        high, low, account = post_keys(posts)
        found, owner = self.known.posts().find(high, low)
        return posts.filter(pl.Series(found & (owner == account), dtype=pl.Boolean)).select(_POST)

    def _stored_rows(self, frames: Mapping[str, pl.DataFrame]) -> pl.Series:
        """Lines without a post whose every row an earlier file gave."""
        table = _TABLE_OF_KIND.get(self.kind, "actions")
        rows = frames.get(table)
        posts = frames.get("posts")
        if rows is not None and posts is not None and posts.height:
            rows = rows.join(posts.select("line"), on="line", how="anti", maintain_order="left")
        if rows is None or not rows.height:
            return pl.Series("line", [], dtype=pl.Int64)
        found, _ = self.known.rows(table).find(*table_keys(table, rows))
        return _lines_of(rows.filter(pl.Series(found, dtype=pl.Boolean)), rows)


def _lines_of(part: pl.DataFrame, whole: pl.DataFrame) -> pl.Series:
    """Lines all of whose rows in `whole` are in `part`."""
    if not part.height:
        return pl.Series("line", [], dtype=pl.Int64)
    gone = part.group_by("line").agg(gone=pl.len())
    rows = whole.group_by("line").agg(rows=pl.len()).join(gone, on="line")
    return rows.filter(pl.col("gone") == pl.col("rows"))["line"].sort()


def _without_lines(frame: pl.DataFrame, lines: pl.Series) -> pl.DataFrame:
    if not lines.len() or "line" not in frame.columns:
        return frame
    return frame.filter(~pl.col("line").is_in(lines.implode()))


def _without_posts(frame: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    if not posts.height or not set(_POST) <= set(frame.columns):
        return frame
    return frame.join(posts, on=_POST, how="anti", maintain_order="left")


def _with_texts_in_use(
    frames: Mapping[str, pl.DataFrame], before: Mapping[str, pl.DataFrame]
) -> Mapping[str, pl.DataFrame]:
    """Texts have no line: keep those that a post that stayed refers to."""
    if "texts" not in frames or "posts" not in frames or frames["posts"].height == before["posts"].height:
        return frames
    texts = frames["texts"].join(frames["posts"], on="fingerprint", how="semi", maintain_order="left")
    return {**frames, "texts": texts}


def _conflict(line: int, post_id: str, chunk: Chunk) -> Fault:
    message = f"line {line}: post_id {post_id} belongs to another account already"
    return Fault(line, "post_id", "post_id_conflict", message, chunk.original(line))
