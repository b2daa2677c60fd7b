"""Everyday: what the ordinary accounts of a district post. Nobody in it acts on anybody's behalf."""

import numpy as np
import polars as pl

from detectors.worlds.cascades import LINKS, REPLIES, SHARES, Dealt, dealt
from detectors.worlds.drafts import I64, POST, QUOTE, REPLY, drafts, first_number
from detectors.worlds.people import NAMESPACES, People
from detectors.worlds.rhythm import any_times, awake, cascade_times
from detectors.worlds.scene import Scene, cascades_of, share_rows
from detectors.worlds.words import texts_of

# Shares make 55 % (gop2015) and 78 % (demonetisation2016) of organic posts; the world stands between.
MIX = {"share": 0.62, "link": 0.12, "own": 0.15, "reply": 0.08, "quote": 0.03}
TAGGED = 0.3  # of own posts; an assumption: the real sets were found by their tags, so theirs (96 %) tells nothing
AUTHORS = 0.03  # of an interest's accounts have posts that others share; an assumption
TAGS_PER_INTEREST = 25
SITES_PER_INTEREST = 15


def everyday(people: People, days: float, district: int, draw: np.random.Generator) -> tuple[pl.DataFrame, Scene]:
    """Drafts of all everyday posts, and the scene they make."""
    slots = np.repeat(np.arange(len(people)), people.activity)
    kind = draw.choice(len(MIX), slots.size, p=list(MIX.values()))
    of_kind = {name: draw.permutation(slots[kind == number]) for number, name in enumerate(MIX)}
    cascades = dealt(of_kind["share"], people.interest[of_kind["share"]], SHARES, draw)
    scene_posts, originals = _originals(people, cascades, days, district, draw)
    post, author, born = scene_posts
    links = dealt(of_kind["link"], people.interest[of_kind["link"]], LINKS, draw)
    link_born = any_times(np.zeros(links.sizes.size), days, draw)
    urls = link_names(links.interest, f"d{district}", draw)
    scene = Scene(people, days, post, author, born, cascades.sizes, cascades.interest,
                  urls, link_born, links.sizes, links.interest)  # fmt: skip
    parts = [
        originals,
        _shares(scene, cascades, draw),
        _linked(scene, links, draw),
        _own(people, of_kind["own"], days, draw),
        _answers(scene, of_kind["reply"], REPLY, draw),
        _answers(scene, of_kind["quote"], QUOTE, draw),
    ]
    rows = pl.concat(parts)
    number = first_number(district * NAMESPACES) + np.arange(originals.height, rows.height)
    numbers = pl.concat([originals["number"], pl.Series("number", number)])
    return rows.with_columns(numbers), scene


def link_names(interest: I64, prefix: str, draw: np.random.Generator) -> pl.Series:
    """A URL per link, on one of the interest's sites, popular sites more often; `prefix` keeps districts apart."""
    site = (draw.random(interest.size) ** 2.5 * SITES_PER_INTEREST).astype(np.int64)
    frame = pl.DataFrame({"interest": interest, "site": site, "page": np.arange(interest.size)})
    return frame.select(
        pl.format("https://{}-news{}-{}.example/story/{}", pl.lit(prefix), "interest", "site", "page").alias("url")
    )["url"]


def tags_for(interest: I64, counts: I64, draw: np.random.Generator) -> pl.Series:
    """`counts[i]` different tags of an interest, in any order, joined by spaces; null where 0."""
    owner = np.repeat(np.arange(interest.size), counts)
    rank = (draw.random(owner.size) ** 2 * TAGS_PER_INTEREST).astype(np.int64)
    frame = pl.DataFrame({"owner": owner, "interest": interest[owner], "rank": rank})
    tag = pl.format("topic{}x{}", "interest", "rank")
    told = frame.group_by("owner", maintain_order=True).agg(tag.unique(maintain_order=True).str.join(" ").alias("tags"))
    return pl.DataFrame({"owner": np.arange(interest.size)}).join(told, on="owner", how="left", maintain_order="left")[
        "tags"
    ]


