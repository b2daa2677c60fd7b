"""What people and outlets do on their own: posts, links to articles, replies, quotes."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from world_maker.grammar import LANGUAGES, TOPICS, headline, post_text, reply_text, tags
from world_maker.people import Account, Registry
from world_maker.posts import Draft, written
from world_maker.rhythm import SPAN, delay, moment

OUTLETS = (
    ("Harrow Gazette", "harrow-gazette.example", "en"), ("The Dovrel Post", "dovrel-post.example", "en"),
    ("Orsteth Weekly", "orsteth-weekly.example", "en"), ("Istrane Science Desk", "istrane-science.example", "en"),
    ("Pellune Kitchen", "pellune-kitchen.example", "en"), ("Diario de Zembrek", "diario-zembrek.example", "pt"),
    ("Folha do Porto Velmora", "folha-velmora.example", "pt"), ("Quenlith Shimbun", "quenlith-shimbun.example", "ja"),
    ("Sawt Tarrowick", "sawt-tarrowick.example", "ar"), ("Dovrel Samachar", "dovrel-samachar.example", "hi"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Article:
    """A page that people link to. `pull` is its popularity, heavy-tailed."""

    at: int
    url: str
    title: str
    lang: str
    topic: str
    outlet: str
    pull: float


def outlets(rng: Random, registry: Registry) -> list[Account]:
    return [
        registry.institution(
            "outlet", name, lang, tuple(rng.sample(TOPICS, 4)), rng.randrange(4_000, 40_000), "Wrenfold Web"
        )
        for name, _, lang in OUTLETS
    ]


def articles(rng: Random, per_outlet: int) -> list[Article]:
    made = []
    for name, domain, lang in OUTLETS:
        for number in range(per_outlet):
            topic = rng.choice(TOPICS)
            url = f"https://{domain}/{topic}/{1000 + 7 * number + rng.randrange(7)}"
            made.append(
                Article(
                    rng.randrange(SPAN), url, headline(rng, lang, topic), lang, topic, name, rng.paretovariate(1.05)
                )
            )
    return sorted(made, key=lambda a: (a.at, a.url))


def outlet_posts(rng: Random, accounts: Sequence[Account], pages: Sequence[Article]) -> list[Draft]:
    """Each outlet announces its own articles within minutes."""
    of_name = {account.display_name: account for account in accounts}
    made = []
    for page in pages:
        at = page.at + delay(rng, 120, 0.5)
        if at < SPAN:
            text = written(page.title, (), (page.url,))
            made.append(Draft(at, of_name[page.outlet], "post", text, page.topic, urls=(page.url,)))
    return made


def own_posts(rng: Random, people: Sequence[Account], pages: Sequence[Article]) -> list[Draft]:
    """What people write themselves; one post in six links to an article, a third of those through its share button."""
    shelf = {lang: [page for page in pages if page.lang == lang] for lang in LANGUAGES}
    weights = {lang: list(accumulate(page.pull for page in shelf[lang])) for lang in LANGUAGES}
    made = []
    for account in people:
        wanted = account.activity * (1 - account.taste) * 0.72
        for _ in range(int(wanted) + (rng.random() < wanted % 1)):
            if rng.random() < 1 / 6:
                page = shelf[account.lang][bisect_left(weights[account.lang], rng.random() * weights[account.lang][-1])]
                at = page.at + delay(rng, 4 * 3600, 1.4, least=240)
                if at < SPAN:
                    made.append(link_post(rng, account, page, at))
            else:
                made.append(plain_post(rng, account, moment(rng, account.utc_offset_hours)))
    return made


def plain_post(rng: Random, account: Account, at: int) -> Draft:
    topic = rng.choice(account.topics)
    hashtags = tags(rng, account.lang, topic)
    text = written(post_text(rng, account.lang, topic), hashtags)
    return Draft(at, account, "post", text, topic, hashtags=hashtags)


def link_post(rng: Random, account: Account, page: Article, at: int) -> Draft:
    """A link to an article: with its title when the share button wrote the text, and often with somebody's tracking mark."""
    url = page.url + rng.choice(
        ("", "", "?utm_source=wrenfold", "?utm_medium=share&utm_source=app", "?fbclid=" + f"{rng.randrange(16**8):08x}")
    )
    shared = rng.random() < 1 / 3
    words = f"{page.title} via {page.outlet}" if shared else post_text(rng, account.lang, page.topic)
    return Draft(at, account, "post", written(words, (), (url,)), page.topic, urls=(url,))


def answers(rng: Random, people: Sequence[Account], originals: Sequence[Draft]) -> list[Draft]:
    """Replies and quotes: people react to a post of their interests, popular authors more often."""
    shelves: dict[tuple[str, str], list[Draft]] = {}
    for post in originals:
        shelves.setdefault((post.account.lang, post.topic), []).append(post)
    reach = {key: list(accumulate(post.account.followers**0.5 for post in posts)) for key, posts in shelves.items()}
    made = []
    for account in people:
        wanted = account.activity * 0.24
        for _ in range(int(wanted) + (rng.random() < wanted % 1)):
            key = (account.lang, rng.choice(account.topics))
            if key not in shelves:
                continue
            post = shelves[key][bisect_left(reach[key], rng.random() * reach[key][-1])]
            at = post.at + delay(rng, 1_500, 1.5, least=8)
            if at < SPAN and post.account != account:
                made.append(_answer(rng, account, post, at))
    return made


def _answer(rng: Random, account: Account, post: Draft, at: int) -> Draft:
    if rng.random() < 0.25:
        return Draft(at, account, "quote", post_text(rng, account.lang, post.topic), post.topic, shared=post)
    return Draft(at, account, "reply", reply_text(rng, account.lang, post.topic), post.topic, reply_to=post)
