"""A run against labels, each kind of cluster by itself: who acts together, and whose account fell into other hands."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from detectors import ranking
from graph.schemas import APART_ROLES, FLAGGED_TIERS

VICTIM = "compromised"  # the label of an account that was taken from its owner
# Types of a ring whose accounts the ring detector is asked to find: taken, and bought (whatever else those are used for).
FOUND_AS_RING = ("compromised", "farm")


def kinds(accounts: pl.DataFrame, labels: pl.DataFrame) -> dict[str, Any]:
    """Per kind of cluster the figures of alert and review, and `victims_accused`: victims told as coordinated.

    `labels`: account_id, positive (part of an operation), victim, type (null where unknown), one row each. Of the kind coordinated a victim is a
    false flag, of the kind compromised an account of an operation is one, unless it was bought for it (type farm).
    """
    told = labels.join(accounts.select("account_id", "tier", "kind"), on="account_id", how="left")
    flagged = pl.col("tier").is_in(FLAGGED_TIERS).fill_null(value=False)
    ring = pl.col("victim") | (pl.col("positive") & pl.col("type").is_in(FOUND_AS_RING).fill_null(value=False))
    asked = {"coordinated": pl.col("positive") & ~pl.col("victim"), "compromised": ring}
    figures = {
        kind: _figures(told.select(positive=wanted, flagged=flagged & (pl.col("kind") == kind).fill_null(value=False)))
        for kind, wanted in asked.items()
    }
    accused = told.filter(pl.col("victim") & flagged & (pl.col("kind") == "coordinated")).height
    return {**figures, "victims_accused": accused}


def _figures(told: pl.DataFrame) -> dict[str, Any]:
    positive, flagged = told["positive"].to_numpy(), told["flagged"].to_numpy()
    return {
        "positive": int(positive.sum()),
        "flagged": int(flagged.sum()),
        "precision": ranking.precision(positive, flagged),
        "recall": ranking.recall(positive, flagged),
        "f1": ranking.f1(positive, flagged),
        "fpr": ranking.false_positive_rate(positive, flagged),
    }


def types(labels: pl.DataFrame, members: pl.DataFrame, clusters: pl.DataFrame) -> dict[str, Any]:
    """How often a ring is told for what it is: of the rings whose commonest labelled type is known, those with that type.

    `confused`: true type -> told type -> rings, those told right among them. None where no ring can be asked.
    """
    rings = clusters.filter(pl.col("kind") == "compromised").select("cluster_id", told="type")
    inside = members.filter(~pl.col("role").is_in(list(APART_ROLES))).join(rings, on="cluster_id")
    known = inside.join(labels.drop_nulls("type"), on="account_id")
    counted = known.group_by("cluster_id", "told", "type").len().sort(["len", "type"], descending=[True, False])
    each = counted.unique("cluster_id", keep="first", maintain_order=True).sort("cluster_id")
    confused: dict[str, dict[str, int]] = {}
    for true, told in each.select("type", "told").sort("type", "told").iter_rows():
        row: dict[str, int] = confused.setdefault(true, {})
        row[str(told)] = row.get(str(told), 0) + 1
    right = each.filter(pl.col("type") == pl.col("told")).height
    return {
        "rings": each.height,
        "right": right,
        "accuracy": right / each.height if each.height else None,
        "confused": confused,
    }


def with_kinds(
    accounts: pl.DataFrame, labels: pl.DataFrame, members: pl.DataFrame | None, clusters: pl.DataFrame | None
) -> Mapping[str, Any]:
    """`kinds`, and `types` where the labels have a type and the run's members and clusters are given."""
    told: dict[str, Any] = {"kinds": kinds(accounts, labels)}
    if members is not None and clusters is not None and labels["type"].drop_nulls().len():
        told["types"] = types(labels, members, clusters)
    return told
