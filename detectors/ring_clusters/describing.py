"""One row per ring: risk, confidence and tier by the rules of all clusters, and the words that are read aloud."""

from collections.abc import Mapping

import polars as pl

from detectors import risk
from detectors.audience import severity
from detectors.clusters import EPISODE_US
from detectors.ring_clusters.words import TITLE
from detectors.sentences import count
from detectors.settings import Settings
from detectors.stability import DO_NOT_ESCALATE, badge
from detectors.takeovers.find import Takeovers
from detectors.takeovers.kinds import MANAGED, UNDETERMINED
from graph.schemas import CLUSTER_SCHEMA

KIND = "compromised"


def described(
    found: Takeovers,
    edges: pl.DataFrame,
    signals: pl.DataFrame,
    guards: pl.DataFrame,
    settings: Settings,
    everyone: int,
    stability: Mapping[int, float],
) -> pl.DataFrame:
    """CLUSTER_SCHEMA with the ring for an id, by ring. `edges`, `signals`, `guards`: those of the rings; `everyone`: accounts of the run;
    `stability`: by ring (again.py).
    """
    frames = {
        "signals": signals,
        "guards": guards,
        "edges": edges,
        "ties": found.ties,
        "uses": found.uses,
        "signs": found.signs,
    }
    rows = []
    for ring in found.rings.iter_rows(named=True):
        own = {name: frame.filter(pl.col("ring") == ring["ring"]) for name, frame in frames.items()}
        rows.append({"ring": ring["ring"], **_one(ring, own, settings, everyone, stability[ring["ring"]])})
    return pl.DataFrame(rows, schema={"ring": pl.Int64, **CLUSTER_SCHEMA}, orient="row")


def _one(
    ring: Mapping[str, object],
    own: Mapping[str, pl.DataFrame],
    settings: Settings,
    everyone: int,
    stability: float,
) -> dict[str, object]:
    signals, uses, size = own["signals"], own["uses"], int(ring["size"])  # type: ignore[call-overload]
    strengths = dict(signals.group_by("family").agg(pl.col("value").max()).sort("family").iter_rows())
    caps = own["guards"].filter(pl.col("covers") & (pl.col("cap") < 1))["cap"]
    value, many = risk.capped(risk.risk(strengths), caps), risk.families(strengths)
    features = _features(own["signs"])
    pairs = own["edges"].select("left", "right").unique().height
    outside = int(own["ties"].select((pl.col("ever") - pl.col("accounts")).sum()).item())
    first, last = uses["at"].min(), uses["at"].max()
    marked = badge(stability, float("nan"))
    return {
        "kind": KIND,
        "type": ring["type"],
        "tier": tier_of_ring(
            str(ring["type"]), many, value, settings, enough=caps.is_empty() and marked != DO_NOT_ESCALATE
        ),
        "risk": round(value, 6),
        "confidence": round(risk.confidence(_later_uses(uses), _episodes(uses)), 6),
        "size": size,
        "edges": pairs,
        "density": round(2 * pairs / (size * (size - 1)), 6),
        "traces": features,
        "first_at": first,
        "last_at": last,
        "title": f"{count(size)} accounts, {TITLE.get(features[0], features[0])}",
        "sentence": " ".join(
            [*signals.sort(["value", "name"], descending=[True, False])["sentence"][:2], str(ring["sentence"])]
        ),
        "stability": round(stability, 6),
        "badge": marked,
        "reach": outside,
        "severity": round(min(severity(outside, everyone - size), 1.0), 6),
    }


def tier_of_ring(kind: str, many: int, value: float, settings: Settings, *, enough: bool) -> str:
    """An alert needs two families, as everywhere. Each sign was kept at the run's false discovery rate, so that two of different families
    are enough (DETECTORS 9.7 has it so for pools, whose level is set by replay); of whom nothing is known is for review.
    """
    if kind in (MANAGED, UNDETERMINED):
        return "review"
    return risk.tier_of(many, value, settings.alert_risk, enough=enough and many >= 2)


def _features(signs: pl.DataFrame) -> list[str]:
    """The features of the ring's signs, the best first."""
    both = [signs.select("p", feature=name) for name in ("feature", "other_feature")]
    best = pl.concat(both).drop_nulls("feature").group_by("feature").agg(pl.col("p").min())
    return best.sort("p", "feature")["feature"].to_list()


def _later_uses(uses: pl.DataFrame) -> int:
    """What stands for joint objects in the confidence: every member that took up what another had taken up before."""
    return uses.height - uses.select("feature", "value").n_unique()


def _episodes(uses: pl.DataFrame) -> int:
    return uses.select(pl.col("at").to_physical() // EPISODE_US).n_unique()
