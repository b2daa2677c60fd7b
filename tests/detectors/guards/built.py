"""One small cluster, built by hand: every part has a plain default, and a test changes the part it is about."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl

from detectors.guards import GUARDS
from detectors.guards.found import Found
from detectors.guards.view import ACTS, ADDRESSES, CLIENTS, MEMBERS, OBJECTS, REACTIONS, USERS, ClusterView
from graph.schemas import FrameSchema

SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
NAMES = ("ana", "ben", "cho", "dov")


def year(number: int, day: int = 1) -> int:
    """Microseconds of the nth day of that year."""
    return int(datetime(number, 1, 1, tzinfo=UTC).timestamp()) * SECOND + (day - 1) * DAY


def rows(schema: FrameSchema, told: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """A frame of that schema; what a row does not say is null."""
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in told], schema=dict(schema))


def objects(many: int = 10, **said: Any) -> pl.DataFrame:
    """`many` joint objects of four members, one a day, each three times, from ten sources; a list gives one value each."""
    plain: dict[str, Any] = {
        "trace": "share",
        "object_id": [f"o{number}" for number in range(many)],
        "members": 4,
        "popularity": 4,
        "often": 3,
        "block": [f"b{number}" for number in range(many)],
        "at": [number * DAY for number in range(many)],
        "first_account": None,
        "outsiders": 0,
    }
    told = plain | said
    return rows(
        OBJECTS,
        [
            {name: value[number] if isinstance(value, list) else value for name, value in told.items()}
            for number in range(many)
        ],
    )


def acts(joint: pl.DataFrame, names: Sequence[str] = NAMES, **said: Any) -> pl.DataFrame:
    """Every member's act on every joint object, each with a post of its own. `lag_s` and others: a value, or account -> value."""
    return rows(
        ACTS,
        [
            {
                "trace": trace,
                "object_id": item,
                "account_id": name,
                "post_id": f"{name} {item}",
                "at": at,
                "lag_s": 0.0,
                **{key: value[name] if isinstance(value, Mapping) else value for key, value in said.items()},
            }
            for trace, item, at in joint.select("trace", "object_id", "at").iter_rows()
            for name in names
        ],
    )


def members(names: Sequence[str] = NAMES, **said: Any) -> pl.DataFrame:
    """One row per member; a list gives one value each."""
    plain: dict[str, Any] = {"acts": 20, "posts": 0, "originals": 0, "texts": 0, "hours": 8, "days": 10, "week": 0.002}
    told = plain | said
    return rows(
        MEMBERS,
        [
            {"account_id": name}
            | {key: value[number] if isinstance(value, list) else value for key, value in told.items()}
            for number, name in enumerate(names)
        ],
    )


def clients(posts: Mapping[str, int], names: Sequence[str] = NAMES) -> pl.DataFrame:
    """Every member made that many posts through each client."""
    return rows(
        CLIENTS, [{"client": app, "account_id": name, "posts": many} for app, many in posts.items() for name in names]
    )


def address(
    object_id: str, *, accounts: int, days: int = 1, trace: str = "ip", names: Sequence[str] = NAMES
) -> pl.DataFrame:
    """One address or device that these members used."""
    return rows(
        ADDRESSES,
        [
            {
                "trace": trace,
                "object_id": object_id,
                "account_id": name,
                "in_a_week": accounts,
                "accounts": accounts,
                "since": 0,
                "until": days * DAY,
            }
            for name in names
        ],
    )


def own_time(names: Sequence[str] = NAMES, posts: int = 10, seed: int = 0) -> np.ndarray:
    """Seconds after publication, member by post, as people have them: log-normal, each with a habit of its own."""
    draw = np.random.default_rng(seed)
    habit = draw.normal(0, 0.5, (len(names), 1))
    return np.exp(5 + habit + draw.normal(0, 1.2, (len(names), posts)))


def one_clock(names: Sequence[str] = NAMES, posts: int = 10, seed: int = 0) -> np.ndarray:
    """The same of accounts that all come at the operation's moment, half a minute apart at most."""
    draw = np.random.default_rng(seed)
    return np.exp(8 + draw.normal(0, 1.0, (1, posts))) + draw.uniform(0, 30, (len(names), posts))


def reactions(
    joint: pl.DataFrame, after: np.ndarray, names: Sequence[str] = NAMES, author: str | Sequence[str] = "idol"
) -> pl.DataFrame:
    """Every member's share of every joint object, `after[member, object]` seconds after it appeared."""
    items = joint["object_id"].to_list()
    authors = [author] * len(items) if isinstance(author, str) else list(author)
    return rows(
        REACTIONS,
        [
            {
                "account_id": name,
                "post_id": f"{name} {item}",
                "original": item,
                "author": authors[place],
                "born": joint["at"][place],
                "after_s": float(after[number, place]),
            }
            for number, name in enumerate(names)
            for place, item in enumerate(items)
        ],
    )


def users(object_id: str, names: Sequence[str], trace: str = "ip") -> pl.DataFrame:
    """Everybody on one private address or device."""
    return rows(USERS, [{"trace": trace, "object_id": object_id, "account_id": name} for name in names])


def cluster(joint: pl.DataFrame | None = None, **said: Any) -> ClusterView:
    """Four members and ten joint objects over ten of thirty days, unless said otherwise."""
    own = objects() if joint is None else joint
    trace = own["trace"][0] if own.height else "share"
    plain: dict[str, Any] = {
        "objects": own,
        "acts": acts(own),
        "members": members(),
        "clients": rows(CLIENTS, []),
        "addresses": rows(ADDRESSES, []),
        "signals": pl.DataFrame(
            {"name": [f"{trace}_overlap"], "family": ["overlap"], "value": [1.0], "seen": [30.0], "expected": [2.0]}
        ),
        "audience": pl.DataFrame(schema={"trace": pl.String, "block": pl.String, "accounts": pl.UInt32}),
        "data_seconds": 30 * 86_400.0,
    }
    return ClusterView(**(plain | said))


def audience(block: str, accounts: int, trace: str = "share") -> pl.DataFrame:
    """How many active accounts act on one block, the members among them."""
    return pl.DataFrame({"trace": [trace], "block": [block], "accounts": [accounts]})


def found(name: str, view: ClusterView) -> Found | None:
    """What the declared guard of that name says."""
    (guard,) = (guard for guard in GUARDS if guard.name == name)
    return guard.ask(view)


def told(name: str, view: ClusterView) -> Found:
    """The same where it must say something."""
    said = found(name, view)
    assert said is not None
    return said
