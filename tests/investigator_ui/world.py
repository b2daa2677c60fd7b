"""An invented workspace for the pages: three clusters (one of forty, one of hostile names), quiet readers, matching facts."""

import math
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl

from graph.facts import Part, Source, publish_facts
from graph.local.store import rebuild_graph
from graph.results import RunRecord, RunResult, Stage
from graph.runs import StoredRun, save_run
from graph.schemas import APART_ROLES, FACT_SCHEMAS, RUN_SCHEMAS, FrameSchema
from graph.workspace import Workspace, open_workspace

BIG, TAGS, HOSTILE = "C-2291", "C-2288", "C-2304"
START = datetime(2026, 11, 6, 3, 12, 3, tzinfo=UTC)
RUN_ID, EARLIER_RUN_ID = "r-0412-7f3a", "r-0411-19bc"
SOURCE = "ab" * 32
HOSTILE_NAMES = (
    "<script>alert('name')</script>",
    '"><img src=http://pixel.example/a.png onerror=alert(1)>',
    '=HYPERLINK("http://pixel.example/x","open")',
    "ana\u202emoc.elpmaxe",
    "![x](http://pixel.example/b.png)",
    ":red[verified] :material/verified:",
    "[click](javascript:alert(2))",
    "</script><script>document.title='gone'</script>",
)
HOSTILE_TEXT = (
    "![x](http://pixel.example/c.png) <b>bold</b> :red[verified] =1+1 ana\u202eb #votenow http://pixel.example/t?id=1"
)
_ADJECTIVES = ("amber", "quiet", "north", "paper", "salt", "copper", "early", "plain", "river", "glass")
_NOUNS = ("kite", "lamp", "harbor", "sparrow", "meadow", "anchor", "button", "ladder")
BIG_NAMES = tuple(f"{_ADJECTIVES[i * 7 % 10]}_{_NOUNS[i * 3 % 8]}_{100 + i * 37 % 899}" for i in range(40))
TAG_NAMES = tuple(f"tagger_{i:02d}" for i in range(12))
READERS = tuple(f"reader_{i:02d}" for i in range(10))
_OBJECTS = {
    "fast_share": tuple(f"author{i:02d}" for i in range(6)),
    "share": tuple(f"9f{i:02x}77c1a2b3c4d5e6f7a8b9c0d1" for i in range(16)),
    "url": (
        "https://tide-letters.example/bridge-toll",
        "https://tide-letters.example/ferry",
        "https://harbor.example/a?b=1",
    ),
    "text": ("5ab70de1c2f3a4b5", "77ab19c2d3e4f5a6"),
    "hashtag_sequence": ("nobridgetoll harbor voteno", "harbor ferry toll", "voteno now"),
}
_USES = {BIG: ("share", "url", "text"), TAGS: ("hashtag_sequence",), HOSTILE: ("url", "hashtag_sequence")}
_HOSTILE_OBJECTS = {
    "url": ("javascript:alert(3)", 'http://pixel.example/p.png"onmouseover="alert(4)'),
    "hashtag_sequence": ("![x](http://pixel.example/d.png)", "<svg/onload=alert(5)>"),
}
HOSTILE_THING = "![x](http://pixel.example/d) <img src=x onerror=alert(7)> :red[device] =1+1"
_HOSTILE_HABITS: tuple[tuple[str, list[str], list[str], list[str], str], ...] = (
    (
        "device",
        ["own <b>phone</b>"],
        [HOSTILE_THING],
        [HOSTILE_THING],
        f"Never seen before: the device {HOSTILE_THING} (50 % after); until then it used the device own 90 % of the time.",
    ),
    ("client", ["web", "app"], [], [], "Nothing new: until then it used web 90 % of the time."),
    ("domain", ["news.example"], ["pixel.example"], [], "Never seen before: links to pixel.example (50 % after)."),
    (
        "hour",
        ["9", "20"],
        ["3"],
        [],
        "98 % of what it did fell between 8 and 23 h (UTC) until then; 50 % fell outside after.",
    ),
)
_WINDOWS = {"share": 60, "url": 600, "text": 3600, "hashtag_sequence": 3600}
_FAMILY = {"share": "overlap", "url": "overlap", "text": "text", "hashtag_sequence": "overlap"}


