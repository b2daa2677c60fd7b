"""Writing: what holders post, each in their own manner: language, tags, sites, contacts, style and way of sharing."""

import numpy as np
import polars as pl

from detectors.worlds.drafts import (
    DRAFT_SCHEMA,
    F64,
    I64,
    POST,
    REPLY,
    SHARE,
    Flags,
    Schema,
    drafts,
    moments,
    posts_table,
    scrambled,
)
from detectors.worlds.rhythm import DAY, START
from detectors.worlds.takeovers.countries import Networks
from detectors.worlds.takeovers.holders import CONTACTS, Changes, Holders
from detectors.worlds.takeovers.seen import habitual_times, seen_with
from detectors.worlds.words import LANGUAGES, texts, texts_of

POST_DRAFT: Schema = {**DRAFT_SCHEMA, "others": pl.List(pl.Int64), "deleted": pl.Int64}  # accounts mentioned
TAGS, SITES = 25, 15  # of an interest, as in ordinary worlds
ANYWHERE = 400  # sites that everybody may link to, the popular ones more often
REPLIES, TAGGED, LINKED, MENTIONED = 0.2, 0.35, 0.25, 0.25  # shares of the own posts: assumptions
STRAYED = 0.15  # of tags, sites and mentions lie outside of the account's own few: an assumption
# Every TALK_DAYS a site nobody knew is what people link to for two days, and a text goes round that people copy:
# an assumption. One actor's new site or text must stand out from these.
TALK_DAYS, TALKED_OF, COPIED = 10, 0.15, 0.02
OWN_STYLE = 0.85
# How a text ends or begins: what a writer does without thinking of it.
STYLES = ("", ".", "!", "…", " 😀", "CAPITAL")
# Whom people pass on: (share of an interest's accounts, share of what its accounts pass on that is theirs or of the better known).
# Shares per author have a heavy tail (docs/generator.md, VoterFraud 2020: a post in a hundred has 240 sharers, half have one);
# were everybody passed on alike, any two accounts of an interest would keep meeting on what nobody else knows.
HEARD = ((0.2, 0.9), (0.01, 0.6))
_SPAN = 1 << 46  # microseconds, two years: parts the interests in `_source`


def ordinary_posts(
    holders: Holders, changes: Changes, networks: Networks, first: int, draw: np.random.Generator
) -> pl.DataFrame:
    """POST_DRAFT of all accounts, numbered from `first` on and sorted by time."""
    who = np.repeat(np.arange(len(holders)), holders.posts)
    at = habitual_times(holders, changes, who, draw)
    who, at = who[at >= 0], at[at >= 0]
    order = np.lexsort((who, at))
    who, at = who[order], at[order]
    kind = np.where(draw.random(who.size) < holders.shares[who], SHARE, POST)
    kind = np.where((kind == POST) & (draw.random(who.size) < REPLIES), REPLY, kind)
    source = _source(holders, who, at, kind, draw)
    kind = np.where((kind == SHARE) & (source < 0), POST, kind)
    number = first + np.arange(who.size)
    is_share = kind == SHARE
    client = seen_with(holders, changes, networks, who, at, draw).client
    rows = drafts(
        who.size,
        number=number,
        account=holders.number[who],
        at=at,
        kind=kind,
        lang=holders.langs(who),
        client=client,
        text=_texts(holders, who, at, is_share, draw),
        shared=_where(is_share, number[source]),
        shared_account=_where(is_share, holders.number[who[source]]),
        shared_at=_where(is_share, at[source]),
        reply_account=_where(kind == REPLY, holders.number[acquaintances(holders, who, draw)]),
        url=_links(holders, who, at, ~is_share & (draw.random(who.size) < LINKED), draw),
        tags=_tags(holders, who, ~is_share & (draw.random(who.size) < TAGGED), draw),
    )
    named = ~is_share & (draw.random(who.size) < MENTIONED)
    one = pl.Series("one", _where(named, holders.number[acquaintances(holders, who, draw)]))
    others = pl.DataFrame({"one": one}).select(pl.concat_list("one").list.drop_nulls())["one"]
    return rows.with_columns(others=others, deleted=pl.lit(None, pl.Int64))


