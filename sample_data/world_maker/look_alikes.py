"""Groups that look coordinated and are not: fans of one author, a news wire, a petition hour, a shower of shooting stars."""

from collections.abc import Mapping, Sequence
from random import Random

from world_maker.grammar import COMMON, OPERATIONS, headline, post_text
from world_maker.people import Account, Registry, by_language
from world_maker.posts import Draft, share, written
from world_maker.rhythm import SPAN, awake, delay, moment

CELEBRITIES = (
    ("Mirel Tovasan", "en", "music"),
    ("Jo Quilfenor", "en", "kitchen"),
    ("Lumi Oravel", "pt", "music"),
    ("Wiya Solren", "ja", "sky"),
)
FANS_EACH = {"en": 75, "pt": 65, "ja": 45}
HOUR = 3_600
CALL_AT = 8 * 86_400 + 15 * HOUR  # the board calls for the evening hour
PETITION_AT = 9 * 86_400 + 19 * HOUR
SHOWER_AT = 5 * 86_400 + 20 * HOUR


def celebrities(rng: Random, registry: Registry) -> list[Account]:
    return [
        registry.institution("celebrity", name, lang, (topic,), rng.randrange(60_000, 140_000), "Wrenfold for Slate")
        for name, lang, topic in CELEBRITIES
    ]


def celebrity_posts(rng: Random, stars: Sequence[Account]) -> list[Draft]:
    return [
        Draft(
            moment(rng, star.utc_offset_hours), star, "post", post_text(rng, star.lang, star.topics[0]), star.topics[0]
        )
        for star in stars
        for _ in range(rng.randrange(24, 34))
    ]


def fan_clubs(rng: Random, stars: Sequence[Account], people: Sequence[Account]) -> dict[str, list[Account]]:
    """Who is a fan of whom; every person is a fan of one celebrity at most."""
    taken: set[str] = set()
    clubs: dict[str, list[Account]] = {}
    for star in stars:
        free = [person for person in by_language(people, star.lang) if person.account_id not in taken]
        clubs[f"fans of {star.handle}"] = rng.sample(free, FANS_EACH[star.lang])
        taken |= {fan.account_id for fan in clubs[f"fans of {star.handle}"]}
    return clubs


def fan_shares(rng: Random, clubs: Mapping[str, Sequence[Account]], posts: Sequence[Draft]) -> list[Draft]:
    """Fans share what their star posts; one in six has the alert switched on and is often faster than a minute."""
    of_star: dict[str, list[Draft]] = {}
    for post in posts:
        of_star.setdefault(f"fans of {post.account.handle}", []).append(post)
    made = []
    for club, fans in clubs.items():
        for fan in fans:
            alerted = rng.random() < 1 / 6
            loyalty = rng.betavariate(2, 2) if alerted else rng.betavariate(1.2, 4)
            for post in of_star[club]:
                at = post.at + (delay(rng, 28, 0.7, least=5) if alerted else delay(rng, 1_200, 1.5, least=8))
                if at < SPAN and rng.random() < loyalty * awake(fan.utc_offset_hours, at):
                    made.append(share(fan, post, at))
    return made


def wire_members(rng: Random, registry: Registry) -> list[Account]:
    """The disclosed syndication network: its members say so in their names and post through one desk."""
    towns = [town for town in COMMON["places"]["en"] if town != "Harrowmeer"]
    return [
        registry.institution(
            "wire", f"{town} Courier · Brindle Wire", "en", ("town",), rng.randrange(800, 9_000), "Brindle Wire Desk"
        )
        for town in towns
    ]


def wire_posts(rng: Random, members: Sequence[Account]) -> list[Draft]:
    """One story, the same words in many papers, each with its own constant lag behind the desk."""
    lag = {member.account_id: rng.randrange(10, 170) for member in members}
    made = []
    for story in range(64):
        at = moment(rng, 0)
        url = f"https://brindle-wire.example/story/{4100 + story}"
        text = written(headline(rng, "en", rng.choice(("town", "rail", "sky"))) + " (Brindle Wire)", (), (url,))
        for member in members:
            then = at + lag[member.account_id] + rng.randrange(4)
            if rng.random() < 0.75 and then < SPAN:
                made.append(Draft(then, member, "post", text, client=member.client, urls=(url,)))
    return made


def petition(rng: Random, board: Account, signers: Sequence[Account]) -> list[Draft]:
    """A public call, and in the named hour its signers post the given words: one day, one text, people of all kinds."""
    url = "https://light-for-corvane.example/sign"
    tags = ("LightForCorvane", "KeepTheLamp", "OurHarbour")
    call = Draft(CALL_AT, board, "post", written("Tomorrow at seven in the evening: post the words, add your name, keep the lamp.", tags, (url,)), "town", urls=(url,), hashtags=tags)  # fmt: skip
    made = [call]
    for signer in signers:
        words = OPERATIONS["petition"][1 if signer.lang == "pt" else 0]
        if rng.random() < 0.25:
            words = words.replace(". ", rng.choice(("! ", ". Please. ", " - ")), 1)
        at = PETITION_AT + min(HOUR - 1, round(rng.expovariate(1 / 1_100)))
        made.append(Draft(at, signer, "post", written(words, tags, (url,)), "town", urls=(url,), hashtags=tags))
        if rng.random() < 0.4:
            made.append(share(signer, call, CALL_AT + delay(rng, 2 * HOUR, 1.0)))
    return [post for post in made if post.at < SPAN]


def shower(rng: Random, watchers: Sequence[Account]) -> list[Draft]:
    """Seventy minutes of shooting stars: hundreds of people, one hashtag, no plan."""
    made = []
    for watcher in watchers:
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            text = written(post_text(rng, watcher.lang, "sky"), ("StarfallNight",))
            made.append(
                Draft(SHOWER_AT + rng.randrange(70 * 60), watcher, "post", text, "sky", hashtags=("StarfallNight",))
            )
    return made
