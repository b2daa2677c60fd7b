"""The evidence for one cluster, account or pair: what was shared and when, expected against seen, and what if."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from detectors.detect import Tables
from detectors.explain_pair import ask_again, other_windows
from detectors.explaining.dossier import read_dossier
from detectors.explaining.order import account_order, with_leads
from detectors.explaining.what_if_answers import what_would_change
from detectors.explaining.what_ifs import WITHOUT
from detectors.ring_clusters.describing import KIND
from detectors.ring_clusters.what_ifs import is_ring, ring_answers, ring_dossier
from detectors.settings import Settings
from detectors.significance import poisson_tail
from graph.errors import NothingThere
from graph.schemas import APART_ROLES

_LISTED = 200  # edges and objects told at most; `left_out` counts the rest

Frames = Mapping[str, pl.DataFrame]


def explain(
    frames: Frames, tables: Tables, who: str, settings: Settings, calibration: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Explain a cluster id, an account id or a pair 'A,B' of a run: {kind, id, edges, objects, counterfactuals, ...}.

    `frames` are the run's, `settings` and `calibration` (of its record) those it was made with, `tables` the facts it read: what-ifs are asked of them
    again (docs/explanations.md). Raises NothingThere when the run knows no such cluster, account or pair.
    """
    if (frames["clusters"]["cluster_id"] == who).any():
        return _of_cluster(frames, tables, who, settings, calibration)
    known = frames["accounts"]["account_id"]
    if (known == who).any():
        return _of_account(frames, tables, who, settings)
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


def _of_cluster(
    frames: Frames, tables: Tables, cluster_id: str, settings: Settings, calibration: Mapping[str, Any] | None
) -> dict[str, Any]:
    if is_ring(frames, cluster_id):
        return _of_ring(frames, tables, cluster_id, settings)
    mine = {name: frames[name].filter(pl.col("cluster_id") == cluster_id) for name in _OF_CLUSTER}
    told: dict[str, Any] = {"kind": "cluster", "id": cluster_id, "cluster": mine["clusters"].row(0, named=True)}
    for name in ("members", "signals", "guards"):
        told[name] = mine[name].to_dicts()
    told["targets"] = _apart(mine["members"], frames["accounts"])
    dossier = read_dossier(frames, tables, cluster_id, settings, calibration)
    edges = with_leads(mine["edges"], dossier)
    return told | _listed(edges, mine["evidence"]) | what_would_change(dossier) | {"order": account_order(dossier)}


def _of_ring(frames: Frames, tables: Tables, cluster_id: str, settings: Settings) -> dict[str, Any]:
    """As of any cluster, and what is known of each takeover; nobody leads a ring of victims, so `order` is empty."""
    names = (*_OF_CLUSTER, *_OF_TAKEOVERS)
    mine = {name: frames[name].filter(pl.col("cluster_id") == cluster_id) for name in names}
    told: dict[str, Any] = {"kind": "cluster", "id": cluster_id, "cluster": mine["clusters"].row(0, named=True)}
    told |= {name: mine[name].to_dicts() for name in ("members", "signals", "guards", *_OF_TAKEOVERS)}
    answers = ring_answers(ring_dossier(frames, cluster_id, settings), tables.posts, tables.sessions, tables.actions)
    return told | {"targets": []} | _listed(mine["edges"], mine["evidence"]) | answers | {"order": []}


_OF_MEMBER = ("takeovers", "takeover_acts", "habit_changes")
_OF_TAKEOVERS = ("takeovers", "takeover_acts", "takeover_signs", "habit_changes")
_OF_CLUSTER = ("clusters", "members", "signals", "guards", "edges", "evidence")


def _apart(members: pl.DataFrame, accounts: pl.DataFrame) -> list[dict[str, Any]]:
    """Targets and bystanders with what the run says of them; they are shown with the cluster and are not in it."""
    beside = members.filter(pl.col("role").is_in(list(APART_ROLES))).select("account_id", "role", "score", "links")
    said = accounts.select("account_id", sentence=pl.col("reasons").list.first())
    return beside.join(said, on="account_id", how="left", maintain_order="left").to_dicts()


def _of_account(frames: Frames, tables: Tables, account: str, settings: Settings) -> dict[str, Any]:
    touched = (pl.col("left") == account) | (pl.col("right") == account)
    edges, evidence = frames["edges"].filter(touched), frames["evidence"].filter(touched)
    told = {
        "kind": "account",
        "id": account,
        "account": frames["accounts"].filter(pl.col("account_id") == account).row(0, named=True),
        "memberships": frames["members"].filter(pl.col("account_id") == account).to_dicts(),
    }
    strongest = _of_pairs(frames, edges).sort("p", "left", "right").head(1)
    told |= {name: frames[name].filter(pl.col("account_id") == account).to_dicts() for name in _OF_MEMBER}
    told |= {"cost_to_frame": _cost_to_frame(frames, tables, account, settings)}
    return told | _listed(edges, evidence) | {"counterfactuals": _edge_what_ifs(strongest)}


def _cost_to_frame(frames: Frames, tables: Tables, account: str, settings: Settings) -> list[dict[str, Any]]:
    """Per cluster the account is in or beside: what others did after it, and what it did after others."""
    clusters = frames["members"].filter(pl.col("account_id") == account)["cluster_id"].unique().sort()
    told = []
    for cluster_id in (one for one in clusters if not is_ring(frames, one)):
        order = account_order(read_dossier(frames, tables, cluster_id, settings))
        told += [{"cluster_id": cluster_id, **row} for row in order if row["account_id"] == account]
    return told


def _of_pairs(frames: Frames, edges: pl.DataFrame) -> pl.DataFrame:
    """The edges that a test of the pair made: those of a ring have the p of its signs, and nothing to be asked of the pair alone."""
    rings = frames["clusters"].filter(pl.col("kind") == KIND)["cluster_id"].implode()
    return edges.filter(~pl.col("cluster_id").is_in(rings).fill_null(value=False))


def _of_rings(frames: Frames, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that stand in rings: new things that both took up, with both times."""
    rings = frames["clusters"].filter(pl.col("kind") == KIND)["cluster_id"].implode()
    return rows.filter(pl.col("cluster_id").is_in(rings).fill_null(value=False))


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
    told["taken_up_together"] = _of_rings(frames, frames["evidence"].filter(between)).to_dicts()
    what_ifs = _edge_what_ifs(_of_pairs(frames, edges)) + other_windows(asked, settings)
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