def account_id(name: str) -> str:
    """Ids differ from handles, as in a real export; hostile names are hostile in the id, too."""
    return name if name in HOSTILE_NAMES else f"id-{name}"


CLUSTERS = {
    BIG: tuple(account_id(name) for name in BIG_NAMES),
    TAGS: tuple(account_id(name) for name in TAG_NAMES),
    HOSTILE: tuple(account_id(name) for name in HOSTILE_NAMES),
}


def build_world(path: Path) -> Workspace:
    """The workspace at `path`: facts, graph and two runs."""
    workspace = open_workspace(path, create=True)
    publish_world_facts(workspace)
    rebuild_graph(workspace)
    save_world_run(workspace, EARLIER_RUN_ID, (TAGS,))
    save_world_run(workspace, RUN_ID, (BIG, TAGS, HOSTILE))
    return workspace


def save_world_run(workspace: Workspace, run_id: str, clusters: tuple[str, ...], shadow: bool = False) -> StoredRun:
    evidence = frame("evidence", [row for cluster in clusters for row in _evidence(cluster)])
    edges = _edges(evidence)
    beside = _beside() if BIG in clusters else ()
    members = frame("members", [*(row for cluster in clusters for row in _members(cluster, edges)), *beside])
    frames = {
        "clusters": frame("clusters", [_cluster(cluster, edges, evidence) for cluster in clusters]),
        "members": members,
        "edges": edges,
        "evidence": evidence,
        "signals": frame("signals", [row for cluster in clusters for row in _signals(cluster, evidence)]),
        "guards": frame("guards", [row for cluster in clusters for row in _guards(cluster)]),
        "accounts": frame("accounts", list(_results(members))),
        "nesting": frame("nesting", [row for cluster in clusters for row in _nesting(cluster, clusters)]),
        **(_ring() if HOSTILE in clusters else {}),
    }
    stages = (
        Stage("actions read", 50_412, 50_412, 3.1),
        Stage("objects that can tell", 50_412, 9_204, 1.4, "touched once, or by too many"),
        Stage("pairs in the window", 9_204, 3_118, 9.5),
        Stage("pairs beyond chance", 3_118, 612, 2.0),
        Stage("clusters", 612, len(clusters), 0.4),
    )
    finished = START + timedelta(days=10 if run_id == RUN_ID else 9)
    return save_run(workspace, RunResult(_record(run_id, shadow), frames, stages, finished, finished))


def publish_world_facts(workspace: Workspace) -> None:
    evidence = frame("evidence", [row for cluster in CLUSTERS for row in _evidence(cluster)])
    tables = {
        "accounts": _accounts(),
        "posts": _posts(evidence),
        "actions": _actions(evidence),
        "interactions": _interactions(),
        "quarantine": _quarantine(),
    }
    parts = []
    workspace.facts.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        table = frame(name, rows, FACT_SCHEMAS)
        table.write_parquet(workspace.facts / f"{name}-0.parquet")
        parts.append(Part(name, f"{name}-0.parquet", table.height, SOURCE))
    source = Source(
        SOURCE, "march <posts>.csv", "posts", 50_440, 50_412, 14, 9, 5, 3, {"bad_id": 11, "bad_timestamp": 3}
    )
    publish_facts(workspace, [source], parts)


def frame(table: str, rows: list[dict[str, Any]], schemas: Mapping[str, FrameSchema] = RUN_SCHEMAS) -> pl.DataFrame:
    """The rows with every column of the table's schema; columns that are not named are null."""
    schema = schemas[table]
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=dict(schema))


def _record(run_id: str, shadow: bool) -> RunRecord:
    return RunRecord(
        run_id=run_id,
        facts_version="0123456789abcdef",
        parameters={
            "windows": [60, 600, 3600],
            "min_shared_objects": 3,
            "q": 0.01,
            "communities": {"resolution": 0.05},
        },
        seed=7,
        versions={"python": "3.11.7", "flockwatch": "0.1.0", "polars": "2.1.0", "igraph": "1.0.0"},
        inputs=({"name": "march <posts>.csv", "sha256": SOURCE, "accepted": 50_412},),
        data_from=START,
        data_until=START + timedelta(days=9),
        shadow=shadow,
        notes=("3 objects that more than 200 accounts touched were left out: too popular to tell anything.",),
    )


