"""What a cluster is known by from one run to the next: its members, what they did together, and the means they shared."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from graph.schemas import APART_ROLES, TAKEN_ROLES, FrameSchema
from graph.traces import TRACES

Frames = Mapping[str, pl.DataFrame]  # a run's tables by their names in graph.schemas.RUN_SCHEMAS

# A ring of accounts in other hands is tied by the features of detectors.takeovers.habits: provider and network are no traces.
MEANS = frozenset(trace.name for trace in TRACES.values() if trace.family == "infrastructure") | {"asn", "network"}
TEMPLATES = frozenset({"text", "media"})
# Traces whose block says where the object came from: an author, a site. The block of a text is its language.
WITH_SOURCE = frozenset({"share", "fast_share", "reply", "url", "domain", "landing_page"})

KEYED: FrameSchema = {"cluster_id": pl.String, "key": pl.String, "n": pl.Float64}
SOURCE_SCHEMA: FrameSchema = {"trace": pl.String, "object_id": pl.String, "block": pl.String}


@dataclass(frozen=True, slots=True)
class Profiles:
    """Each frame is KEYED: one row per cluster and key, `n` = distinct accounts of the cluster seen there (1 for members)."""

    members: pl.DataFrame
    objects: pl.DataFrame
    sources: pl.DataFrame
    means: pl.DataFrame  # infrastructure: addresses, devices, clients, payments
    templates: pl.DataFrame  # texts and media
    kinds: pl.DataFrame  # cluster_id, key: coordinated | compromised; `n` is 1

    @property
    def clusters(self) -> list[str]:
        return sorted(set(self.members["cluster_id"]))

    def only(self, clusters: list[str]) -> "Profiles":
        """Those clusters alone."""
        inside = pl.col("cluster_id").is_in(clusters)
        return Profiles(*(getattr(self, name).filter(inside) for name in self.__slots__))


def profiles_of(frames: Frames, sources: pl.DataFrame | None = None) -> Profiles:
    """The profile of every cluster of a run, from its `members` and `evidence`.

    `sources` (trace, object_id, block) says what objects belong to, as the facts know it; a run does not hold it. Without
    it the sources stay unknown, and the objects alone speak.
    """
    members = insiders(frames["members"]).select("cluster_id", key="account_id", n=pl.lit(1.0)).unique()
    acts = acts_in_evidence(frames["evidence"])
    named = acts.with_columns(key=pl.concat_str("trace", pl.lit(" "), "object_id"))
    known = sources if sources is not None else pl.DataFrame(schema=dict(SOURCE_SCHEMA))
    sourced = (
        acts.filter(pl.col("trace").is_in(sorted(WITH_SOURCE)))
        .join(one_source(known), on=["trace", "object_id"])
        .rename({"block": "key"})
    )
    taken = pl.col("role").is_in(list(TAKEN_ROLES)) if "role" in frames["members"].columns else pl.lit(value=False)
    kinds = (
        frames["members"]
        .group_by("cluster_id")
        .agg(key=pl.when(taken.any()).then(pl.lit("compromised")).otherwise(pl.lit("coordinated")), n=pl.lit(1.0))
    )
    return Profiles(
        members.sort("cluster_id", "key"),
        _counted(named.filter(~pl.col("trace").is_in(sorted(MEANS)))),
        _counted(sourced),
        _counted(named.filter(pl.col("trace").is_in(sorted(MEANS)))),
        _counted(named.filter(pl.col("trace").is_in(sorted(TEMPLATES)))),
        kinds.sort("cluster_id"),
    )


def insiders(members: pl.DataFrame) -> pl.DataFrame:
    """The rows of those who are in a cluster: targets and bystanders stand beside it, and go nowhere with it.

    Members without a role are in.
    """
    if "role" not in members.columns:
        return members
    return members.filter(~pl.col("role").is_in(list(APART_ROLES)).fill_null(value=False))


def acts_in_evidence(evidence: pl.DataFrame) -> pl.DataFrame:
    """cluster_id, trace, object_id, account_id: who of the cluster acted on what, each once."""
    within = evidence.drop_nulls("cluster_id")
    sides = [within.select("cluster_id", "trace", "object_id", account_id=side) for side in ("left", "right")]
    return pl.concat(sides).unique()


def one_source(sources: pl.DataFrame) -> pl.DataFrame:
    """The smallest block of each object: a posted link has one site, and a damaged export may name two."""
    known = sources.filter(pl.col("block") != "")
    return known.group_by("trace", "object_id").agg(pl.col("block").min())


def _counted(acts: pl.DataFrame) -> pl.DataFrame:
    counted = acts.group_by("cluster_id", "key").agg(pl.col("account_id").n_unique().cast(pl.Float64).alias("n"))
    return counted.select(pl.col(name).cast(kind) for name, kind in KEYED.items()).sort("cluster_id", "key")
