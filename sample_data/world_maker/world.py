"""The whole world put together: accounts, posts in the order of time, and the truth about both."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from world_maker import cascades, disguise, look_alikes, operations, ordinary
from world_maker.people import Account, Registry
from world_maker.posts import Draft

PEOPLE = 3_600
ARTICLES_PER_OUTLET = 60
ORGANIC_SHARES = 15_000


@dataclass(frozen=True, slots=True)
class World:
    """`posts` sorted by time, then account; `truth` gives each account (label, campaign), campaign empty for most."""

    seed: int
    accounts: tuple[Account, ...]
    posts: tuple[Draft, ...]
    truth: dict[str, tuple[str, str]]


def build_world(seed: int) -> World:
    """The world of that seed. Each part draws from a stream of its own, so that changing one leaves the others alone."""

    def stream(name: str) -> Random:
        return Random(f"{seed}/{name}")  # the one source of chance; random() is the same on every Python

    registry = Registry(stream("accounts"), PEOPLE + 200)
    rings = operations.members(registry)
    stars = look_alikes.celebrities(stream("celebrities"), registry)
    wire = look_alikes.wire_members(stream("wire members"), registry)
    papers = ordinary.outlets(stream("outlets"), registry)
    board = registry.institution("board", "Friends of Corvane Light", "en", ("town",), 2_600, "Wrenfold Web")
    people = [registry.person() for _ in range(PEOPLE)]

    clubs = look_alikes.fan_clubs(stream("fan clubs"), stars, people)
    fans = {fan.account_id for club in clubs.values() for fan in club}
    free = [p for p in people if p.account_id not in fans and p.lang in ("en", "pt")]
    signers = stream("signers").sample(free, 110)

    pages = ordinary.articles(stream("articles"), ARTICLES_PER_OUTLET)
    starry = look_alikes.celebrity_posts(stream("celebrity posts"), stars)
    originals = [
        *ordinary.outlet_posts(stream("outlet posts"), papers, pages),
        *ordinary.own_posts(stream("own posts"), people, pages),
        *look_alikes.shower(stream("shower"), stream("watchers").sample([p for p in people if "sky" in p.topics], 230)),
        *starry,
    ]
    ring_work = [
        *operations.copypasta(stream("copypasta"), rings[operations.COPYPASTA]),
        *operations.link_farm(stream("link farm"), rings[operations.LINK_FARM]),
        *operations.fast_share(stream("fast share"), rings[operations.FAST_SHARE], originals),
    ]
    posts = [
        *originals,
        *cascades.shares(stream("cascades"), people, originals, ORGANIC_SHARES),
        *ordinary.answers(stream("answers"), people, originals),
        *look_alikes.fan_shares(stream("fan shares"), clubs, starry),
        *look_alikes.wire_posts(stream("wire posts"), wire),
        *look_alikes.petition(stream("petition"), board, signers),
        *ring_work,
        *disguise.camouflage(stream("camouflage"), ring_work, originals),
    ]
    groups = {**clubs, "Brindle Wire": wire, "petition hour": signers}
    accounts = tuple(sorted(registry.accounts, key=lambda account: account.account_id))
    return World(seed, accounts, tuple(_in_order(posts)), _truth(accounts, rings, groups))


def _in_order(posts: Sequence[Draft]) -> list[Draft]:
    """By time; a person shares one post once, the first time counts. A post can only answer an earlier one."""
    seen: set[tuple[str, int]] = set()
    kept = []
    for post in sorted(posts, key=lambda p: (p.at, p.account.account_id, p.kind, p.text)):
        key = (post.account.account_id, id(post.shared))
        if post.kind == "share" and key in seen:
            continue
        seen.add(key)
        kept.append(post)
    return kept


def _truth(
    accounts: Sequence[Account], rings: dict[str, list[Account]], groups: dict[str, list[Account]]
) -> dict[str, tuple[str, str]]:
    truth = {account.account_id: ("organic", "") for account in accounts}
    for label, named in (("organic", groups), ("coordinated", rings)):
        for campaign, found in named.items():
            truth.update({account.account_id: (label, campaign) for account in found})
    return truth