def _where(told: Flags, values: I64) -> pl.Series:
    """The values, null where they are not told."""
    return pl.DataFrame({"v": values, "t": told}).select(pl.when("t").then("v"))["v"]


def _source(holders: Holders, who: I64, at: I64, kind: I64, draw: np.random.Generator) -> I64:
    """For each share the row of a recent own post of the interest, now and then of another, by another account; -1 for none."""
    own = np.flatnonzero(kind == POST)
    back = draw.geometric(0.08, who.size)
    fame, more = draw.spawn(
        2
    )  # streams of their own: whom people listen to moves nothing else in a world of the same seed
    interests = int(holders.interest.max(initial=0)) + 1
    there = np.where(more.random(who.size) < STRAYED, more.integers(0, interests, who.size), holders.interest[who])
    found = _recent(holders, who, at, there, own, back)
    rank = _place_within(holders.interest, fame.random(len(holders)))
    level = more.random(who.size)
    for listened, part in HEARD:
        heard = _recent(holders, who, at, there, own[rank[who[own]] < listened], more.geometric(0.5, who.size))
        found = np.where((level < part) & (heard >= 0), heard, found)
    return found


def _recent(holders: Holders, who: I64, at: I64, there: I64, posts: I64, back: I64) -> I64:
    """For each row the one of `posts` of the interest `there` that is `back` posts ago, if by somebody else; -1 for none."""
    since = at - at.min(initial=0)
    key = holders.interest[who[posts]] * _SPAN + since[posts]
    order = np.argsort(key, kind="stable")
    place = np.searchsorted(key[order], there * _SPAN + since) - back
    found = np.where(place >= 0, posts[order[np.maximum(place, 0)]] if order.size else -1, -1)
    same = (found >= 0) & (holders.interest[who[found]] == there) & (who[found] != who)
    return np.where(same & (at[found] < at), found, -1)


def _place_within(interest: I64, fame: F64) -> F64:
    """Of each account the share of its interest that is better known."""
    order = np.lexsort((-fame, interest))
    first = np.searchsorted(interest[order], interest)
    place = np.empty(interest.size, np.int64)
    place[order] = np.arange(interest.size)
    return np.asarray((place - first) / np.bincount(interest)[interest], dtype=np.float64)


def acquaintances(holders: Holders, who: I64, draw: np.random.Generator) -> I64:
    """Somebody each of them knows, the first of the contacts most; now and then a stranger of the same interest."""
    rank = np.minimum(draw.geometric(0.35, who.size) - 1, CONTACTS - 1)
    known = holders.contacts[who, rank]
    strange = holders.contacts[known, draw.integers(0, CONTACTS, who.size)]
    return np.where(draw.random(who.size) < STRAYED, strange, known)


def styled(texts: pl.Series, style: I64) -> pl.Series:
    """Texts as their writers set them down."""
    frame = pl.DataFrame({"text": texts, "end": pl.Series(STYLES, dtype=pl.String).gather(style)})
    loud = pl.col("end") == STYLES[-1]
    told = pl.when(loud).then(pl.col("text").str.to_uppercase()).otherwise(pl.col("text") + pl.col("end"))
    return frame.select(told.alias("text"))["text"]


def _texts(holders: Holders, who: I64, at: I64, silent: Flags, draw: np.random.Generator) -> pl.Series:
    row = np.flatnonzero(~silent)
    own = texts_of(holders.langs(who[row]), draw)
    talk = (at[row] - START) // (TALK_DAYS * DAY)
    periods = int(talk.max(initial=0)) + 1
    rounds = pl.concat([texts(periods, one.code, draw) for one in LANGUAGES])
    copies = pl.Series(draw.random(row.size) < COPIED)
    text = own.zip_with(~copies, rounds.gather(holders.language[who[row]] * periods + talk))
    style = np.where(
        draw.random(row.size) < OWN_STYLE, holders.style[who[row]], draw.integers(0, len(STYLES), row.size)
    )
    told = pl.DataFrame({"row": row, "text": styled(text, style)})
    return pl.DataFrame({"row": np.arange(who.size)}).join(told, on="row", how="left", maintain_order="left")["text"]


