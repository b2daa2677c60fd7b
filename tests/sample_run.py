"""A small invented run: a copypasta ring of eight hostile names, three link friends, and bystanders. Nobody in it is real."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import polars as pl

from graph.results import RunRecord, RunResult, Stage
from graph.runs import StoredRun, save_run
from graph.schemas import RUN_SCHEMAS
from graph.workspace import Workspace

RING = "c-ring"
FRIENDS = "c-friends"
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SEED = 7

RING_ACCOUNTS = (
    "amber_kite_100",
    "<script>alert('name')</script>",
    '"><img src=x onerror=alert(1)>',
    '=HYPERLINK("http://pixel.example/x","open")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "ana\u202emoc.elpmaxe",
    "مرحبا_بالعالم",
    "新闻快报_88",
)
FRIEND_ACCOUNTS = ("-1+1", "हिन्दी_समाचार", "Новости 24")
FRAMED = {  # a reader whom the ring copied: shown with it, not in it
    "cluster_id": "c-ring",
    "account_id": "reader_00",
    "role": "target",
    "score": 0.3,
    "links": 3,
    "x": 0.9,
    "y": 0.7,
}
OTHERS = tuple(f"reader_{number:02d}" for number in range(12))
OBJECTS = {
    "text": ("f3a9c0", "b71e22", "0c44d1", "9d80aa", "77ab19", "e02f5c", "5b6c7d", "<b>4411aa</b>", "21fe08", "cc90d3"),
    "url": (
        "https://tide-letters.example/bridge-toll",
        'http://pixel.example/p.png"onmouseover="alert(2)',
        "javascript:alert(3)",
        "![x](http://pixel.example/a.png) :red[verified]",
        "https://tide-letters.example/ferry",
    ),
    "fast_share": ("post-9f03c1", "post-9f03c2", "post-9f03c3", "post-9f03c4", "post-9f03c5", "post-9f03c6"),
}
WINDOWS = {"text": 600, "url": 3600, "fast_share": 60}


def sample_result() -> RunResult:
    """The run with all its frames, the same on every call."""
    chance = random.Random(SEED)
    evidence = [*_evidence(chance, RING, RING_ACCOUNTS, 5), *_evidence(chance, FRIENDS, FRIEND_ACCOUNTS, 3)]
    evidence_frame = _frame("evidence", evidence).sort("cluster_id", "left", "right", "trace", "object_id", "left_at")
    edges = _edges(evidence_frame)
    inside = [*_members(RING, RING_ACCOUNTS, edges), *_members(FRIENDS, FRIEND_ACCOUNTS, edges)]
    members = _frame("members", [*inside, FRAMED])
    frames = {
        "clusters": _frame(
            "clusters", [_cluster(RING, RING_ACCOUNTS, edges), _cluster(FRIENDS, FRIEND_ACCOUNTS, edges)]
        ),
        "members": members,
        "edges": edges,
        "evidence": evidence_frame,
        "signals": _frame("signals", _signals()),
        "guards": _frame("guards", _guards()),
        "accounts": _frame("accounts", _accounts(members)),
        "nesting": _frame("nesting", _nesting()),
    }
    stages = (Stage("read facts", 2_184, 2_184, 0.1), Stage("pairs", 2_184, 61, 0.3), Stage("clusters", 31, 2, 0.1))
    return RunResult(_record(), frames, stages, START + timedelta(days=10), START + timedelta(days=10, seconds=1))


def save_sample_run(workspace: Workspace) -> StoredRun:
    """The run, written into `workspace`."""
    return save_run(workspace, sample_result())


def _record() -> RunRecord:
    return RunRecord(
        run_id="r-20260312-7f3a",
        facts_version="0123456789abcdef",
        parameters={"windows": [60, 600, 3600], "min_shared_objects": 3, "q": 0.01, "resolution": 0.05},
        seed=SEED,
        versions={"python": "3.11.7", "flockwatch": "0.1.0", "polars": "2.1.0", "igraph": "1.0.0"},
        inputs=(
            {"name": "march <posts>.csv", "sha256": "ab" * 32, "accepted": 2_100},
            {"name": "=late.jsonl", "sha256": "cd" * 32, "accepted": 84},
        ),
        data_from=START,
        data_until=START + timedelta(days=9),
        notes=("3 objects that more than 200 accounts touched were left out: too popular to tell anything.",),
    )


def _evidence(chance: random.Random, cluster: str, accounts: tuple[str, ...], share: int) -> Iterable[dict[str, Any]]:
    """For each object some members act shortly after one another; every pair of them within the window is a row."""
    for trace, objects in OBJECTS.items():
        for number, thing in enumerate(objects):
            if cluster == FRIENDS and trace != "url":
                continue
            base = START + timedelta(hours=21.5 * number + len(trace), minutes=chance.randrange(600))
            who = sorted(chance.sample(accounts, k=min(share, len(accounts))))
            at = {name: base + timedelta(seconds=chance.randrange(WINDOWS[trace] // 4)) for name in who}
            for left, right in combinations(who, 2):
                yield {
                    "cluster_id": cluster,
                    "left": left,
                    "right": right,
                    "trace": trace,
                    "window_seconds": WINDOWS[trace],
                    "object_id": thing,
                    "left_at": at[left],
                    "right_at": at[right],
                    "gap_s": (at[right] - at[left]).total_seconds(),
                    "left_post_id": f"p-{abs(hash_of(left + thing)):010d}",
                    "right_post_id": f"p-{abs(hash_of(right + thing)):010d}",
                    "popularity": len(who) + number,
                }


def hash_of(text: str) -> int:
    """A small number from a text, the same in every process."""
    return int.from_bytes(text.encode("utf-8", "replace")[:4].ljust(4, b"x"), "big")


def _edges(evidence: pl.DataFrame) -> pl.DataFrame:
    counted = evidence.group_by("cluster_id", "left", "right", "trace", "window_seconds").agg(
        n=pl.col("object_id").n_unique().cast(pl.Int64),
        min_gap_s=pl.col("gap_s").abs().min(),
        median_gap_s=pl.col("gap_s").abs().median(),
        left_leads=(pl.col("gap_s") > 0).mean() + (pl.col("gap_s") == 0).mean() / 2,
    )
    with_chance = counted.with_columns(
        expected=pl.col("n") / 25, p=pl.lit(10.0) ** (-1.6 * pl.col("n")), q=pl.lit(10.0) ** (-1.3 * pl.col("n"))
    )
    wanted = with_chance.select(pl.col(name).cast(kind) for name, kind in RUN_SCHEMAS["edges"].items())
    return wanted.sort("cluster_id", "left", "right", "trace")


def _members(cluster: str, accounts: tuple[str, ...], edges: pl.DataFrame) -> Iterable[dict[str, Any]]:
    roles = ("seeder", "core", "core", "core", "amplifier", "follower", "follower", "amplifier")
    places = ((0.1, 0.0), (0.4, 0.3), (-0.3, 0.4), (-0.1, -0.5), (0.7, -0.2), (-0.7, -0.3), (0.9, 0.7), (-0.9, 0.8))
    for number, account in enumerate(sorted(accounts)):
        touching = edges.filter((pl.col("left") == account) | (pl.col("right") == account))
        yield {
            "cluster_id": cluster,
            "account_id": account,
            "role": roles[number] if cluster == RING else "core",
            "score": round(0.97 - 0.06 * number, 2),
            "links": touching.select(pl.struct("left", "right").n_unique()).item(),
            "stability": round(0.99 - 0.05 * number, 2),
            "tightness": round(0.9 - 0.1 * number, 2),
            "x": places[number][0],
            "y": places[number][1],
        }


def _cluster(cluster: str, accounts: tuple[str, ...], edges: pl.DataFrame) -> dict[str, Any]:
    own = edges.filter(pl.col("cluster_id") == cluster)
    pairs = own.select(pl.struct("left", "right").n_unique()).item()
    is_ring = cluster == RING
    return {
        "cluster_id": cluster,
        "kind": "coordinated",
        "tier": "alert" if is_ring else "review",
        "risk": 0.94 if is_ring else 0.48,
        "confidence": 0.88 if is_ring else 0.35,
        "size": len(accounts),
        "stability": 0.93 if is_ring else 0.31,
        "badge": "solid" if is_ring else "do not escalate",
        "tightness": 0.8 if is_ring else 0.1,
        "agreement": 0.9 if is_ring else None,
        "reach": 12 if is_ring else 0,
        "severity": 0.6 if is_ring else 0.0,
        "edges": pairs,
        "density": pairs / (len(accounts) * (len(accounts) - 1) / 2),
        "traces": ["text", "fast_share", "url"] if is_ring else ["url"],
        "first_at": START,
        "last_at": START + timedelta(days=9),
        "title": f"{len(accounts)} accounts, near-copied text" if is_ring else "3 accounts, same links",
        "sentence": "These accounts posted the same 10 texts a median 47 s apart, 100 times in 9 days. Accounts with the "
        "same language, size and active hours do so about 4 times. By chance: about 1 in 400,000.",
    }


def _signals() -> Iterable[dict[str, Any]]:
    rows = (
        (
            "near-copied text",
            "text",
            0.96,
            100.0,
            4.0,
            1.0,
            8.0,
            2.5e-6,
            "100 near-identical pairs of posts; 4 expected.",
        ),
        ("quick shares", "synchrony", 0.81, 60.0, 7.5, 3.0, 13.0, 1e-9, "60 shares within a minute; 7.5 expected."),
        ("same links", "overlap", 0.42, 50.0, 16.0, 9.0, 24.0, 0.002, "50 posts of the same links; 16 expected."),
        ("replies", "overlap", 0.05, 26.0, 20.0, 11.0, 30.0, 0.12, "26 replies to the same posts; 20 expected."),
        ("same app", "infrastructure", 0.2, 8.0, 0.0, 0.0, 0.0, None, "All 8 post from one app nobody else here uses."),
    )
    names = list(RUN_SCHEMAS["signals"])
    return [dict(zip(names, (RING, *row), strict=True)) for row in rows]


def _guards() -> Iterable[dict[str, Any]]:
    rows = (
        ("Event crowd", "ruled out", "3 % of the texts carry a trending tag; an event crowd carries at least 40 %."),
        ("Same-language community", "explains little", "Matched accounts do this 4 times, this group 100."),
        ("Fan club", "explains part", "5 of 8 follow one account; without it the risk is 0.71."),
        (
            "Shared scheduler",
            "open",
            "The export names no client for half of the posts; a list of clients would clear it.",
        ),
    )
    names = list(RUN_SCHEMAS["guards"])
    return [dict(zip(names, (RING, *row, "", 1.0), strict=True)) for row in rows]


def _nesting() -> Iterable[dict[str, Any]]:
    """A coarser look joins both clusters; the ring holds itself at a finer one."""
    both = {"relation": "coarser", "resolution": 0.1, "group_id": "G-both", "size": 11, "clusters": [FRIENDS, RING]}
    yield {**both, "cluster_id": FRIENDS, "shared": 3}
    yield {**both, "cluster_id": RING, "shared": 8}
    yield {
        **both,
        "cluster_id": RING,
        "relation": "finer",
        "resolution": 2.0,
        "size": 6,
        "shared": 6,
        "clusters": [RING],
    }


def _accounts(members: pl.DataFrame) -> Iterable[dict[str, Any]]:
    for row in members.filter(pl.col("role") != "target").iter_rows(named=True):
        yield {
            "account_id": row["account_id"],
            "score": row["score"],
            "tier": "alert" if row["cluster_id"] == RING else "review",
            "cluster_id": row["cluster_id"],
            "kind": "coordinated",
            "reasons": ["near-copied text", "quick shares"],
            "actions": 40 + row["links"],
        }
    said = "Possible target of c-ring, not a member. Others copied this account <b>8 times</b>; it never came second."
    for number, account in enumerate(OTHERS):
        tier, reasons = ("linked", [said]) if account == FRAMED["account_id"] else ("none", [])
        yield {"account_id": account, "score": number / 100, "tier": tier, "reasons": reasons, "actions": 5 + number}


def _frame(name: str, rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    schema = dict(RUN_SCHEMAS[name])
    filled = [{column: row.get(column) for column in schema} for row in rows]
    return pl.DataFrame(filled, schema=schema, infer_schema_length=None)
