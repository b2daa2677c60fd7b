"""What would change a cluster: without its strongest objects, a trace, a member; at other windows; under another null."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from detectors.explaining.dossier import Dossier
from detectors.explaining.score import Kept, Outcome, ScoreOf
from detectors.nulls import NULLS

WITHOUT = (1, 3, 5)  # how many of the strongest objects are taken away (DETECTORS 4)
STRETCHED = (("half the window", 0.5), ("double the window", 2.0))
MEMBERS_ASKED = 200  # members taken out one by one, those with most links first; about 20 ms each

Keys = Sequence[tuple[str, int]]  # trace and code of objects, strongest first


def what_ifs(dossier: Dossier, score_of: ScoreOf, objects: Keys) -> list[dict[str, Any]]:
    """One row per question: what, and the risk, tier, size and links that would be left; see docs/explanations.md.

    Rows about objects come once for each overlap or company sign of the run, with seen, expected and p.
    """
    told = [row for taken in WITHOUT for row in _without_objects(dossier, score_of, objects, taken)]
    told += [
        _told("without the trace", score_of(Kept(traces=frozenset([name])))) | {"trace": name}
        for name in sorted(actions.trace for actions in dossier.ours)
    ]
    told += [_told(what, score_of(Kept(stretch=factor))) | {"factor": factor} for what, factor in STRETCHED]
    told += [
        _told(f"with the null {name}", score_of(Kept(null=name))) | {"null": name}
        for name in sorted(NULLS)
        if name != dossier.settings.null
    ]
    return told + [
        _told("without the member", score_of(Kept(accounts=frozenset([rank])))) | {"account": dossier.everyone[rank]}
        for rank in _most_linked(dossier)[:MEMBERS_ASKED]
    ]


def _told(what: str, outcome: Outcome) -> dict[str, Any]:
    return {"what": what, "risk": outcome.risk, "tier": outcome.tier, "size": outcome.size, "links": outcome.links}


def _without_objects(dossier: Dossier, score_of: ScoreOf, objects: Keys, taken: int) -> list[dict[str, Any]]:
    outcome = score_of(Kept(objects=frozenset(objects[:taken])))
    what = _told(f"without the top {taken} objects", outcome)
    signs = dossier.signals.filter(pl.col("name").str.contains("_(overlap|company)$"))
    return [what | _sign(outcome, name, expected) for name, expected in signs.select("name", "expected").iter_rows()]


def _sign(outcome: Outcome, name: str, expected: float) -> dict[str, Any]:
    """The sign as it would be; where nothing of it is left, nothing seen against what the run expected."""
    trace = name.removesuffix("_overlap").removesuffix("_company")
    left = outcome.signals.filter(pl.col("name") == name) if outcome.size else pl.DataFrame()
    if left.is_empty():
        return {"trace": trace, "seen": 0.0, "expected": expected, "p": 1.0}
    return {"trace": trace, **left.select("seen", "expected", "p").row(0, named=True)}


def _most_linked(dossier: Dossier) -> list[int]:
    pairs = dossier.links.select("left", "right").unique()
    ends = pl.concat([pairs["left"], pairs["right"]]).alias("account").value_counts(name="links")
    ordered = ends.filter(pl.col("account").is_in(dossier.members.tolist())).sort(
        ["links", "account"], descending=[True, False]
    )
    return [int(rank) for rank in ordered["account"]]
