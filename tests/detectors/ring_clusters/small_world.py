"""A small town of people who sign in and post every day, and a ring that takes some of their accounts within two hours."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from detectors import Tables
from graph.schemas import ACCOUNT_SCHEMA, ACTION_SCHEMA, POST_SCHEMA, SESSION_SCHEMA, FrameSchema

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
TAKEN = START + timedelta(days=40)
PEOPLE, DAYS = 120, 50
VICTIMS = tuple(f"p{number:03d}" for number in range(0, 40, 5))  # eight
DEVICE, PROVIDER, LINK = "foreign-device", "AS666", "https://prize.example/now"
Rows = list[dict[str, Any]]


def town(
    *,
    posts: bool = True,
    sessions: bool = True,
    fought: bool = True,
    owners_stay: bool = True,
    extra: Rows | None = None,
) -> Tables:
    """The tables of a run. `fought`: resets after; `owners_stay`: the owners go on signing in beside the newcomer; `extra`: more sessions."""
    came, wrote = [], []
    for number in range(PEOPLE):
        for day in range(DAYS):
            account, at = f"p{number:03d}", START + timedelta(days=day, minutes=7 * number % 300)
            gone = account in VICTIMS and at >= TAKEN and not owners_stay
            if not gone:
                came.append(login(account, at, f"d{number}", f"AS{number % 9}", "NO"))
                wrote.append(
                    post(account, at + timedelta(minutes=5), "app", f"https://site{number}.example/{day}", "nb")
                )
        if number % 11 == 0:  # somebody forgets a password now and then
            came.append(
                login(
                    f"p{number:03d}", START + timedelta(days=number % 40), f"d{number}", None, None, "reset_requested"
                )
            )
    came += [row for number, account in enumerate(VICTIMS) for row in intrusion(account, number, fought)]
    wrote += [
        post(account, taken_at(number) + timedelta(hours=1), "bulk", LINK, "en")
        for number, account in enumerate(VICTIMS)
    ]
    return tables(wrote if posts else [], (came + (extra or [])) if sessions else [])


def taken_at(number: int) -> datetime:
    return TAKEN + timedelta(hours=6, minutes=15 * number)


def intrusion(account: str, number: int, fought: bool) -> Rows:
    at = taken_at(number)
    foreign = [login(account, at + timedelta(hours=4 * step), DEVICE, PROVIDER, "XX") for step in range(4)]
    back = [login(account, at + timedelta(hours=20), None, None, None, "reset_requested")] if fought else []
    return [*foreign, *back]


def login(
    account: str, at: datetime, device: str | None, asn: str | None, country: str | None, event: str = "login"
) -> dict[str, Any]:
    return {
        "account_id": account,
        "at": at,
        "event": event,
        "asn": asn,
        "country": country,
        "device": device,
        "success": True,
    }


def post(account: str, at: datetime, client: str, link: str, lang: str) -> dict[str, Any]:
    said = {"post_id": f"{account}-{at:%m%d%H%M}", "account_id": account, "at": at, "kind": "post", "text": "read this"}
    return {**said, "client": client, "urls": [link], "hashtags": [], "mentions": [], "lang": lang}


def tables(posts: Rows, sessions: Rows) -> Tables:
    acted = [
        act(row, trace, thing)
        for row in posts
        for trace, thing in (("url", row["urls"][0]), ("domain", site(row["urls"][0])))
    ]
    made = [
        {"account_id": account, "created_at": START - timedelta(days=900)}
        for account in sorted({row["account_id"] for row in [*posts, *sessions]})
    ]
    return Tables(
        actions=frame(acted, ACTION_SCHEMA),
        posts=frame(posts, POST_SCHEMA),
        accounts=frame(made, ACCOUNT_SCHEMA),
        sessions=frame(sessions, SESSION_SCHEMA),
    )


def act(row: dict[str, Any], trace: str, thing: str) -> dict[str, Any]:
    return {
        "account_id": row["account_id"],
        "trace": trace,
        "object_id": thing,
        "at": row["at"],
        "post_id": row["post_id"],
    }


def site(link: str) -> str:
    return link.split("/")[2]


def frame(rows: Sequence[dict[str, Any]], schema: FrameSchema) -> pl.LazyFrame:
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=dict(schema), orient="row").lazy()


def shuffled(whole: Tables, seed: int) -> Tables:
    names: Iterable[str] = ("actions", "posts", "texts", "accounts", "sessions")
    return Tables(
        *(getattr(whole, name).collect().sample(fraction=1, shuffle=True, seed=seed).lazy() for name in names)
    )
