"""The world as files: canonical CSV tables, packed so that the same world gives the same bytes."""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from world_maker.people import PLATFORM
from world_maker.posts import Draft
from world_maker.rhythm import as_text
from world_maker.world import World

POST_COLUMNS = (
    "post_id", "account_id", "created_at", "kind", "text", "lang", "client", "shared_post_id", "shared_account_id",
    "reply_to_post_id", "reply_to_account_id", "urls", "hashtags", "mentions",
)  # fmt: skip
ACCOUNT_COLUMNS = (
    "account_id", "platform", "handle", "display_name", "created_at", "followers", "following", "verified",
    "protection_tier", "country", "lang", "status",
)  # fmt: skip


def write_world(world: World, folder: Path) -> list[Path]:
    """Write posts.csv.gz, accounts.csv and truth.csv; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    posts, accounts, truth = folder / "posts.csv.gz", folder / "accounts.csv", folder / "truth.csv"
    posts.write_bytes(packed(table(POST_COLUMNS, post_rows(world.posts))))
    accounts.write_bytes(table(ACCOUNT_COLUMNS, _account_rows(world)))
    truth.write_bytes(
        table(("account_id", "label", "campaign"), ([name, *said] for name, said in sorted(world.truth.items())))
    )
    return [posts, accounts, truth]


def packed(content: bytes) -> bytes:
    """Gzip without name and time in its header; equal content gives equal bytes wherever zlib is the same."""
    return gzip.compress(content, compresslevel=9, mtime=0)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()


def post_rows(posts: Sequence[Draft]) -> Iterable[Sequence[object]]:
    ids = {id(post): f"p{number:06d}" for number, post in enumerate(posts, 100_000)}
    for post in posts:
        shared, answered = post.shared, post.reply_to
        yield (
            ids[id(post)], post.account.account_id, as_text(post.at), post.kind, post.text,
            post.account.lang if post.text else "", post.client or post.account.client,
            ids[id(shared)] if shared else "", shared.account.account_id if shared else "",
            ids[id(answered)] if answered else "", answered.account.account_id if answered else "",
            _listed(post.urls), _listed(post.hashtags), _listed(post.mentions),
        )  # fmt: skip


def _listed(values: Sequence[str]) -> str:
    return json.dumps(values, ensure_ascii=False) if values else ""


def _account_rows(world: World) -> Iterable[Sequence[object]]:
    for a in world.accounts:
        yield (
            a.account_id, PLATFORM, a.handle, a.display_name, a.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"), a.followers,
            a.following, str(a.verified).lower(), "high-profile" if a.role == "celebrity" else "none", a.country, a.lang, "active",
        )  # fmt: skip
