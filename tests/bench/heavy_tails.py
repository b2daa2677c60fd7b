"""Actions with heavy tails, for measuring: few accounts and objects do most, objects fade over a day, rings are planted.

Shape of PERFORMANCE section 2: N/20 accounts (Zipf 0.7), N/10 objects (Zipf 0.8), rings of 20 accounts that act on the
same 30 objects within 30 s; times in whole seconds over thirty days. Made up, and seeded.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

DAYS, DAY = 30, 86_400
RING_ACCOUNTS, RING_OBJECTS, RING_SECONDS = 20, 30, 30
START = 1_767_225_600  # 2026-01-01 UTC


def heavy_tails(rows: int, seed: int = 0, crowd: int = 0) -> pl.DataFrame:
    """About `rows` actions: account and object (numbers), second (epoch); with `crowd`, one object more, on which that
    many accounts act within one minute."""
    random = np.random.default_rng(seed)
    accounts, objects = rows // 20, rows // 10
    account = _zipf(random, accounts, 0.7, rows)
    thing = _zipf(random, objects, 0.8, rows)
    birth = random.integers(0, DAYS * DAY, objects)
    at = birth[thing] + random.exponential(DAY, rows).astype(np.int64)
    parts = [(account, thing, at), *_rings(random, accounts, objects, max(rows // 200_000, 5))]
    if crowd:
        everyone = random.permutation(max(accounts, crowd))[:crowd]
        parts.append((everyone, np.full(crowd, objects), 5 * DAY + random.integers(0, 60, crowd)))
    account, thing, at = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = random.permutation(len(account))
    return pl.DataFrame({"account": account[order], "object": thing[order], "second": at[order] + START})


def with_text_ids(frame: pl.DataFrame) -> pl.DataFrame:
    """The same actions with ids as platforms give them: 19-digit texts, and times as datetimes."""
    # 2654435761 is Knuth's multiplicative constant: it scatters the numbers, so that text order is not number order.
    text = lambda name, lead: (lead + (pl.col(name) * 2_654_435_761) % 10**17).cast(pl.String)  # noqa: E731
    return frame.select(
        text("account", 10**18).alias("account_id"),
        text("object", 2 * 10**18).alias("object_id"),
        pl.from_epoch("second").dt.cast_time_unit("us").dt.replace_time_zone("UTC").alias("at"),
    )


Columns = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]


def _zipf(random: np.random.Generator, values: int, exponent: float, size: int) -> npt.NDArray[np.int64]:
    share = np.cumsum(np.arange(1, values + 1) ** -exponent)
    rank = np.searchsorted(share, random.random(size) * share[-1])
    return random.permutation(values)[rank]


def _rings(random: np.random.Generator, accounts: int, objects: int, rings: int) -> list[Columns]:
    parts = []
    for _ in range(rings):
        members = random.choice(accounts, RING_ACCOUNTS, replace=False)
        things = random.choice(objects, RING_OBJECTS, replace=False)
        moments = np.repeat(random.integers(0, DAYS * DAY, RING_OBJECTS), RING_ACCOUNTS)
        at = moments + random.integers(0, RING_SECONDS, len(moments))
        parts.append((np.tile(members, RING_OBJECTS), np.repeat(things, RING_ACCOUNTS), at))
    return parts
