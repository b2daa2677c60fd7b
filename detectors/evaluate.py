"""A run against labels: how good the ranking is, how good the flags are, and what simple rules would have reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from detectors import ranking
from detectors.baselines import naive_accounts, posts_count, shared_objects
from detectors.evaluate_kinds import VICTIM, with_kinds
from detectors.ranking import Flags
from detectors.significance import F64
from graph.errors import BadExport
from graph.schemas import APART_ROLES

POSITIVE = frozenset({"coordinated", "1", "true", "yes", "positive", "io", "inauthentic", "troll"})
FLAGGED: Mapping[str, Sequence[str]] = {"alert": ("alert",), "review": ("alert", "review")}
CLUSTER_RIGHT = 0.8  # share of labelled members that makes a cluster right (DETECTORS 5)


@dataclass(frozen=True, slots=True)
class _Table:
    """One entry per labelled account, sorted by id."""

    ids: pl.Series
    positive: Flags
    score: F64
    tier: pl.Series
    activity: F64


def evaluate(
    accounts: pl.DataFrame,
    labels: pl.DataFrame,
    *,
    actions: pl.DataFrame | None = None,
    members: pl.DataFrame | None = None,
    clusters: pl.DataFrame | None = None,
    resamples: int = 200,
    seed: int = 0,
) -> dict[str, Any]:
    """Figures of ACCOUNT_RESULT rows against labels (account_id, label); None where a figure has no value.

    Precision, recall, f1 and fpr_organic are those of alert and review together; `at` has both cuts. Labels like
    'coordinated', '1', 'true', and 'compromised' are positive, all others negative: a victim that was found is no false flag. `kinds` has the
    figures of each kind of cluster by itself, where a victim told as coordinated is one, and `types` (labels with a column type; `members` and
    `clusters` given) how often rings are told for what they are. Labelled accounts that the run never saw count as
    score 0, accounts without a label are left out and counted. With `actions` come the baselines, the ceilings and the
    recall among accounts that share anything; with `members` the clusters. Raises BadExport for unusable labels.
    """
    said = _labels(labels)
    table = _joined(accounts, said)
    told = _figures(table, resamples, seed)
    told |= _population(table, accounts)
    if actions is not None:
        told |= _against_simple_rules(table, actions)
    told |= with_kinds(accounts, said, members, clusters)
    told["clusters"] = _clusters(table, members) if members is not None else {}
    return told


def _labels(labels: pl.DataFrame) -> pl.DataFrame:
    """account_id, positive (part of an operation), victim, type; one row each, sorted."""
    lacking = {"account_id", "label"} - set(labels.columns)
    if lacking:
        raise BadExport(f"The labels have no column {', '.join(sorted(lacking))}.", "They need account_id and label.")
    kind = pl.col("type").cast(pl.String) if "type" in labels.columns else pl.lit(None, pl.String)
    named = labels.select(
        pl.col("account_id").cast(pl.String), pl.col("label").cast(pl.String), type=kind.replace("", None)
    )
    said = named.drop_nulls(["account_id", "label"])
    if said.is_empty():
        raise BadExport("The labels are empty.", "Each row names an account and its label.")
    label = pl.col("label").str.strip_chars().str.to_lowercase()
    told = said.select("account_id", "type", positive=label.is_in(list(POSITIVE)), victim=label == VICTIM)
    each = told.group_by("account_id").agg(pl.col("positive", "victim").any(), pl.col("type").min())
    return each.select("account_id", "positive", "victim", "type").sort("account_id")


def _joined(accounts: pl.DataFrame, labels: pl.DataFrame) -> _Table:
    either = labels.select("account_id", positive=pl.col("positive") | pl.col("victim"))
    table = either.join(accounts, on="account_id", how="left").sort("account_id")
    return _Table(
        table["account_id"],
        table["positive"].to_numpy(),
        table["score"].fill_null(0.0).to_numpy(),
        table["tier"].fill_null("none"),
        table["actions"].fill_null(0).cast(pl.Float64).to_numpy(),
    )


def _figures(table: _Table, resamples: int, seed: int) -> dict[str, Any]:
    cuts = {name: table.tier.is_in(list(tiers)).to_numpy() for name, tiers in FLAGGED.items()}
    at = {name: _at(table.positive, flagged) for name, flagged in cuts.items()}
    y, score, flagged = table.positive, table.score, cuts["review"]
    intervals = {
        "auc": ranking.interval(lambda i: ranking.auc(y[i], score[i]), y.size, resamples=resamples, seed=seed),
        "average_precision": ranking.interval(
            lambda i: ranking.average_precision(y[i], score[i]), y.size, resamples=resamples, seed=seed
        ),
        "precision": ranking.interval(
            lambda i: ranking.precision(y[i], flagged[i]), y.size, resamples=resamples, seed=seed
        ),
        "recall": ranking.interval(lambda i: ranking.recall(y[i], flagged[i]), y.size, resamples=resamples, seed=seed),
    }
    return {
        "auc": ranking.auc(y, score),
        "average_precision": ranking.average_precision(y, score),
        "auc_equal_activity": ranking.matched_auc(y, score, table.activity),
        **{name: at["review"][name] for name in ("precision", "recall", "f1", "fpr_organic")},
        "at": at,
        "intervals": intervals,
    }


def _at(positive: Flags, flagged: Flags) -> dict[str, Any]:
    return {
        "flagged": int(flagged.sum()),
        "precision": ranking.precision(positive, flagged),
        "recall": ranking.recall(positive, flagged),
        "f1": ranking.f1(positive, flagged),
        "fpr_organic": ranking.false_positive_rate(positive, flagged),
    }


def _population(table: _Table, accounts: pl.DataFrame) -> dict[str, Any]:
    return {
        "labelled": int(table.positive.size),
        "positive": int(table.positive.sum()),
        "prevalence": float(table.positive.mean()),
        "without_label": int((~accounts["account_id"].is_in(table.ids.implode())).sum()),
    }


def _against_simple_rules(table: _Table, actions: pl.DataFrame) -> dict[str, Any]:
    known = pl.DataFrame({"account_id": table.ids})
    naive = known.join(naive_accounts(actions), on="account_id", how="left", maintain_order="left")
    posts = known.join(posts_count(actions), on="account_id", how="left", maintain_order="left")
    shared = known.join(shared_objects(actions), on="account_id", how="left", maintain_order="left")
    flagged = naive["flagged"].fill_null(False).to_numpy()
    touching = shared["shared"].fill_null(0).to_numpy()
    caught = table.tier.is_in(list(FLAGGED["review"])).to_numpy()
    y = table.positive
    return {
        "recall_of_sharers": ranking.recall(y & (touching >= 1), caught),
        "ceiling": {f"share_{n}_or_more": ranking.recall(y, touching >= n) for n in (1, 3)},
        "baselines": {
            "naive": {**_ranked(table, naive["score"].fill_null(0.0).to_numpy()), **_at(y, flagged)},
            "posts_count": _ranked(table, posts["score"].fill_null(0.0).to_numpy()),
        },
    }


def _ranked(table: _Table, score: F64) -> dict[str, Any]:
    return {
        "auc": ranking.auc(table.positive, score),
        "average_precision": ranking.average_precision(table.positive, score),
        "auc_equal_activity": ranking.matched_auc(table.positive, score, table.activity),
    }


def _clusters(table: _Table, members: pl.DataFrame) -> dict[str, Any]:
    known = pl.DataFrame({"account_id": table.ids, "positive": table.positive})
    inside = members.filter(~pl.col("role").is_in(list(APART_ROLES))) if "role" in members.columns else members
    named = inside.select("cluster_id", "account_id").join(known, on="account_id", how="left")
    per = (
        named.group_by("cluster_id")
        .agg(
            pl.len().alias("size"), pl.col("positive").sum().alias("hits"), pl.col("positive").count().alias("labelled")
        )
        .sort(["size", "cluster_id"], descending=[True, False])
        .with_columns(share=pl.when(pl.col("labelled") > 0).then(pl.col("hits") / pl.col("labelled")))
    )
    judged = per.drop_nulls("share")
    weight = float((judged["size"] * judged["share"]).sum())
    return {
        "count": per.height,
        "right": int((judged["share"] >= CLUSTER_RIGHT).sum()),
        "median_size": float(np.median(per["size"].to_numpy())) if per.height else None,
        "weighted_precision": float((judged["size"] * judged["share"] ** 2).sum()) / weight if weight else None,
        "each": per.select("cluster_id", "size", "share").to_dicts(),
    }
