"""What a ring stands on, and what would change it: without the things that tie it, a kind of them, a member, a family of signs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from detectors import risk
from detectors.communities import components
from detectors.explaining.deletion import deletion_test
from detectors.explaining.minimal import minimal_explanation
from detectors.explaining.score import GONE, Kept, Outcome
from detectors.explaining.what_if_answers import FACTS_CHANGED, SHOWN, fewest
from detectors.explaining.what_ifs import MEMBERS_ASKED, WITHOUT
from detectors.ring_clusters.access import ACCESS
from detectors.ring_clusters.describing import KIND, tier_of_ring
from detectors.ring_clusters.signs import ring_signals
from detectors.ring_clusters.still import still_there
from detectors.settings import Settings
from detectors.takeovers.rings import LEAST

Frames = Mapping[str, pl.DataFrame]
NO_FIGHT = "without the failed log-ins and resets"


@dataclass(frozen=True)
class RingDossier:
    """One ring of a run: its row of `clusters`, its rows of the other frames, and the things that tie it, the best first
    (trace, object_id, p, members, popularity, first_account, first_at). Codes in Kept.objects are rows of `things`.
    """

    cluster: Mapping[str, Any]
    frames: Frames
    things: pl.DataFrame
    members: pl.Series
    settings: Settings

    @property
    def keys(self) -> list[tuple[str, int]]:
        return [(trace, number) for number, trace in enumerate(self.things["trace"])]

    def score(self, kept: Kept, *, access: bool = True) -> Outcome:
        """The ring without what `kept` takes away: what is left of its signs (with the p they had), and who still hangs together.

        The p of a sign is that of the run: whoever is left out of a ring took the things up all the same.
        """
        gone = {self.things.row(code)[:2] for _, code in kept.objects}
        left = [
            row
            for row in self.frames["takeover_signs"].iter_rows(named=True)
            if not any((feature, value) in gone or feature in kept.traces for feature, value in _values(row))
        ]
        signs = pl.DataFrame(left, schema=self.frames["takeover_signs"].schema).with_columns(ring=pl.lit(0, pl.Int64))
        who = self.members.gather([rank for rank in range(self.members.len()) if rank not in kept.accounts])
        size, links = self._hanging_together(signs, who)
        if not size:
            return GONE
        stored = self.frames["signals"].filter(pl.lit(access) & (pl.col("family") == ACCESS)).drop("cluster_id")
        signals = pl.concat([ring_signals(signs).drop("ring"), stored]).sort("name")
        strengths = dict(signals.group_by("family").agg(pl.col("value").max()).sort("family").iter_rows())
        caps = self.frames["guards"].filter(pl.col("cap") < 1)["cap"]
        value = round(risk.capped(risk.risk(strengths), caps), 6)
        enough = caps.is_empty() and self.cluster["badge"] != "do not escalate"
        many = risk.families(strengths)
        tier = tier_of_ring(str(self.cluster["type"]), many, value, self.settings, enough=enough)
        return Outcome(value, size, links, tier, strengths, signals)

    def _hanging_together(self, signs: pl.DataFrame, who: pl.Series) -> tuple[int, int]:
        """Accounts of the largest group that what is left still ties, and pairs in it; 0, 0 below LEAST."""
        things = pl.concat([signs.select(trace=one, object_id=other) for one, other in _SIDES]).drop_nulls().unique()
        inside = who.implode()
        tied = self.frames["evidence"].join(things, on=["trace", "object_id"], how="semi")
        pairs = (
            tied.filter(pl.col("left").is_in(inside) & pl.col("right").is_in(inside)).select("left", "right").unique()
        )
        ends = [who.search_sorted(pairs[side]).to_numpy().astype(np.int64) for side in ("left", "right")]
        groups = components(*ends, smallest=LEAST)
        if not groups:
            return 0, 0
        largest = max(groups, key=lambda group: group.size)
        return int(largest.size), int(np.isin(ends[0], largest).sum())


_SIDES = (("feature", "value"), ("other_feature", "other_value"))


def _values(sign: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(sign[feature], sign[value]) for feature, value in _SIDES if sign[feature] is not None]


def is_ring(frames: Frames, cluster_id: str) -> bool:
    """Whether a cluster of a run is one of kind compromised."""
    return frames["clusters"].filter((pl.col("cluster_id") == cluster_id) & (pl.col("kind") == KIND)).height > 0


def ring_dossier(frames: Frames, cluster_id: str, settings: Settings) -> RingDossier:
    """Takes the frames of a run and the id of a cluster of kind compromised."""
    own = {
        name: frames[name].filter(pl.col("cluster_id") == cluster_id)
        for name in ("members", "evidence", "signals", "guards", "takeover_signs")
    }
    cluster = frames["clusters"].filter(pl.col("cluster_id") == cluster_id).row(0, named=True)
    members = own["members"]["account_id"].sort()
    return RingDossier(cluster, own, _things(own), members, settings)


def _things(own: Frames) -> pl.DataFrame:
    """trace, object_id, p of the best sign with it, members who took it up, popularity, first_account, first_at; the best first."""
    signs = pl.concat(
        [own["takeover_signs"].select("p", trace=feature, object_id=value) for feature, value in _SIDES]
    ).drop_nulls("trace")
    best = signs.group_by("trace", "object_id").agg(pl.col("p").min())
    uses = first_uses(own["evidence"])
    met = (
        uses.sort("trace", "object_id", "at", "account_id")
        .group_by("trace", "object_id", maintain_order=True)
        .agg(
            members=pl.len().cast(pl.Int64),
            popularity=pl.col("popularity").max(),
            first_account=pl.col("account_id").first(),
            first_at=pl.col("at").first(),
        )
    )
    told = best.join(met, on=["trace", "object_id"], how="inner").sort(
        ["p", "members", "trace", "object_id"], descending=[False, True, False, False]
    )
    return told.select("trace", "object_id", "p", "members", "popularity", "first_account", "first_at")


def first_uses(evidence: pl.DataFrame) -> pl.DataFrame:
    """trace, object_id, account_id, at, popularity: who took up what when, from both sides of the evidence."""
    sides = [
        evidence.select("trace", "object_id", "popularity", account_id=side, at=f"{side}_at")
        for side in ("left", "right")
    ]
    return pl.concat(sides).unique().sort("trace", "object_id", "account_id")


def ring_answers(
    dossier: RingDossier, posts: pl.LazyFrame, sessions: pl.LazyFrame, actions: pl.LazyFrame
) -> dict[str, Any]:
    """strongest, counterfactuals, minimal, deletion, reproduced, note: as detectors.explaining.what_if_answers gives for other clusters.

    Takes the canonical tables: where they do not give the first uses of the run any more, nothing is asked of the run.
    """
    uses = first_uses(dossier.frames["evidence"])
    if dossier.things.is_empty() or not still_there(uses, posts, sessions, actions):
        nothing: dict[str, Any] = {"strongest": [], "counterfactuals": [], "minimal": None, "deletion": None}
        return nothing | {"reproduced": False, "note": FACTS_CHANGED}
    keys = dossier.keys
    least, test = minimal_explanation(dossier.score, keys), deletion_test(dossier.score, keys, SHOWN)
    left_out = max(dossier.members.len() - MEMBERS_ASKED, 0)
    return {
        "strongest": dossier.things.head(SHOWN).to_dicts(),
        "counterfactuals": _what_ifs(dossier),
        **fewest(least, test, dossier.things),
        "reproduced": True,
        "note": f"The {left_out:,} members whose ids come last were not taken out one by one." if left_out else "",
    }


def _what_ifs(dossier: RingDossier) -> list[dict[str, Any]]:
    keys = dossier.keys
    told = [
        _told(f"without the top {taken} objects", dossier.score(Kept(objects=frozenset(keys[:taken]))))
        for taken in WITHOUT
    ]
    told += [
        _told("without the trace", dossier.score(Kept(traces=frozenset([name])))) | {"trace": name}
        for name in dossier.things["trace"].unique().sort()
    ]
    if (dossier.frames["signals"]["family"] == ACCESS).any():
        told.append(_told(NO_FIGHT, dossier.score(Kept(), access=False)))
    return told + [
        _told("without the member", dossier.score(Kept(accounts=frozenset([rank])))) | {"account": account}
        for rank, account in enumerate(dossier.members.to_list()[:MEMBERS_ASKED])
    ]


def _told(what: str, outcome: Outcome) -> dict[str, Any]:
    return {"what": what, "risk": outcome.risk, "tier": outcome.tier, "size": outcome.size, "links": outcome.links}
