"""How alike a cluster of one run is to a cluster of another: members, what they acted on, the means they shared."""

import polars as pl

from detectors.lineage.profiles import Profiles

# DETECTORS 6: M = .6 J(members) + .25 cos(object or domain profile) + .15 J(infrastructure).
MEMBERS, PROFILE, MEANS = 0.6, 0.25, 0.15
_ENDS = ["cluster_before", "cluster_after"]
_DIGITS = 9  # sums of doubles differ in the last digits with the order of rows; what is compared must not


def alike(before: Profiles, after: Profiles) -> pl.DataFrame:
    """Every pair of clusters that has anything in common: cluster_before, cluster_after, similarity, overlap, shared.

    `similarity` is M in 0..1. A part that either cluster knows nothing of (no evidence kept, no infrastructure in the
    data) is left out and the other weights are raised to sum to 1. Objects change with every window while sites and
    authors stay, so the profile counts the larger of the two cosines, by objects and by sources. `overlap` = shared
    members as a share of the smaller cluster. Sorted by both ids.
    """
    shared = _shared(before.members, after.members)
    objects = _cosine(before.objects, after.objects, "by_objects")
    sources = _cosine(before.sources, after.sources, "by_sources")
    means = _jaccard(before.means, after.means, "means")
    pairs = pl.concat([part.select(_ENDS) for part in (shared, objects, sources, means)]).unique()
    # A verdict goes on with a cluster. What was decided on an operation must not reach those whose accounts it took, nor the other way.
    pairs = _of_one_kind(pairs, before.kinds, after.kinds)
    sized = _with_sizes(pairs, before.members, after.members).join(shared, on=_ENDS, how="left")
    both = pl.col("shared").fill_null(0)
    told = (
        sized.join(objects, on=_ENDS, how="left")
        .join(sources, on=_ENDS, how="left")
        .join(means, on=_ENDS, how="left")
        .with_columns(
            shared=both,
            members=both / (pl.col("size_before") + pl.col("size_after") - both),
            overlap=(both / pl.min_horizontal("size_before", "size_after")).round(_DIGITS),
            profile=pl.max_horizontal("by_objects", "by_sources").fill_null(0.0),
            means=pl.col("means").fill_null(0.0),
            has_profile=_both_have(before.objects, after.objects),
            has_means=_both_have(before.means, after.means),
        )
    )
    weight = MEMBERS + PROFILE * pl.col("has_profile") + MEANS * pl.col("has_means")
    total = MEMBERS * pl.col("members") + PROFILE * pl.col("profile") + MEANS * pl.col("means")
    return (
        told.with_columns(similarity=(total / weight).clip(0.0, 1.0).round(_DIGITS))
        .select(*_ENDS, "similarity", "overlap", pl.col("shared").cast(pl.Int64), "size_before", "size_after")
        .sort(_ENDS)
    )


def _of_one_kind(pairs: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    kinds = [
        of.select(pl.col("cluster_id").alias(end), pl.col("key").alias(f"kind_of_{end}"))
        for of, end in zip((before, after), _ENDS, strict=True)
    ]
    both = pairs.join(kinds[0], on=_ENDS[0], how="left").join(kinds[1], on=_ENDS[1], how="left")
    return both.filter(pl.col(f"kind_of_{_ENDS[0]}").eq_missing(pl.col(f"kind_of_{_ENDS[1]}"))).select(_ENDS)


def _shared(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """How many keys both have, for pairs that share one."""
    joined = before.select("key", cluster_before="cluster_id").join(
        after.select("key", cluster_after="cluster_id"), on="key"
    )
    return joined.group_by(_ENDS).agg(pl.len().cast(pl.Int64).alias("shared"))


def _jaccard(before: pl.DataFrame, after: pl.DataFrame, name: str) -> pl.DataFrame:
    sized = _with_sizes(_shared(before, after), before, after)
    union = pl.col("size_before") + pl.col("size_after") - pl.col("shared")
    return sized.select(*_ENDS, (pl.col("shared") / union).alias(name))


def jaccard_and_shared(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """cluster_before, cluster_after, match (Jaccard of their keys), shared; only pairs that share a key."""
    return _jaccard(before, after, "match").join(_shared(before, after), on=_ENDS)


def _cosine(before: pl.DataFrame, after: pl.DataFrame, name: str) -> pl.DataFrame:
    joined = _unit(before).rename({"cluster_id": "cluster_before", "n": "n_before"})
    other = _unit(after).rename({"cluster_id": "cluster_after", "n": "n_after"})
    product = (pl.col("n_before") * pl.col("n_after")).sum()
    return joined.join(other, on="key").group_by(_ENDS).agg(product.round(_DIGITS).alias(name))


def _unit(counted: pl.DataFrame) -> pl.DataFrame:
    return counted.with_columns(n=pl.col("n") / (pl.col("n") ** 2).sum().sqrt().over("cluster_id"))


def _with_sizes(pairs: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    def sizes(of: pl.DataFrame, end: str) -> pl.DataFrame:
        return of.group_by("cluster_id").agg(pl.len().cast(pl.Int64).alias(f"size_{end}"))

    return pairs.join(sizes(before, "before"), left_on="cluster_before", right_on="cluster_id").join(
        sizes(after, "after"), left_on="cluster_after", right_on="cluster_id"
    )


def _both_have(before: pl.DataFrame, after: pl.DataFrame) -> pl.Expr:
    here = pl.col("cluster_before").is_in(sorted(set(before["cluster_id"])))
    return here & pl.col("cluster_after").is_in(sorted(set(after["cluster_id"])))