def _evidence(cluster: str) -> Iterator[dict[str, Any]]:
    """For each object some members act shortly after one another; every pair within the window is a row."""
    chance = random.Random(f"{cluster} 7")
    accounts = CLUSTERS[cluster]
    for trace in _USES[cluster]:
        objects = _HOSTILE_OBJECTS[trace] if cluster == HOSTILE else _OBJECTS[trace]
        for number, thing in enumerate(objects):
            base = START + timedelta(hours=11.5 * number + len(trace), minutes=chance.randrange(500))
            half = accounts[:: 1 + number % 2]
            who = sorted({accounts[number % 3], *chance.sample(half, k=min(len(half), 9 if cluster == BIG else 5))})
            at = {name: base + timedelta(seconds=chance.randrange(_WINDOWS[trace] // 4)) for name in who}
            for left, right in combinations(who, 2):
                yield {
                    "cluster_id": cluster,
                    "left": left,
                    "right": right,
                    "trace": trace,
                    "window_seconds": _WINDOWS[trace],
                    "object_id": thing,
                    "left_at": at[left],
                    "right_at": at[right],
                    "gap_s": (at[right] - at[left]).total_seconds(),
                    "left_post_id": post_id(left, trace, thing),
                    "right_post_id": post_id(right, trace, thing),
                    "popularity": len(who) + 3 * number,
                }


def post_id(account: str, trace: str, thing: str) -> str:
    return f"p-{random.Random(f'{account} {trace} {thing}').randrange(10**12):012d}"


def _edges(evidence: pl.DataFrame) -> pl.DataFrame:
    counted = evidence.group_by("cluster_id", "left", "right", "trace", "window_seconds").agg(
        n=pl.col("object_id").n_unique().cast(pl.Int64),
        min_gap_s=pl.col("gap_s").abs().min(),
        median_gap_s=pl.col("gap_s").abs().median(),
        left_leads=(pl.col("gap_s") > 0).mean() + (pl.col("gap_s") == 0).mean() / 2,
    )
    told = counted.with_columns(
        expected=pl.col("n") / 31, p=pl.lit(10.0) ** (-1.9 * pl.col("n")), q=pl.lit(10.0) ** (-1.3 * pl.col("n"))
    )
    return told.select(pl.col(name).cast(kind) for name, kind in RUN_SCHEMAS["edges"].items()).sort(
        "cluster_id", "left", "right", "trace"
    )


def _members(cluster: str, edges: pl.DataFrame) -> Iterator[dict[str, Any]]:
    accounts = CLUSTERS[cluster]
    mine = edges.filter(pl.col("cluster_id") == cluster)
    for place, account in enumerate(accounts):
        touching = mine.filter((pl.col("left") == account) | (pl.col("right") == account))
        links = touching.select(pl.struct("left", "right").n_unique()).item() if touching.height else 0
        share = place / len(accounts)
        role = (
            "victim"
            if cluster == HOSTILE
            else "seeder"
            if place < 3
            else "core"
            if share < 0.4
            else "amplifier"
            if share < 0.7
            else "follower"
        )
        radius, angle = 0.15 + 0.8 * share, 2.4 * place
        yield {
            "cluster_id": cluster,
            "account_id": account,
            "role": role,
            "score": round(0.97 - 0.6 * share, 2),
            "links": links,
            "stability": round(1 - 0.5 * share, 2),
            "tightness": round(0.9 - 0.6 * share, 2),
            "x": radius * math.cos(angle),
            "y": radius * math.sin(angle),
        }


def _ring() -> dict[str, pl.DataFrame]:
    """What the run says of the hostile ring: eight accounts taken over one after another, with things of hostile names."""
    rows = [_takeover(place, account) for place, account in enumerate(CLUSTERS[HOSTILE])]
    changes = [_change(row, *said) for row in rows for said in _HOSTILE_HABITS]
    deeds = [
        {"cluster_id": HOSTILE, "account_id": row["account_id"], "what": what, "before": before, "after": after}
        for row in rows
        for what, before, after in (("login", 6, 9), ("login_failed", 0, 12), ("post", 14, 15), (HOSTILE_THING, 0, 1))
    ]
    signs = [
        {
            "cluster_id": HOSTILE,
            "feature": "device",
            "value": HOSTILE_THING,
            "accounts": 8,
            "since": rows[0]["at"],
            "until": rows[-1]["at"],
            "adopted": 9,
            "broke": 8,
            "expected": 0.4,
            "p": 2e-9,
            "q": 1e-7,
        },
        {
            "cluster_id": HOSTILE,
            "feature": "url",
            "value": _HOSTILE_OBJECTS["url"][1],
            "other_feature": "client",
            "other_value": ":red[client]",
            "accounts": 5,
            "since": rows[0]["at"],
            "until": rows[4]["at"],
            "adopted": 5,
            "expected": 0.01,
            "p": 1e-4,
            "q": 1e-3,
        },
    ]
    return {
        "takeovers": frame("takeovers", rows),
        "takeover_acts": frame("takeover_acts", deeds),
        "habit_changes": frame("habit_changes", changes),
        "takeover_signs": frame("takeover_signs", signs),
    }


def _takeover(place: int, account: str) -> dict[str, Any]:
    """The third slept for months, the fourth has no event before, the last two never came back, the last shows no owner."""
    at = START + timedelta(hours=10, minutes=20 * place)
    asleep = timedelta(days=200) if place == 2 else timedelta(hours=5 + place)
    return {
        "cluster_id": HOSTILE,
        "account_id": account,
        "not_before": None if place == 3 else at - asleep,
        "at": at,
        "events": 30,
        "new_before": 0.1,
        "new_after": 0.6,
        "owner_stays": None if place == 6 else 0.0 if place == 7 else 0.5,
        "failed": 3 if place < 4 else 0,
        "fought": 2 if place < 6 else 0,
        "rekeyed": 1 if place == 0 else 0,
        "recovered_at": None if place >= 6 else at + timedelta(days=40 if place == 5 else 3),
        "dormant_days": asleep.total_seconds() / 86_400,
        "age_days": 900.0,
        "victim_index": 0.9,
        "first_act_at": at + timedelta(minutes=4),
        "first_act": f"a post from {HOSTILE_THING}",
        "first_post_id": f"p-{place}",
    }


def _change(
    row: dict[str, Any], feature: str, usual: list[str], after: list[str], ties: list[str], sentence: str
) -> dict[str, Any]:
    return {
        "cluster_id": HOSTILE,
        "account_id": row["account_id"],
        "feature": feature,
        "usual": usual,
        "usual_shares": [0.9, 0.1][: len(usual)],
        "after": after,
        "after_shares": [0.5, 0.2][: len(after)],
        "ties": ties,
        "before": 40,
        "since": 12,
        "sentence": sentence,
    }


def _beside() -> Iterator[dict[str, Any]]:
    """A reader whom the big cluster copied: shown with it, not in it."""
    where = {"cluster_id": BIG, "score": 0.3, "x": 0.9, "y": -0.9}
    yield {**where, "account_id": account_id(READERS[0]), "role": "target", "links": 2}
    yield {**where, "account_id": account_id(READERS[1]), "role": "bystander", "links": 0}


def _cluster(cluster: str, edges: pl.DataFrame, evidence: pl.DataFrame) -> dict[str, Any]:
    mine, seen = edges.filter(pl.col("cluster_id") == cluster), evidence.filter(pl.col("cluster_id") == cluster)
    size = len(CLUSTERS[cluster])
    titles = {BIG: "40 accounts, shares", TAGS: "12 accounts, hashtag order", HOSTILE: "8 accounts, <b>same links</b>"}
    sentences = {
        BIG: "These 40 accounts shared the same 16 posts a median 6 s apart, 412 times in 9 days; accounts like them do so about 13 times. By chance: about 1 in 400,000.",
        TAGS: "These 12 accounts used the same 3 hashtag sequences in the same order, 31 times; accounts like them do so about 4 times. By chance: about 1 in 900.",
        HOSTILE: "These 8 accounts posted ![x](http://pixel.example/s.png) <img src=x onerror=alert(6)> :red[verified] 9 times; like accounts 1 time.",
    }
    return {
        "cluster_id": cluster,
        "kind": "compromised" if cluster == HOSTILE else "coordinated",
        "type": "compromised" if cluster == HOSTILE else None,
        "tier": "review" if cluster == TAGS else "alert",
        "risk": {BIG: 0.94, TAGS: 0.61, HOSTILE: 0.87}[cluster],
        "confidence": {BIG: 0.9, TAGS: 0.55, HOSTILE: 0.4}[cluster],
        "size": size,
        "stability": {BIG: 0.91, TAGS: 0.62, HOSTILE: 0.34}[cluster],
        "badge": {BIG: "solid", TAGS: "fragile", HOSTILE: "do not escalate"}[cluster],
        "tightness": {BIG: 0.8, TAGS: 0.4, HOSTILE: 0.1}[cluster],
        "agreement": None if cluster == TAGS else 0.9,
        "reach": {BIG: 1_204, TAGS: 80, HOSTILE: 0}[cluster],
        "severity": {BIG: 0.7, TAGS: 0.4, HOSTILE: 0.0}[cluster],
        "edges": mine.height,
        "density": mine.select("left", "right").n_unique() / math.comb(size, 2),
        "traces": list(_USES[cluster]),
        "first_at": seen["left_at"].min(),
        "last_at": seen["right_at"].max(),
        "title": titles[cluster],
        "sentence": sentences[cluster],
    }


def _nesting(cluster: str, clusters: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """A wider look joins the big cluster and the hostile one, a finer one divides the big one; the others stand as they are."""
    size = len(CLUSTERS[cluster])
    joined = [name for name in (BIG, HOSTILE) if name in clusters]
    told = {"cluster_id": cluster, "relation": "finer", "resolution": 2.0, "size": size, "shared": size}
    if cluster in joined:
        wide = 3 + sum(len(CLUSTERS[name]) for name in joined)
        yield {**told, "relation": "coarser", "resolution": 0.1, "group_id": "G-wide", "size": wide, "clusters": joined}
    if cluster == BIG:
        yield {**told, "group_id": "G-left", "size": 22, "shared": 22, "clusters": [BIG]}
        yield {**told, "group_id": "G-right", "size": 14, "shared": 13, "clusters": [BIG]}
    else:
        yield {**told, "group_id": f"G{cluster[1:]}", "clusters": [cluster]}


def _signals(cluster: str, evidence: pl.DataFrame) -> Iterator[dict[str, Any]]:
    figures = {"share": (412.0, 13.3), "url": (96.0, 8.0), "text": (57.0, 13.9), "hashtag_sequence": (31.0, 4.2)}
    for place, trace in enumerate(_USES[cluster]):
        seen, expected = figures[trace]
        for sign, worth, times in (("overlap", 0.9, 1.0), ("synchrony", 0.6, 0.4)):
            yield {
                "cluster_id": cluster,
                "name": f"{trace}_{sign}",
                "family": _FAMILY[trace] if sign == "overlap" else "synchrony",
                "value": worth - 0.1 * place,
                "seen": seen * times,
                "expected": expected * times,
                "low": expected * times * 0.5,
                "high": expected * times * 1.9,
                "p": 2.3e-6,
                "sentence": f"They did so {seen * times:.0f} times; chance explains {expected * times:.0f}.",
            }
    yield {
        "cluster_id": cluster,
        "name": "reply_overlap",
        "family": "overlap",
        "value": 0.05,
        "seen": 26.0,
        "expected": 20.0,
        "low": 12.0,
        "high": 30.0,
        "p": 0.2,
        "sentence": "They replied to the same posts 26 times; chance explains 20.",
    }


def _guards(cluster: str) -> Iterator[dict[str, Any]]:
    said = (
        (
            "Event hashtag",
            "ruled out",
            "3 % of the shared posts carry a trending tag; an event crowd carries at least 40 %.",
        ),
        (
            "Fan club",
            "explains little",
            "12 % of the shared posts come from one author; fans take most of theirs from one.",
        ),
        (
            "Same app",
            "explains part",
            "11 of 40 post through one scheduler. Without them 29 accounts still stand at 24 times.",
        ),
        ("Common interest", "open", "Who follows whom is not in this export, so this cannot be tested."),
    )
    for name, verdict, sentence in said:
        yield {"cluster_id": cluster, "name": name, "verdict": verdict, "sentence": sentence, "tag": "", "cap": 1.0}


def _results(members: pl.DataFrame) -> Iterator[dict[str, Any]]:
    seen = set()
    for row in members.iter_rows(named=True):
        if row["account_id"] not in seen:
            seen.add(row["account_id"])
            if row["role"] in APART_ROLES:
                said = "Others copied this account within a median of 14 s, 8 times (96 acts of theirs); it never came second."
                reason = f"Possible target of {BIG}, not a member. {said}"
                yield {
                    "account_id": row["account_id"],
                    "score": 0.3,
                    "tier": "linked",
                    "reasons": [reason],
                    "actions": 20,
                }
                continue
            yield {
                "account_id": row["account_id"],
                "score": row["score"],
                "tier": "alert",
                "cluster_id": row["cluster_id"],
                "kind": "coordinated",
                "reasons": [f"Acted alike with {row['links']} accounts beyond chance."],
                "actions": 40,
            }
    for name in READERS:
        if account_id(name) in seen:
            continue
        yield {"account_id": account_id(name), "score": 0.02, "tier": "none", "reasons": [], "actions": 20}


def _accounts() -> list[dict[str, Any]]:
    chance = random.Random(5)
    names = (*BIG_NAMES, *TAG_NAMES, *HOSTILE_NAMES, *READERS)
    return [
        {
            "account_id": account_id(name),
            "platform": "invented",
            "handle": name,
            "created_at": START - timedelta(days=chance.randrange(3, 2_000)),
            "followers": chance.randrange(3, 90_000),
            "following": chance.randrange(3, 900),
            "protection_tier": "candidate" if name == BIG_NAMES[5] else None,
            "status": "active",
            "source": SOURCE,
            "line": line,
        }
        for line, name in enumerate(names, 2)
    ]


def _acts(evidence: pl.DataFrame) -> pl.DataFrame:
    sides = [
        evidence.select("trace", "object_id", account_id=side, at=f"{side}_at", post_id=f"{side}_post_id")
        for side in ("left", "right")
    ]
    return pl.concat(sides).unique().sort("at", "account_id", "trace", "object_id")


def _actions(evidence: pl.DataFrame) -> list[dict[str, Any]]:
    chance = random.Random(11)
    rows = [
        {**row, "source": SOURCE, "line": line} for line, row in enumerate(_acts(evidence).iter_rows(named=True), 2)
    ]
    everybody = [*(id_ for ids in CLUSTERS.values() for id_ in ids), *(account_id(name) for name in READERS)]
    for place, account in enumerate(everybody):
        for number in range(20):
            at = START + timedelta(seconds=chance.randrange(9 * 86_400))
            rows.append(
                {
                    "account_id": account,
                    "trace": chance.choice(("share", "url", "hashtag", "reply")),
                    "object_id": f"own-{chance.randrange(400)}",
                    "at": at,
                    "post_id": f"own-{place}-{number}",
                    "source": SOURCE,
                    "line": 10_000 + 20 * place + number,
                }
            )
    return rows


def _posts(evidence: pl.DataFrame) -> list[dict[str, Any]]:
    words = "Tell the council: no toll on the harbour bridge, they sold us out #nobridgetoll https://tide-letters.example/bridge-toll"
    hostile = set(CLUSTERS[HOSTILE])
    acts = _acts(evidence).unique("post_id", keep="first", maintain_order=True)
    return [
        {
            "post_id": row["post_id"],
            "account_id": row["account_id"],
            "at": row["at"],
            "kind": "post",
            "text": HOSTILE_TEXT if row["account_id"] in hostile else words,
            "lang": "en",
            "source": SOURCE,
            "line": line,
        }
        for line, row in enumerate(acts.iter_rows(named=True), 2)
    ]


def _interactions() -> list[dict[str, Any]]:
    chance = random.Random(3)
    ids = [id_ for members in CLUSTERS.values() for id_ in members] + [account_id(name) for name in READERS]
    rows = []
    for line in range(400):
        one, other = chance.sample(ids, 2)
        rows.append(
            {
                "account_id": one,
                "other_id": other,
                "kind": chance.choice(("reply", "mention", "share")),
                "at": START + timedelta(seconds=chance.randrange(9 * 86_400)),
                "post_id": f"i-{line}",
                "source": SOURCE,
                "line": line + 2,
            }
        )
    return rows


def _quarantine() -> list[dict[str, Any]]:
    bad = [("bad_id", "account_id 1.23E+17 lost its last digits in a spreadsheet")] * 11
    bad += [("bad_timestamp", "time '2026-13-01' is not a date <img src=http://pixel.example/q.png>")] * 3
    return [
        {
            "file": "march <posts>.csv",
            "source": SOURCE,
            "line": 90 + line,
            "column": "account_id",
            "reason": reason,
            "message": message,
            "original": b"x",
        }
        for line, (reason, message) in enumerate(bad)
    ]
