"""A post before it has an id: posts refer to one another as objects until the world is complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from world_maker.people import Account


@dataclass(slots=True, eq=False)
class Draft:
    """`at` in seconds since the start of the world; `topic` steers who may share it and is not written out."""

    at: int
    account: Account
    kind: str  # post | share | reply | quote
    text: str = ""
    topic: str = "town"
    client: str = ""
    shared: Draft | None = None
    reply_to: Draft | None = None
    urls: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()

    @property
    def mentions(self) -> tuple[str, ...]:
        return (self.reply_to.account.account_id,) if self.reply_to else ()


def written(text: str, hashtags: Sequence[str] = (), urls: Sequence[str] = ()) -> str:
    """The text as it stands in the post: words, then hashtags, then links."""
    return " ".join([text, *(f"#{tag}" for tag in hashtags), *urls])


def share(account: Account, original: Draft, at: int) -> Draft:
    return Draft(at, account, "share", topic=original.topic, shared=original)
