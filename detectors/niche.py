"""The slow route: who shared the same rarely touched objects, however far apart in time. Exact, without a window."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from detectors.chunks import Cancelled, Progress, Stopped, cut
from detectors.coding import I64, U32, CodedActions, Flags
from detectors.projection import MOST_PAIRS, Projection
from graph.errors import BadSetting

MOST_ACCOUNTS = 100  # on one object; DETECTORS 2.2 gives 60 to 200
# Pairs of accounts over all retained objects that may be met: about two seconds and, at worst, as many pairs in the answer.
PAIR_BUDGET = 100_000_000
_PRODUCTS = 8_000_000  # of two entries at a time, about 40 bytes each


@dataclass(frozen=True, slots=True)
class Niche:
    """Pairs over the retained objects, and what was not retained.

    `projection.weight`: distinct objects that both touched at any time. Its `pairs_in_window`, `objects_of` and
    `edges_total` count the retained objects only, the very ones that the pairs are made of, so that the null
    2 P k_i k_j / E^2 is not biased by what was left out (DETECTORS 2.2): leaving out costs power, never correctness.
    `most_accounts`: on one object, after the budget had its say. `excluded`: share of the touches (distinct pairs of
    account and object) that lie on more popular objects. `note`: a sentence, "" when the bound asked for was kept.
    """

    projection: Projection
    most_accounts: int
    excluded: float
    note: str


def niche_pairs(
    coded: CodedActions,
    min_shared: int = 3,
    *,
    most_accounts: int = MOST_ACCOUNTS,
    pair_budget: int = PAIR_BUDGET,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Niche:
    """Pair the accounts that touched at least `min_shared` of the objects with at most `most_accounts` accounts.

    An upper bound on the pairs, the sum over objects of d (d - 1) / 2, is known before any is formed; where it passes
    `pair_budget`, `most_accounts` is lowered as far as needed, and the note says so. Exact for what is retained. Pairs are
    sorted; the order of rows changes nothing. Memory: the touches, 8 million products at a time, the answer.
    `progress(done, known)` counts products; `cancelled()` is asked between chunks and ends in Stopped.
    Raises BadSetting for min_shared < 1 or most_accounts < 2.
    """
    if min_shared < 1 or most_accounts < 2:
        raise BadSetting(
            f"min_shared is {min_shared} and most_accounts is {most_accounts}",
            hint="a pair shares at least 1 object, which at least 2 accounts touched",
        )
    account, thing = _touches(coded)
    popularity = np.bincount(thing, minlength=len(coded.object_ids))
    lowered = _within_budget(popularity, most_accounts, pair_budget)
    kept = popularity[thing] <= lowered
    excluded = 1 - float(kept.mean()) if kept.size else 0.0
    account, thing = account[kept], thing[kept]
    objects_of = np.bincount(account, minlength=len(coded.account_ids)).astype(np.uint32)
    few = popularity[popularity <= lowered].astype(np.int64)
    met = int((few * (few - 1) // 2).sum())
    matrix = _incidence(account, thing, popularity, objects_of.size, min_shared)
    table, chunks = _products(matrix, min_shared, progress, cancelled)
    projection = Projection(table[0], table[1], table[2], met, objects_of, int(objects_of.sum()), chunks)
    return Niche(projection, lowered, excluded, _note(most_accounts, lowered, excluded, pair_budget))


def _touches(coded: CodedActions) -> tuple[I64, I64]:
    """Distinct (account, object), sorted."""
    objects = max(len(coded.object_ids), 1)
    keys = coded.account.astype(np.int64) * objects + coded.object
    keys.sort()
    first = np.ones(keys.size, dtype=np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    keys = keys[first]
    return keys // objects, keys % objects


def _within_budget(popularity: I64, most_accounts: int, pair_budget: int) -> int:
    """The largest bound on the accounts of an object, at most `most_accounts`, for which the pairs stay in the budget."""
    many = np.bincount(np.minimum(popularity, most_accounts + 1), minlength=most_accounts + 2)[: most_accounts + 1]
    size = np.arange(most_accounts + 1, dtype=np.int64)
    pairs = np.cumsum(many * (size * (size - 1) // 2))
    return int(np.searchsorted(pairs, min(pair_budget, MOST_PAIRS), side="right")) - 1


def _incidence(account: I64, thing: I64, popularity: I64, accounts: int, min_shared: int) -> csr_array:
    """One row per account, one column per object that can still be in a pair of enough weight: exact pruning."""
    shared = popularity[thing] > 1
    company = np.bincount(account[shared], minlength=accounts)
    keep: Flags = shared & (company[account] >= min_shared)
    entries = np.ones(int(keep.sum()), dtype=np.int32)
    return csr_array((entries, (account[keep], thing[keep])), shape=(accounts, popularity.size))


def _products(
    matrix: csr_array, min_shared: int, progress: Progress | None, cancelled: Cancelled | None
) -> tuple[tuple[U32, U32, U32], int]:
    """left, right, weight of the upper triangle of A A^T, where the weight is enough; rows in chunks."""
    columns = matrix.T.tocsr()
    size = np.diff(columns.indptr).astype(np.int64)
    running = np.concatenate([[0], np.cumsum(size[matrix.indices])])
    effort = np.diff(running[matrix.indptr])
    chunks, done, known = cut(effort, _PRODUCTS), 0, int(effort.sum())
    parts = [np.empty((3, 0), dtype=np.uint32)]
    for start, stop in chunks:
        if cancelled is not None and cancelled():
            raise Stopped("The slow route was stopped.", "Nothing was written; start it again any time.")
        product = matrix[start:stop] @ columns
        left = np.repeat(np.arange(start, stop), np.diff(product.indptr))
        keep = (left < product.indices) & (product.data >= min_shared)
        parts.append(np.stack([left[keep], product.indices[keep], product.data[keep]]).astype(np.uint32))
        done += int(effort[start:stop].sum())
        if progress is not None:
            progress(done, known)
    left, right, weight = np.concatenate(parts, axis=1)
    order = np.lexsort((right, left))
    return (left[order], right[order], weight[order]), len(chunks)


def _note(asked: int, lowered: int, excluded: float, pair_budget: int) -> str:
    if lowered == asked:
        return ""
    return (
        f"Without a time window, only objects that at most {lowered:,} accounts touched were looked at instead of {asked:,}, to "
        f"stay within {pair_budget:,} pairs; {100 * excluded:.1f} % of the touches lie on more popular objects and were left out."
    )
