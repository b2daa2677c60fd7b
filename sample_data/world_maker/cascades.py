"""Organic cascades: who shares whose post, and when."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from random import Random

from world_maker.people import Account
from world_maker.posts import Draft, share
from world_maker.rhythm import SPAN, awake, delay

LARGEST = 420  # sharers of one post: one person in seven
_Pool = tuple[list[Account], list[float]]


def shares(rng: Random, people: Sequence[Account], originals: Sequence[Draft], wanted: int) -> list[Draft]:
    """About `wanted` shares over all originals, sizes Pareto with the author's reach, nobody twice on one post."""
    pools = _pools(people)
    appeal = [post.account.followers**0.55 * rng.paretovariate(1.15) for post in originals]
    scale = wanted / sum(appeal)
    made: list[Draft] = []
    for post, pull in zip(originals, appeal, strict=True):
        expected = min(LARGEST, pull * scale * 1.25)  # some of them fall after the end of the world
        made += _cascade(rng, post, int(expected) + (rng.random() < expected % 1), pools)
    return made


def _pools(people: Sequence[Account]) -> dict[tuple[str, str], _Pool]:
    """Per language and topic: the people who care, with cumulative weights of how much they share."""
    members: dict[tuple[str, str], list[Account]] = {}
    for account in people:
        for topic in account.topics:
            members.setdefault((account.lang, topic), []).append(account)
    return {key: (found, list(accumulate(a.activity * a.taste for a in found))) for key, found in members.items()}


def _cascade(rng: Random, post: Draft, size: int, pools: dict[tuple[str, str], _Pool]) -> list[Draft]:
    made: list[Draft] = []
    seen = {post.account.account_id}
    for _ in range(size * 3):  # attempts: a sleeper or a repeated sharer costs one
        if len(made) >= size:
            break
        people, weights = pools[_audience(rng, post, pools)]
        account = people[bisect_left(weights, rng.random() * weights[-1])]
        # A third of the shares answer an earlier share rather than the post: arrivals excite one another.
        source = rng.choice(made).at if made and rng.random() < 0.35 else post.at
        at = source + delay(rng, 2_400, 1.6, least=6)
        if at >= SPAN or account.account_id in seen or rng.random() > awake(account.utc_offset_hours, at):
            continue
        seen.add(account.account_id)
        made.append(share(account, post, at))
    return made


def _audience(rng: Random, post: Draft, pools: dict[tuple[str, str], _Pool]) -> tuple[str, str]:
    """Mostly people of the same language and topic; pictures travel, so sometimes another language."""
    own = (post.account.lang, post.topic)
    return (
        own
        if own in pools and rng.random() < 0.93
        else rng.choice(sorted(key for key in pools if key[1] == post.topic))
    )
