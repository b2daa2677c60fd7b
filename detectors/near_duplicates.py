"""Near-duplicate texts: MinHash finds the candidates, exact Jaccard decides, each text joins the leader it resembles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from detectors.leaders import follow
from detectors.settings import NearDuplicates
from detectors.shingles import I64, Shingles, shared_counts, shingles_of
from detectors.stages import Funnel
from detectors.time_windows import starts_of

_BAND_ROWS = 4  # four 16-bit hashes are one 64-bit band key
_TEXTS_PER_CHUNK = 20_000
_PAIRS_PER_CHUNK = 100_000
# A pair at the similarity asked for agrees on fewer hashes than this many standard deviations below the mean
# with probability below 1e-7; such candidates are not worth the exact comparison.
_DEVIATIONS = 5.5

U16 = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class TextClusters:
    """`leader_of` maps fingerprint -> leader (a fingerprint), only for texts that follow another one."""

    leader_of: pl.DataFrame
    texts: int
    candidates: int
    left_out: int  # comparisons not made because a bucket was too full


def near_duplicates(texts: pl.DataFrame, how: NearDuplicates, *, seed: int, funnel: Funnel) -> TextClusters:
    """Group texts whose shingle sets have Jaccard similarity of at least `how.similarity` with a leader.

    Takes fingerprint, normal_text, uses (how many posts carry it). The most used text leads, then the smaller
    fingerprint; a text joins the first leader in that order that it resembles, so nothing chains: a follower is
    never joined through another follower.
    """
    ranked = (
        texts.filter(pl.col("normal_text").str.len_chars() > 0)
        .unique("fingerprint", keep="any")
        .sort(["uses", "fingerprint"], descending=[True, False])
    )
    words: list[str] = ranked["normal_text"].to_list()
    signatures = _signatures(words, how, seed, funnel)
    asked, left_out = 0, 0
    found: list[tuple[I64, I64]] = []
    for band, (one, other, dropped) in enumerate(_candidates(signatures, how.bucket)):
        funnel.tell("near-duplicate texts", how.bands + band, 2 * how.bands)
        low, high = _likely(signatures, one, other, how)
        asked, left_out = asked + low.size, left_out + dropped
        found.append(_verified(words, low, high, how))
    leader = _leaders(found, len(words))
    follows = np.flatnonzero(leader != np.arange(leader.size))
    names = ranked["fingerprint"]
    leader_of = pl.DataFrame({"fingerprint": names.gather(follows), "leader": names.gather(leader[follows])})
    return TextClusters(leader_of.sort("fingerprint"), len(words), asked, left_out)


def _signatures(words: Sequence[str], how: NearDuplicates, seed: int, funnel: Funnel) -> U16:
    """One row per text: the low 16 bits of its smallest hash under each of 4 x bands random linear maps."""
    width = how.bands * _BAND_ROWS
    draw = np.random.default_rng([seed, 0x7E47])
    factors = draw.integers(0, 2**31, width, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    offsets = draw.integers(0, 2**32, width, dtype=np.uint32)
    signatures = np.empty((len(words), width), dtype=np.uint16)
    for start in range(0, len(words), _TEXTS_PER_CHUNK):
        funnel.tell("near-duplicate texts", start * how.bands // len(words), 2 * how.bands)
        shingles = shingles_of(words[start : start + _TEXTS_PER_CHUNK], how.shingle)
        short = (shingles.hashes >> np.uint64(32)).astype(np.uint32)
        held = np.empty_like(short)
        for column in range(width):
            np.multiply(short, factors[column], out=held)
            np.add(held, offsets[column], out=held)
            smallest = np.minimum.reduceat(held, shingles.starts[:-1])
            signatures[start : start + smallest.size, column] = smallest.astype(np.uint16)
    return signatures


def _candidates(signatures: U16, bucket: int) -> Iterator[tuple[I64, I64, int]]:
    """Per band the pairs (low, high) of texts that agree on it and on no earlier band; low ranks before high."""
    keys = np.ascontiguousarray(signatures).view(np.uint64)
    for band in range(keys.shape[1]):
        order = np.lexsort((np.arange(len(keys)), keys[:, band]))
        column = keys[order, band]
        starts = np.flatnonzero(starts_of(column))
        sizes = np.diff(np.append(starts, column.size))
        place = np.arange(column.size) - np.repeat(starts, sizes)
        partners = np.minimum(place, bucket)  # each text meets at most the first `bucket` of its bucket
        high = np.repeat(order, partners)
        first = np.repeat(np.repeat(starts, sizes), partners)
        ends = np.cumsum(partners)
        step = np.arange(ends[-1] if ends.size else 0) - np.repeat(ends - partners, partners)
        low = order[first + step]
        if band:
            new = np.ones(low.size, dtype=bool)
            for start in range(0, low.size, _PAIRS_PER_CHUNK):
                part = slice(start, start + _PAIRS_PER_CHUNK)
                new[part] = ~(keys[low[part], :band] == keys[high[part], :band]).any(axis=1)
            low, high = low[new], high[new]
        yield low.astype(np.int64), high.astype(np.int64), int((place - partners).sum())


def _likely(signatures: U16, low: I64, high: I64, how: NearDuplicates) -> tuple[I64, I64]:
    width = signatures.shape[1]
    spread = _DEVIATIONS * np.sqrt(how.similarity * (1 - how.similarity) / width)
    needed = width * (how.similarity - spread)
    keep = np.zeros(low.size, dtype=bool)
    for start in range(0, low.size, _PAIRS_PER_CHUNK):
        part = slice(start, start + _PAIRS_PER_CHUNK)
        keep[part] = (signatures[low[part]] == signatures[high[part]]).sum(axis=1) >= needed
    return low[keep], high[keep]


def _verified(words: Sequence[str], low: I64, high: I64, how: NearDuplicates) -> tuple[I64, I64]:
    keep = np.zeros(low.size, dtype=bool)
    for start in range(0, low.size, _PAIRS_PER_CHUNK):
        part = slice(start, start + _PAIRS_PER_CHUNK)
        needed, place = np.unique(np.concatenate([low[part], high[part]]), return_inverse=True)
        shingles = shingles_of([words[text] for text in needed], how.shingle)
        half = low[part].size
        keep[part] = jaccard(shingles, place[:half], place[half:]) >= how.similarity
    return low[keep], high[keep]


def jaccard(shingles: Shingles, left: I64, right: I64) -> npt.NDArray[np.float64]:
    """Exact similarity of text left[i] and text right[i] as sets of shingles."""
    shared = shared_counts(shingles, left, right)
    sizes = shingles.sizes()
    return np.asarray(shared / np.maximum(sizes[left] + sizes[right] - shared, 1), dtype=np.float64)


def _leaders(found: Sequence[tuple[I64, I64]], texts: int) -> I64:
    leader = np.arange(texts, dtype=np.int64)
    low = np.concatenate([leader[:0], *(pairs[0] for pairs in found)])
    high = np.concatenate([leader[:0], *(pairs[1] for pairs in found)])
    follow(leader, low, high)
    return leader
