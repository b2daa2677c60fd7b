"""Small made-up worlds with known truth, seeded: who acts on what, when."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from graph.schemas import ACTION_SCHEMA

START = datetime(2024, 3, 1, tzinfo=UTC)
Row = tuple[str, str, str, float]  # account, trace, object, seconds after START


def actions_of(rows: list[Row]) -> pl.DataFrame:
    """ACTION rows; each gets a post of its own, and the first letters of the object as block."""
    return pl.DataFrame(
        [
            {
                "account_id": account,
                "trace": trace,
                "object_id": item,
                "at": START + timedelta(seconds=at),
                "post_id": f"post-{number:06d}",
                "block": item.split("-")[0],
                "source": "made up",
                "line": number,
            }
            for number, (account, trace, item, at) in enumerate(rows)
        ],
        schema=dict(ACTION_SCHEMA),
    )


def quiet_rows(seed: int, accounts: int = 400, objects: int = 600, acts: int = 6_000, days: int = 7) -> list[Row]:
    """Accounts of uneven activity acting on objects of uneven popularity at any time: nobody coordinates."""
    draw = np.random.default_rng(seed)
    busy = 1 / np.arange(1, accounts + 1) ** 0.6
    liked = 1 / np.arange(1, objects + 1) ** 0.7
    who = draw.choice(accounts, acts, p=busy / busy.sum())
    what = draw.choice(objects, acts, p=liked / liked.sum())
    when = draw.uniform(0, days * 86_400, acts)
    return [(f"user{a:04d}", "share", f"p-{o}", float(t)) for a, o, t in zip(who, what, when, strict=True)]


def ring_rows(seed: int, members: int = 8, objects: int = 12, spread: float = 40.0, days: int = 7) -> list[Row]:
    """A ring whose members share the same objects within `spread` seconds."""
    draw = np.random.default_rng(seed)
    rows: list[Row] = []
    for number in range(objects):
        start = draw.uniform(0, days * 86_400 - 3600)
        took_part = draw.random(members) < 0.9
        rows += [
            (f"ring{m:02d}", "share", f"r{number}-x", float(start + draw.uniform(0, spread)))
            for m in range(members)
            if took_part[m]
        ]
    return rows


def quick_and_slow_rings(rings: int = 24) -> list[Row]:
    """Rings of six in a quiet crowd: those of odd number act within seconds, the others within half an hour."""
    rows = quiet_rows(1)
    for number in range(rings):
        ring = ring_rows(100 + number, members=6, objects=14, spread=8.0 if number % 2 else 1_500.0)
        rows += [(f"{account}-{number:02d}", trace, f"w{number}-{item}", at) for account, trace, item, at in ring]
    return rows


def lives_of(rows: list[Row], each: int = 14, days: int = 7) -> list[Row]:
    """Things that the accounts of `rows` do each for itself: who does nothing else but act jointly looks like a mirror."""
    draw = np.random.default_rng(11)
    return [
        (who, "share", f"own-{who}-{number}", float(draw.uniform(0, days * 86_400)))
        for who in sorted({row[0] for row in rows})
        for number in range(each)
    ]
