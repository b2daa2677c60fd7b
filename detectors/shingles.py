"""Texts as sets of hashed character shingles, all texts of a chunk at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that the rolling product loses nothing


@dataclass(frozen=True, slots=True)
class Shingles:
    """`hashes[starts[i]:starts[i + 1]]` are the distinct shingles of text i, ascending; an empty text has none."""

    hashes: U64
    starts: I64

    def sizes(self) -> I64:
        return np.diff(self.starts)


def shingles_of(texts: Sequence[str], length: int) -> Shingles:
    """The distinct shingles of `length` characters; a shorter text is one shingle of its own.

    64-bit hashes: two different shingles of a million texts collide with probability below 1e-4.
    """
    sizes = np.fromiter((len(text) for text in texts), dtype=np.int64, count=len(texts))
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    counts = np.where(sizes == 0, 0, np.maximum(sizes - length + 1, 1))
    firsts = np.repeat(np.cumsum(sizes) - sizes, counts) + _ranges(counts)
    owner = np.repeat(np.arange(len(texts), dtype=np.int64), counts)
    return _distinct(_hashes(points, firsts, np.repeat(sizes, counts), length), owner, len(texts))


def _hashes(points: U64, firsts: I64, sizes: I64, length: int) -> U64:
    padded = np.concatenate([points + np.uint64(1), np.zeros(length, np.uint64)])
    mixed = np.zeros(firsts.size, np.uint64)
    for step in range(length):
        letter = padded[firsts + step]
        if step:  # a text shorter than the shingle must not read its neighbour
            letter = np.where(sizes > step, letter, np.uint64(0))
        mixed = (mixed ^ letter) * _BASE
        mixed ^= mixed >> np.uint64(29)
    return _finish(mixed)


def _finish(mixed: U64) -> U64:
    """The finaliser of splitmix64: every input bit reaches every output bit."""
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)


def _distinct(hashes: U64, owner: I64, texts: int) -> Shingles:
    order = np.lexsort((hashes, owner))
    hashes, owner = hashes[order], owner[order]
    first = np.ones(hashes.size, dtype=bool)
    first[1:] = (hashes[1:] != hashes[:-1]) | (owner[1:] != owner[:-1])
    starts = np.zeros(texts + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner[first], minlength=texts), out=starts[1:])
    return Shingles(hashes[first], starts)


def _ranges(counts: I64) -> I64:
    """0, 1, ... counts[0]-1, 0, 1, ... counts[1]-1, and so on."""
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if ends.size else 0, dtype=np.int64) - np.repeat(ends - counts, counts)


def shared_counts(shingles: Shingles, left: I64, right: I64) -> I64:
    """How many shingles text left[i] and text right[i] have in common."""
    sizes = shingles.sizes()
    pair = np.arange(left.size, dtype=np.int64)
    keys_owner = np.concatenate([np.repeat(pair, sizes[left]), np.repeat(pair, sizes[right])])
    hashes = np.concatenate([_gather(shingles, left), _gather(shingles, right)])
    # The pair number goes into the high bits: 64 - 20 bits of the hash are left, and pairs come in chunks below 2^20.
    keys = (keys_owner.astype(np.uint64) << np.uint64(44)) | (hashes >> np.uint64(20))
    keys.sort()
    twice = keys[1:] == keys[:-1]
    return np.bincount((keys[1:][twice] >> np.uint64(44)).astype(np.int64), minlength=left.size).astype(np.int64)


def _gather(shingles: Shingles, which: I64) -> U64:
    sizes = shingles.sizes()[which]
    return np.asarray(shingles.hashes[np.repeat(shingles.starts[which], sizes) + _ranges(sizes)], dtype=np.uint64)
