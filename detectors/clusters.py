"""Clusters put together: members with roles and places, risk and tier, and the sentence that is read aloud."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors import risk, sentences
from detectors.audience import severity
from detectors.communities import layout
from detectors.groups import Groups
from detectors.link_groups import pair_weights
from detectors.nesting import group_name
from detectors.pair_tests import strongest_per_pair
from detectors.robustness import Robustness
from detectors.roles import roles
from detectors.settings import Settings
from detectors.signals import Members
from detectors.significance import F64, I64
from detectors.stability import DO_NOT_ESCALATE
from detectors.targets import Split
from graph.schemas import CLUSTER_SCHEMA, FrameSchema

EPISODE_US = 6 * 3600 * 1_000_000  # DETECTORS 2.3


def with_cluster(links: pl.DataFrame, members: Members) -> pl.DataFrame:
    """`links` with the number of the cluster both ends belong to, null otherwise."""
    left = members.cluster_of[links["left"].to_numpy()]
    right = members.cluster_of[links["right"].to_numpy()]
    same = pl.Series("cluster", np.where(left == right, left, -1), dtype=pl.Int64)
    return links.with_columns(same).with_columns(pl.col("cluster").replace(-1, None))


def cluster_ids(members: Members, everyone: pl.Series) -> list[str]:
    """Names that follow from who is in: equal members have equal names in every run."""
    return [f"C-{group_name(group, everyone)}" for group in members.groups]


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of the clusters before they are described."""

    ids: Sequence[str]
    split: Split  # the groups, who was taken out of them, and where those who are in stand in time
    links: pl.DataFrame  # with cluster, left_leads, median_gap_s
    signals: pl.DataFrame  # with cluster and trace
    objects: pl.DataFrame  # joint objects in the widest window
    guards: pl.DataFrame  # with cluster and covers
    robust: Robustness
    reached: Sequence[int]  # per cluster, accounts outside that touched the same objects
    accounts: int  # of the whole run

    @property
    def groups(self) -> Groups:
        """The groups without those who were taken out."""
        return self.split.groups

    @property
    def members(self) -> Members:
        """Who belongs to which cluster."""
        return self.groups.members


def describe(shape: Shape, settings: Settings) -> pl.DataFrame:
    """CLUSTER rows, the riskiest first, with the cluster's number."""
    rows = [_one(number, shape, settings) for number in range(len(shape.ids))]
    frame = pl.DataFrame(rows, schema={"cluster": pl.Int64, **CLUSTER_SCHEMA}, orient="row")
    return frame.sort(["risk", "size", "cluster_id"], descending=[True, True, False])


def _one(number: int, shape: Shape, settings: Settings) -> dict[str, object]:
    signals = shape.signals.filter(pl.col("cluster") == number)
    objects = shape.objects.filter(pl.col("cluster") == number)
    links = shape.links.filter(pl.col("cluster") == number)
    size = len(shape.members.groups[number])
    pairs = strongest_per_pair(links).height
    strengths = dict(signals.group_by("family").agg(pl.col("value").max()).sort("family").iter_rows())
    caps = shape.guards.filter((pl.col("cluster") == number) & pl.col("covers") & (pl.col("cap") < 1))["cap"]
    value = risk.capped(risk.risk(strengths), caps)
    robust = shape.robust.clusters.row(number, named=True)
    enough = caps.is_empty() and robust["badge"] != DO_NOT_ESCALATE and shape.groups.may_alert(number)
    overlaps = signals.filter(pl.col("name").str.contains("_(overlap|company)$")).sort(
        ["value", "seen"], descending=True
    )
    traces = overlaps["trace"].to_list()
    quick = float(links.filter(pl.col("trace") == traces[0])["median_gap_s"].median() or 0.0)  # type: ignore[arg-type]
    synchronous = signals.filter(pl.col("family") == "synchrony").sort(["value", "name"], descending=[True, False])
    told = overlaps["sentence"].to_list()[:1] + synchronous.filter(pl.col("p") <= settings.q)["sentence"].to_list()[:1]
    first, last = _ends(objects)
    return {
        "cluster": number,
        "cluster_id": shape.ids[number],
        "kind": "coordinated",
        "type": None,
        "tier": risk.tier(strengths, value, settings.alert_risk, enough=enough),
        "risk": round(value, 6),
        "confidence": round(risk.confidence(objects.height, _episodes(objects)), 6),
        "size": size,
        "edges": pairs,
        "density": round(2 * pairs / (size * (size - 1)), 6),
        "traces": traces,
        "first_at": first,
        "last_at": last,
        "title": sentences.title(size, traces[0], quick),
        "sentence": " ".join(told),
        **{name: robust[name] for name in ("stability", "badge", "tightness", "agreement")},
        "reach": shape.reached[number],
        "severity": round(severity(shape.reached[number], shape.accounts - size), 6),
    }


