"""The planted operations: near-copied texts, a link farm, and a pool of accounts that shares on command."""

from collections.abc import Sequence
from random import Random

from world_maker.disguise import office_moment, roughened, tracked
from world_maker.grammar import OPERATIONS, varied
from world_maker.people import Account, Registry
from world_maker.posts import Draft, share, written
from world_maker.rhythm import SPAN, delay

COPYPASTA, LINK_FARM, FAST_SHARE = "copypasta ring", "link farm", "fast-share ring"
SIZES = {COPYPASTA: 24, LINK_FARM: 16, FAST_SHARE: 30}
WAVES = 30  # each text goes out about twice
FRONTS = ("bargain-fen.example", "dealnest-daily.example", "giftlark.example", "thrift-heron.example")
BEHIND = "orvane-checkout.example"  # every front leads here
PAGES = 48
TARGETS = 46


def members(registry: Registry) -> dict[str, list[Account]]:
    """Accounts that look like people; an operation buys old ones as well as new ones."""
    return {
        name: [registry.person("en", "member", newest_days=20) for _ in range(size)] for name, size in SIZES.items()
    }


def copypasta(rng: Random, ring: Sequence[Account]) -> list[Draft]:
    """Waves of one paraphrased text by 7-13 of the accounts within minutes, two waves in five with a fixed row of hashtags."""
    made = []
    templates = OPERATIONS["copypasta"]
    for wave in range(WAVES):
        at = office_moment(rng)
        row_of_tags = tuple(rng.sample(OPERATIONS["copypasta_tags"], 3)) if rng.random() < 0.4 else ()
        for account in rng.sample(list(ring), rng.randrange(7, 14)):
            text = roughened(rng, varied(rng, templates[wave % len(templates)], change=0.2))
            tags = row_of_tags if rng.random() < 0.7 else rng.choice(((), ("VelmoraToll",)))
            made.append(Draft(at + delay(rng, 170, 0.8), account, "post", written(text, tags), "town", hashtags=tags))
    return made


def link_farm(rng: Random, ring: Sequence[Account]) -> list[Draft]:
    """Each landing page is pushed by 4-10 accounts over some minutes, behind ever new tracking marks.

    One page in six is the checkout itself: the domain behind the fronts shows.
    """
    made = []
    for page in range(PAGES):
        domain = BEHIND if page % 6 == 5 else rng.choice(FRONTS)
        at = office_moment(rng)
        for account in rng.sample(list(ring), rng.randrange(4, 11)):
            url = tracked(rng, f"https://{domain}/offer/{7300 + page}")
            words = varied(rng, rng.choice(OPERATIONS["bait"]), change=0.5)
            tags = rng.choice(((), (), ("giftidea",), ("smalldeal", "giftidea")))
            text = written(words, tags, (url,))
            made.append(Draft(at + delay(rng, 420, 0.9), account, "post", text, "kitchen", urls=(url,), hashtags=tags))
    return made


def fast_share(rng: Random, ring: Sequence[Account], originals: Sequence[Draft]) -> list[Draft]:
    """On command, 6-11 of the pool share one post within about a minute.

    Two targets in five are posts of four of the accounts themselves, the others are of people who know nothing.
    """
    made = []
    seeds = list(ring[:4])
    strangers = [post for post in originals if post.account.lang == "en" and post.account.role == "person"]
    for number in range(TARGETS):
        target = _own_target(rng, rng.choice(seeds)) if number % 5 < 2 else rng.choice(strangers)
        if target.account in seeds:
            made.append(target)
        order = target.at + (rng.randrange(4, 15) if rng.random() < 0.5 else delay(rng, 1_800, 1.0))
        for account in rng.sample([a for a in ring if a != target.account], rng.randrange(6, 12)):
            at = order + delay(rng, 22, 0.75, least=2)
            if at < SPAN:
                made.append(share(account, target, at))
    return made


def _own_target(rng: Random, seed: Account) -> Draft:
    words = varied(rng, rng.choice(OPERATIONS["bait"]), change=0.5)
    return Draft(office_moment(rng), seed, "post", f"{words}, see my page", "town")
