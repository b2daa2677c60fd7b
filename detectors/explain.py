"""The evidence for one cluster, account or pair: what was shared and when, expected against seen, and what if."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from detectors import risk
from detectors.detect import Tables
from detectors.explain_pair import ask_again, other_windows
from detectors.settings import Settings
from detectors.significance import poisson_tail
from graph.errors import NothingThere

WITHOUT = (1, 3, 5)  # how many of the strongest objects are taken away (DETECTORS 4)
_LISTED = 200  # edges and objects told at most; `left_out` counts the rest

Frames = Mapping[str, pl.DataFrame]


def explain(frames: Frames, tables: Tables, who: str, settings: Settings) -> dict[str, Any]:
    """Explain a cluster id, an account id or a pair 'A,B' of a run: {kind, id, edges, objects, counterfactuals, ...}.

    `frames` are the run's, `settings` those it was made with, `tables` the facts it read (used for pairs alone, whose
    windows are asked again). Raises NothingThere when the run knows no such cluster, account or pair.
    """
    if (frames["clusters"]["cluster_id"] == who).any():
        return _of_cluster(frames, who)
    known = frames["accounts"]["account_id"]
    if (known == who).any():
        return _of_account(frames, who)
    pair = _pair(who, known)
    if pair is None:
        raise NothingThere(
            f"The run knows no cluster, account or pair {who!r}.",
            "flockwatch clusters and flockwatch accounts list the names; a pair is two accounts with a comma between.",
        )
    return _of_pair(frames, tables, pair, settings)


def _pair(who: str, known: pl.Series) -> tuple[str, str] | None:
    """The two accounts of 'A,B', smaller first; ids may hold commas themselves, so every comma is tried."""
    for at, letter in enumerate(who):
        sides = [who[:at].strip(), who[at + 1 :].strip()]
        if letter == "," and sides[0] != sides[1] and known.is_in(sides).sum() == 2:
            return min(sides), max(sides)
    return None


def _of_cluster(frames: Frames, cluster_id: str) -> dict[str, Any]:
    mine = {name: frames[name].filter(pl.col("cluster_id") == cluster_id) for name in _OF_CLUSTER}
    told: dict[str, Any] = {"kind": "cluster", "id": cluster_id, "cluster": mine["clusters"].row(0, named=True)}
    for name in ("members", "signals", "guards"):
        told[name] = mine[name].to_dicts()
    return told | _listed(mine["edges"], mine["evidence"]) | {"counterfactuals": _cluster_what_ifs(mine)}


_OF_CLUSTER = ("clusters", "members", "signals", "guards", "edges", "evidence")


def _cluster_what_ifs(mine: Frames) -> list[dict[str, Any]]:
    """Each overlap without the objects that most members share. The expectation is left as it was: cautious."""
    told = []
    for signal in mine["signals"].filter(pl.col("name").str.contains("_(overlap|company)$")).iter_rows(named=True):
        trace = signal["name"].removesuffix("_overlap").removesuffix("_company")
        own = mine["evidence"].filter(pl.col("trace") == trace)
        sides = [own.select("object_id", pl.col(side).alias("account")) for side in ("left", "right")]
        takers = pl.concat(sides).unique().group_by("object_id").len("accounts")
        acts = takers.sort(["accounts", "object_id"], descending=[True, False])["accounts"].to_numpy() - 1
        seen, expected = signal["seen"], signal["expected"]
        told += [_without(trace, None, taken, seen - float(acts[:taken].sum()), expected) for taken in WITHOUT]
    return told + _without_traces(mine["signals"])


def _without_traces(signals: pl.DataFrame) -> list[dict[str, Any]]:
    """The risk that is left without the signs of one trace."""
    named = signals.with_columns(trace=pl.col("name").str.replace("_(overlap|company|synchrony)$", ""))
    told: list[dict[str, Any]] = []
    for trace in named["trace"].unique().sort():
        left = named.filter(pl.col("trace") != trace).group_by("family").agg(pl.col("value").max()).sort("family")
        told.append({"what": "without the trace", "trace": trace, "risk": round(risk.risk(dict(left.iter_rows())), 6)})
    return told


def _of_account(frames: Frames, account: str) -> dict[str, Any]:
    touched = (pl.col("left") == account) | (pl.col("right") == account)
    edges, evidence = frames["edges"].filter(touched), frames["evidence"].filter(touched)
    told = {
        "kind": "account",
        "id": account,
        "account": frames["accounts"].filter(pl.col("account_id") == account).row(0, named=True),
        "memberships": frames["members"].filter(pl.col("account_id") == account).to_dicts(),
    }
    strongest = edges.sort("p", "left", "right").head(1)
    return told | _listed(edges, evidence) | {"counterfactuals": _edge_what_ifs(strongest)}


def _edge_what_ifs(edges: pl.DataFrame) -> list[dict[str, Any]]:
    """Each link without 1, 3, 5 of its objects: a link counts its objects alike, so it matters how many, not which."""
    return [
        _without(edge["trace"], edge["window_seconds"], taken, float(edge["n"] - taken), edge["expected"])
        | {"left": edge["left"], "right": edge["right"]}
        for edge in edges.iter_rows(named=True)
        for taken in WITHOUT
    ]


def _without(trace: str, window: int | None, taken: int, seen: float, expected: float) -> dict[str, Any]:
    p = float(poisson_tail(np.array([max(seen, 0.0)]), np.array([expected]))[0])
    said = {
        "what": f"without the top {taken} objects",
        "trace": trace,
        "seen": max(seen, 0.0),
        "expected": expected,
        "p": p,
    }
    return said if window is None else said | {"window_seconds": window}


def _of_pair(frames: Frames, tables: Tables, pair: tuple[str, str], settings: Settings) -> dict[str, Any]:
    between = (pl.col("left") == pair[0]) & (pl.col("right") == pair[1])
    edges = frames["edges"].filter(between)
    asked, objects = ask_again(tables, pair, settings)
    told = {"kind": "pair", "id": ",".join(pair), "left": pair[0], "right": pair[1], "tests": asked}
    what_ifs = _edge_what_ifs(edges) + other_windows(asked, settings)
    return told | _listed(edges, objects) | {"counterfactuals": what_ifs}


def _listed(edges: pl.DataFrame, objects: pl.DataFrame) -> dict[str, Any]:
    """The strongest edges and the evidence on the least popular objects, and how many of each were left out."""
    edges = edges.sort("p", "left", "right", "window_seconds") if edges.height else edges
    objects = objects.sort("popularity", "object_id", "left", "right") if objects.height else objects
    return {
        "edges": edges.head(_LISTED).to_dicts(),
        "objects": objects.head(_LISTED).to_dicts(),
        "left_out": {"edges": max(edges.height - _LISTED, 0), "objects": max(objects.height - _LISTED, 0)},
    }
