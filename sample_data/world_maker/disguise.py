"""How the planted accounts hide: small changes to a text, tracking marks on a link, ordinary activity around the operation."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from random import Random

from world_maker.grammar import COMMON
from world_maker.ordinary import plain_post
from world_maker.people import Account
from world_maker.posts import Draft, share
from world_maker.rhythm import SPAN, awake, delay, moment

# Latin letters and the Cyrillic ones that look the same.
LOOK_ALIKE = {"a": "а", "e": "е", "o": "о", "p": "р", "c": "с", "x": "х"}
MARKS = ("utm_source", "utm_medium", "utm_campaign", "fbclid", "ref", "gclid")


def roughened(rng: Random, text: str) -> str:
    """The text with an emoji, a stray sign or one look-alike letter: what copying by hand and evasion leave behind."""
    if rng.random() < 0.3:
        text += " " + rng.choice(COMMON["emoji"])
    if rng.random() < 0.25:
        text += rng.choice(("!", "!!", "...", " ."))
    if rng.random() < 0.2:
        at = rng.choice([i for i, letter in enumerate(text) if letter in LOOK_ALIKE])
        text = text[:at] + LOOK_ALIKE[text[at]] + text[at + 1 :]
    return text


def tracked(rng: Random, url: str) -> str:
    """The same page behind changing tracking marks, so that no two links are equal as text."""
    marks = rng.sample(MARKS, rng.choice((1, 2)))
    return url + "?" + "&".join(f"{mark}={rng.randrange(16**6):06x}" for mark in marks)


def camouflage(rng: Random, work: Sequence[Draft], originals: Sequence[Draft]) -> list[Draft]:
    """Ordinary activity for the accounts behind `work`: 30-60 % of what each of them does in the end.

    Half of it shares popular posts of the account's language, the rest are posts of its own.
    """
    done: dict[str, int] = {}
    accounts: dict[str, Account] = {}
    for post in work:
        done[post.account.account_id] = done.get(post.account.account_id, 0) + 1
        accounts[post.account.account_id] = post.account
    made = []
    for name, account in sorted(accounts.items()):
        part = rng.uniform(0.3, 0.6)
        shelf = [post for post in originals if post.account.lang == account.lang]
        reach = list(accumulate(post.account.followers**0.8 for post in shelf))
        shared: set[int] = set()
        for _ in range(round(done[name] * part / (1 - part))):
            pick = bisect_left(reach, rng.random() * reach[-1])
            at = shelf[pick].at + delay(rng, 3_000, 1.4, least=20)
            if rng.random() < 0.5 and pick not in shared and at < SPAN:
                shared.add(pick)
                made.append(share(account, shelf[pick], at))
            else:
                made.append(plain_post(rng, account, moment(rng, account.utc_offset_hours)))
    return made


def office_moment(rng: Random) -> int:
    """Operations work office hours of one place, whatever their accounts claim."""
    while True:
        at = rng.randrange(4 * 3_600, SPAN - 4 * 3_600)
        if rng.random() < awake(2.0, at) ** 2:
            return at
