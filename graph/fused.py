"""Fused traces told apart for readers: what an act under `content` or `means` was, and each act once."""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

CONTENT, MEANS = "content", "means"

# What a fused object id begins with -> the trace that it came by. `content` and `means` are made in detectors/content.py and
# detectors/means.py; a post that was passed on is called post there.
_CONTENTS: Mapping[str, str] = MappingProxyType({"text": "text", "post": "share", "media": "media", "url": "url"})
_MEANS: Mapping[str, str] = MappingProxyType({name: name for name in ("ip", "device", "payment", "landing_page")})
_KINDS: Mapping[str, Mapping[str, str]] = MappingProxyType({CONTENT: _CONTENTS, MEANS: _MEANS})
CONTENT_TRACES = tuple(
    _CONTENTS.values()
)  # from the most specific name of a post's content to the least, as it is fused

_SIDES = ("left", "right", "left_at", "right_at")


def plain_object(trace: str, object_id: str) -> tuple[str, str]:
    """('content', 'url:https://a.example') -> ('url', 'https://a.example'); what is not fused stays as it is."""
    kind, colon, own = object_id.partition(":")
    origin = _KINDS.get(trace, {}).get(kind)
    return (origin, own) if colon and origin else (trace, object_id)


def with_plain_objects(rows: pl.DataFrame) -> pl.DataFrame:
    """`trace` and `object_id` as `plain_object` tells them, in every row; other columns and the order stay."""
    kind = pl.col("object_id").str.extract(r"^([a-z_]+):", 1)
    origin = pl.lit(None, pl.String)
    for fused, kinds in _KINDS.items():
        known = kind.replace_strict(dict(kinds), default=None, return_dtype=pl.String)
        origin = pl.when(pl.col("trace") == fused).then(known).otherwise(origin)
    own = pl.col("object_id").str.replace(r"^[a-z_]+:", "")
    return rows.with_columns(
        trace=pl.coalesce(origin, "trace"), object_id=pl.when(origin.is_not_null()).then(own).otherwise("object_id")
    )


def told_evidence(evidence: pl.DataFrame) -> pl.DataFrame:
    """EVIDENCE rows as a reader should see them, each shared act once, and `tested_as`: the trace in the run. Order stays.

    What a fused row tells already (same pair, same two moments) is left out. `trace` and `object_id` are then what the act
    was: content that is mostly one post passed on is a share of that post, other content the text, medium or link it is.
    """
    once = _once(evidence)
    told = with_plain_objects(once.with_columns(tested_as="trace"))
    posts = _passed_on(evidence)
    if posts.is_empty():
        return told
    keys = ["tested_as", "trace", "object_id"]
    named = told.join(posts, on=keys, how="left", maintain_order="left")
    return named.with_columns(
        trace=pl.when(pl.col("post").is_null()).then("trace").otherwise(pl.lit("share")),
        object_id=pl.coalesce("post", "object_id"),
    ).drop("post")


def told_acts(evidence: pl.DataFrame) -> pl.DataFrame:
    """Both sides of every piece of evidence, each act once: `account_id, at, trace, object_id`; named as in `told_evidence`."""
    told = told_evidence(evidence)
    sides = [
        told.select("trace", "object_id", "tested_as", account_id=side, at=f"{side}_at") for side in ("left", "right")
    ]
    acts = pl.concat(sides).unique()
    content = acts.filter(pl.col("tested_as") == CONTENT).select("account_id", "at").unique()
    is_content = pl.col("tested_as").is_in(list(CONTENT_TRACES))
    repeats = acts.filter(is_content).join(content, on=["account_id", "at"], how="semi", nulls_equal=True)
    once = acts.join(repeats, on=acts.columns, how="anti", nulls_equal=True)
    return once.select("account_id", "at", "trace", "object_id").unique().sort("account_id", "at", "trace", "object_id")


def edges_once(edges: pl.DataFrame) -> pl.DataFrame:
    """EDGE rows without the traces of a pair that its fused edge counts already: those that saw no more. Order stays."""
    kept = edges
    for fused, kinds in _KINDS.items():
        told = edges.filter(pl.col("trace") == fused).group_by("left", "right").agg(in_fused=pl.col("n").max())
        if told.is_empty():
            continue
        kept = (
            kept.join(told, on=["left", "right"], how="left", maintain_order="left")
            .filter(
                ~pl.col("trace").is_in(list(kinds.values()))
                | pl.col("in_fused").is_null()
                | (pl.col("n") > pl.col("in_fused"))
            )
            .drop("in_fused")
        )
    return kept


def _passed_on(evidence: pl.DataFrame) -> pl.DataFrame:
    """tested_as, trace, object_id -> post, for content of which at least half the rows are shares of one and the same post."""
    shares = evidence.filter(pl.col("trace") == "share").select(*_SIDES, post="object_id").unique()
    content = evidence.filter(pl.col("trace") == CONTENT).select(*_SIDES, "object_id").unique()
    both = content.join(shares, on=list(_SIDES), how="left", nulls_equal=True)
    posts = both.group_by("object_id").agg(
        post=pl.col("post").drop_nulls().unique().sort(), shared=pl.col("post").count(), rows=pl.len()
    )
    mostly = posts.filter((pl.col("post").list.len() == 1) & (2 * pl.col("shared") >= pl.col("rows")))
    named = mostly.select(object_id="object_id", trace=pl.lit(CONTENT), post=pl.col("post").list.first())
    return with_plain_objects(named).select("trace", "object_id", "post", tested_as=pl.lit(CONTENT))


def _once(evidence: pl.DataFrame) -> pl.DataFrame:
    """A post has one content, whatever it is called; of means, one login may show several, so the name counts too."""
    contents = evidence.filter(pl.col("trace") == CONTENT).select(_SIDES)
    named = evidence.filter(pl.col("trace").is_in(list(CONTENT_TRACES)))
    means = with_plain_objects(evidence.filter(pl.col("trace") == MEANS)).select(*_SIDES, "trace", "object_id")
    again = named.join(contents, on=list(_SIDES), how="semi", nulls_equal=True).select(means.columns)
    told = pl.concat([again, means])
    return evidence.join(told, on=told.columns, how="anti", maintain_order="left", nulls_equal=True)
