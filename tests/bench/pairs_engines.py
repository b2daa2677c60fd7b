"""Several ways to the same pairs, one run per process: the product, a plain packed-key baseline, and a relational oracle.

python -m tests.bench.pairs_engines ENGINE FILE WINDOW_SECONDS MIN_SHARED prints one JSON line:
wall and cpu seconds of the work, whole_cpu of the process, peak_mb of the process, pairs, weight, checksum.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import polars as pl

Pairs = tuple["np.ndarray", "np.ndarray", "np.ndarray"]
Sort = Callable[["np.ndarray"], "np.ndarray"]
MICRO = 1_000_000


def product(frame: pl.DataFrame, window: int, min_shared: int) -> Pairs:
    """Flockwatch from integer-coded rows: account, object, second."""
    from detectors.coding import CodedActions
    from detectors.projection import project

    account, thing = frame["account"].to_numpy(), frame["object"].to_numpy()
    names = pl.Series(np.arange(max(account.max(), thing.max()) + 1))
    coded = CodedActions(
        account.astype(np.uint32), thing.astype(np.uint32), frame["second"].to_numpy() * MICRO, names, names
    )
    found = project(coded, timedelta(seconds=window), min_shared)
    return found.left, found.right, found.weight


def product_text(frame: pl.DataFrame, window: int, min_shared: int) -> Pairs:
    """Flockwatch from text ids, coding included."""
    from detectors.coding import code_actions
    from detectors.projection import project

    coded = code_actions(frame)
    found = project(coded, timedelta(seconds=window), min_shared)
    return found.left, found.right, found.weight


def packed(frame: pl.DataFrame, window: int, min_shared: int) -> Pairs:
    """The packed-key design as first measured, with numpy's sort."""
    return _packed(frame, window, min_shared, np.sort)


def packed_fast(frame: pl.DataFrame, window: int, min_shared: int) -> Pairs:
    """The same with the sort of the product, so that on every processor the design is compared and not the sort."""
    return _packed(frame, window, min_shared, lambda keys: pl.Series(keys).sort().to_numpy())


def _packed(frame: pl.DataFrame, window: int, min_shared: int, sort: Sort, budget: int = 8_000_000) -> Pairs:
    """Nothing around it: pack, sort, prune, bounds, expand, sort, run lengths, merge. Counts no chance, checks nothing."""
    account, thing = frame["account"].to_numpy().astype(np.uint64), frame["object"].to_numpy().astype(np.uint64)
    second = (frame["second"].to_numpy() - frame["second"].min()).astype(np.uint64)
    wide, long = (np.uint64(int(column.max()).bit_length()) for column in (account, second + np.uint64(window + 1)))
    keys = (((thing << long) | second) << wide) | account
    keys = sort(keys)
    slot, mask = keys >> wide, np.uint64((1 << int(wide)) - 1)
    near = np.diff(slot) <= window
    keep = np.append(near, False) | np.insert(near, 0, False)
    keys = keys[keep]
    account, thing = keys & mask, keys >> (wide + long)
    held = sort((account << np.uint64(32)) | thing)
    held = held[np.append(True, np.diff(held) > 0)] >> np.uint64(32)
    keys = keys[(np.bincount(held.astype(np.int64)) >= min_shared)[account.astype(np.int64)]]
    account, thing, slot = keys & mask, keys >> (wide + long), keys >> wide
    high = np.searchsorted(slot, slot + np.uint64(window), side="right")
    reach = high - np.arange(len(slot)) - 1
    object_starts = np.append(np.flatnonzero(np.append(True, np.diff(thing) > 0)), len(slot))
    ends = np.cumsum(reach)
    partial = []
    start = 0
    while start < len(slot):
        limit = (ends[start - 1] if start else 0) + budget
        stop = np.searchsorted(ends, limit, side="right")
        stop = object_starts[
            max(np.searchsorted(object_starts, stop, side="right") - 1, np.searchsorted(object_starts, start) + 1)
        ]
        size = reach[start:stop]
        row = np.repeat(np.arange(start, stop), size)
        other = np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size) + row + 1
        a, b, local = account[row], account[other], thing[row] - thing[start]
        bits = np.uint64(int(local.max() if len(local) else 0).bit_length())
        pair = (((np.minimum(a, b) << wide) | np.maximum(a, b)) << bits) | local
        pair = pair[a != b]
        pair = sort(pair)
        pair = pair[np.append(True, np.diff(pair) > 0)] >> bits if len(pair) else pair
        opens = np.flatnonzero(np.append(True, np.diff(pair) > 0)) if len(pair) else np.empty(0, np.int64)
        partial.append((pair[opens], np.diff(np.append(opens, len(pair)))))
        start = int(stop)
    pair, count = (np.concatenate(columns) for columns in zip(*partial, strict=True))
    if len(partial) > 1:
        order = np.argsort(pair)
        pair, count = pair[order], count[order]
        opens = np.flatnonzero(np.append(True, np.diff(pair) > 0))
        pair, count = pair[opens], np.add.reduceat(count, opens)
    pair, count = pair[count >= min_shared], count[count >= min_shared]
    return pair >> wide, pair & mask, count


def relational(frame: pl.DataFrame, window: int, min_shared: int) -> Pairs:
    """An independent answer: a Polars self-join on (object, time bucket)."""
    rows = frame.lazy().unique().with_columns(bucket=pl.col("second") // (window + 1))
    nearby = pl.concat([rows.with_columns(pl.col("bucket") + shift) for shift in (-1, 0, 1)])
    pairs = (
        rows.join(nearby, on=["object", "bucket"], suffix="_right")
        .filter(
            (pl.col("account") < pl.col("account_right"))
            & ((pl.col("second") - pl.col("second_right")).abs() <= window)
        )
        .select("account", "account_right", "object")
        .unique()
        .group_by("account", "account_right")
        .len("weight")
        .filter(pl.col("weight") >= min_shared)
        .sort("account", "account_right")
        .collect(engine="streaming")
    )
    return pairs["account"].to_numpy(), pairs["account_right"].to_numpy(), pairs["weight"].to_numpy()


ENGINES: dict[str, Callable[[pl.DataFrame, int, int], Pairs]] = {
    "product": product,
    "product_text": product_text,
    "packed": packed,
    "packed_fast": packed_fast,
    "relational": relational,
}


def checksum(pairs: Pairs) -> int:
    """The same for the same pairs with the same weights, in any order."""
    left, right, weight = (column.astype(np.uint64) for column in pairs)
    mixed = (
        (left * np.uint64(0x9E3779B97F4A7C15))
        ^ (right * np.uint64(0xC2B2AE3D27D4EB4F))
        ^ (weight * np.uint64(0x165667B19E3779F9))
    )
    mixed ^= mixed >> np.uint64(29)
    return int((mixed * np.uint64(0xBF58476D1CE4E5B9)).sum(dtype=np.uint64))


def main(engine: str, file: str, window: str, min_shared: str) -> None:
    """Run one engine on one file and tell what it took."""
    frame = pl.read_parquet(file)
    work = ENGINES[engine]
    if engine.startswith("product"):
        import detectors.projection  # noqa: F401  # imports are no part of the work
    wall, cpu = time.perf_counter(), time.process_time()
    pairs = work(frame, int(window), int(min_shared))
    told = {
        "wall": round(time.perf_counter() - wall, 3),
        "cpu": round(time.process_time() - cpu, 3),
        "whole_cpu": round(time.process_time(), 3),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "pairs": len(pairs[0]),
        "weight": int(pairs[2].sum()),
        "checksum": checksum(pairs),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