def _own_rank(holders: Holders, who: I64, among: int, draw: np.random.Generator) -> I64:
    """A thing of the account's own few, the nearest to its taste most; now and then any of its interest."""
    near = (holders.taste[who] + draw.geometric(0.4, who.size) - 1) % among
    return np.where(draw.random(who.size) < STRAYED, draw.integers(0, among, who.size), near)


def _links(holders: Holders, who: I64, at: I64, told: Flags, draw: np.random.Generator) -> pl.Series:
    frame = pl.DataFrame(
        {
            "interest": holders.interest[who],
            "site": _own_rank(holders, who, SITES, draw),
            "anywhere": (draw.random(who.size) ** 3 * ANYWHERE).astype(np.int64),
            "stray": draw.random(who.size) < STRAYED,
            "page": draw.integers(0, 1 << 30, who.size),
            "told": told,
            "talk": (at - START) // (TALK_DAYS * DAY),
            "talked": ((at - START) // DAY % TALK_DAYS < 2) & (draw.random(who.size) < TALKED_OF),
        }
    )
    new = pl.format("https://talk{}.example/{}", "talk", pl.col("page") % 5)
    own = pl.format("https://news{}-{}.example/story/{}", "interest", "site", "page")
    other = pl.format("https://site{}.example/{}", "anywhere", "page")
    return frame.select(
        pl.when("told").then(pl.when("talked").then(new).when("stray").then(other).otherwise(own)).alias("url")
    )["url"]


def _tags(holders: Holders, who: I64, told: Flags, draw: np.random.Generator) -> pl.Series:
    frame = pl.DataFrame({"interest": holders.interest[who], "rank": _own_rank(holders, who, TAGS, draw), "told": told})
    return frame.select(pl.when("told").then(pl.format("topic{}x{}", "interest", "rank")).alias("tags"))["tags"]


def takeover_posts_table(rows: pl.DataFrame) -> pl.DataFrame:
    """POST_DRAFT as the canonical posts table, sorted by time and id."""
    mentioned = rows.select(
        pl.format("p{}", scrambled(pl.col("number"))).alias("post_id"),
        pl.col("others").list.eval(pl.format("a{}", scrambled(pl.element()))).alias("others"),
        moments("deleted").alias("deleted_at"),
    )
    table = posts_table(rows.drop("others", "deleted")).join(mentioned, on="post_id", how="left", maintain_order="left")
    both = pl.concat_list("mentions", "others").list.unique(maintain_order=True)
    return table.with_columns(mentions=both).drop("others")


def in_their_manner(rows: pl.DataFrame, holders: Holders, who: I64, draw: np.random.Generator) -> pl.DataFrame:
    """POST_DRAFT: own posts (DRAFT_SCHEMA rows of accounts `who`) with texts, links and tags as the accounts usually have."""
    told = rows.with_columns(
        text=styled(texts_of(holders.langs(who), draw), np.zeros(who.size, np.int64)),
        url=_links(holders, who, rows["at"].to_numpy(), draw.random(who.size) < 2 * LINKED, draw),
        tags=_tags(holders, who, draw.random(who.size) < TAGGED, draw),
    )
    return with_others(told)


def with_others(rows: pl.DataFrame) -> pl.DataFrame:
    """DRAFT_SCHEMA as POST_DRAFT: nobody mentioned, nothing deleted."""
    nobody = pl.lit([], dtype=pl.List(pl.Int64))
    return rows.with_columns(others=nobody, deleted=pl.lit(None, pl.Int64)).select(list(POST_DRAFT))