def _ends(objects: pl.DataFrame) -> tuple[object, object]:
    at = objects.select(
        pl.col("at").min().cast(pl.Datetime("us", "UTC")).alias("first"),
        pl.col("until").max().cast(pl.Datetime("us", "UTC")).alias("last"),
    )
    return at.row(0)


def _episodes(objects: pl.DataFrame) -> int:
    return int(objects.select((pl.col("at") // EPISODE_US).n_unique()).item())


def member_rows(shape: Shape, score: F64, seed: int) -> pl.DataFrame:
    """cluster, account, role, score, links, x, y for every member and everyone beside, by cluster and account.

    Targets and bystanders are told with the cluster they touch and their role; they are not in it and count nowhere.
    """
    told = [pl.DataFrame(schema=dict(_MEMBER))]
    for number, group in enumerate(shape.members.groups):
        links = shape.links.filter(pl.col("cluster") == number)
        inside = shape.split.inside.filter(pl.col("cluster") == number)
        apart = shape.split.apart.filter(pl.col("cluster") == number)
        beside = apart.select("account", "role").join(_links_to(apart, group, shape.links), on="account", how="left")
        rows = pl.concat([roles(group, links, inside), beside.with_columns(pl.col("links").fill_null(0))])
        told.append(_placed(rows.sort("account"), number, shape, score, seed))
    return pl.concat(told)


def _links_to(apart: pl.DataFrame, group: I64, links: pl.DataFrame) -> pl.DataFrame:
    """account, links: to how many members of `group` each of `apart` is linked."""
    ours, others = apart["account"].implode(), pl.Series(group).implode()
    pairs = links.select(pl.col("left", "right").cast(pl.Int64)).unique()
    turned = pl.concat([pairs, pairs.select(left="right", right="left")])
    met = turned.filter(pl.col("left").is_in(ours) & pl.col("right").is_in(others))
    return met.group_by("left").agg(pl.len().cast(pl.Int64).alias("links")).rename({"left": "account"})


def _placed(rows: pl.DataFrame, number: int, shape: Shape, score: F64, seed: int) -> pl.DataFrame:
    everyone, links = rows["account"].to_numpy(), shape.links
    ours = rows["account"].cast(pl.UInt32).implode()
    places = _places(links.filter(pl.col("left").is_in(ours) & pl.col("right").is_in(ours)), everyone, seed)
    return rows.with_columns(
        pl.lit(number, pl.Int64).alias("cluster"),
        pl.Series("score", score[everyone]),
        pl.Series("x", places[:, 0]),
        pl.Series("y", places[:, 1]),
        pl.Series("stability", shape.robust.stability[everyone]).round(6).fill_nan(None),
        pl.Series("tightness", shape.robust.tightness[everyone]).round(6).fill_nan(None),
    ).select(pl.col(column).cast(kind) for column, kind in _MEMBER.items())


_MEMBER: FrameSchema = {
    "cluster": pl.Int64,
    "account": pl.UInt32,
    "role": pl.String,
    "score": pl.Float64,
    "links": pl.Int64,
    "x": pl.Float64,
    "y": pl.Float64,
    "stability": pl.Float64,
    "tightness": pl.Float64,
}


def _places(links: pl.DataFrame, group: I64, seed: int) -> F64:
    left, right, weight = pair_weights(links)
    return layout(left, right, weight, group, seed=seed)