def _tag_counts(count: int, draw: np.random.Generator) -> I64:
    """0 for most; 1, 2, 3, 4 tags falling by half: about a tenth of tagged posts have three or more, as in gop2015."""
    return np.where(draw.random(count) < TAGGED, np.minimum(draw.geometric(0.6, count), 5), 0).astype(np.int64)


def _originals(
    people: People, cascades: Dealt, days: float, district: int, draw: np.random.Generator
) -> tuple[tuple[I64, I64, I64], pl.DataFrame]:
    """One post per cascade, by an author of its interest, famous authors more often."""
    author = _authors(people, cascades.interest, draw)
    born = any_times(people.zone[author], days, draw)
    number = first_number(district * NAMESPACES) + np.arange(author.size)
    langs = people.langs(author)
    rows = drafts(
        author.size,
        number=number,
        account=people.number[author],
        at=born,
        kind=POST,
        text=texts_of(langs, draw),
        lang=langs,
        client=people.clients(author),
        tags=tags_for(people.interest[author], _tag_counts(author.size, draw), draw),
    )
    return (number, people.number[author], born), rows


def _authors(people: People, interest: I64, draw: np.random.Generator) -> I64:
    order = np.argsort(people.interest, kind="stable")
    first = np.searchsorted(people.interest[order], np.arange(people.interests + 1))
    members = np.diff(first)[interest]
    famous = np.maximum(1, members * AUTHORS)
    # Log-uniform ranks: P(rank) falls like 1 / rank.
    rank = np.minimum(np.exp(draw.random(interest.size) * np.log(famous + 1)) - 1, members - 1).astype(np.int64)
    chosen: I64 = order[first[interest] + np.maximum(rank, 0)]
    return chosen


def _shares(scene: Scene, cascades: Dealt, draw: np.random.Generator) -> pl.DataFrame:
    people, who = scene.people, cascades.who
    at = awake(cascade_times(scene.born, cascades.sizes, draw), people.zone[who], draw)
    return share_rows(people.number[who], at, people.clients(who), people.langs(who), scene, cascades.thing)


def _linked(scene: Scene, links: Dealt, draw: np.random.Generator) -> pl.DataFrame:
    people, who = scene.people, links.who
    langs = people.langs(who)
    return drafts(
        who.size,
        account=people.number[who],
        at=awake(cascade_times(scene.link_born, links.sizes, draw), people.zone[who], draw),
        kind=POST,
        text=texts_of(langs, draw),
        lang=langs,
        client=people.clients(who),
        url=scene.link.gather(links.thing),
        tags=tags_for(people.interest[who], _tag_counts(who.size, draw), draw),
    )


def _own(people: People, who: I64, days: float, draw: np.random.Generator) -> pl.DataFrame:
    langs = people.langs(who)
    return drafts(
        who.size,
        account=people.number[who],
        at=any_times(people.zone[who], days, draw),
        kind=POST,
        text=texts_of(langs, draw),
        lang=langs,
        client=people.clients(who),
        tags=tags_for(people.interest[who], _tag_counts(who.size, draw), draw),
    )


def _answers(scene: Scene, who: I64, kind: int, draw: np.random.Generator) -> pl.DataFrame:
    """Replies to, or quotes of, the scene's posts of the account's interest, in the account's own words."""
    people = scene.people
    answered = dealt(who, people.interest[who], REPLIES, draw)
    target = cascades_of(scene, answered.interest, draw)
    at = awake(cascade_times(scene.born[target], answered.sizes, draw), people.zone[answered.who], draw)
    target = target[answered.thing]
    langs = people.langs(answered.who)
    post, author = scene.post[target], scene.author[target]
    rows = drafts(
        answered.who.size,
        account=people.number[answered.who],
        at=at,
        kind=kind,
        text=texts_of(langs, draw),
        lang=langs,
        client=people.clients(answered.who),
    )
    if kind == REPLY:
        return rows.with_columns(pl.Series("reply_to", post), pl.Series("reply_account", author))
    return rows.with_columns(
        pl.Series("shared", post), pl.Series("shared_account", author), pl.Series("shared_at", scene.born[target])
    )
