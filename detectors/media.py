"""Near-copies of pictures: perceptual hashes within a few bits of a leader are one picture. All pairs are found, each is checked."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from detectors.coding import I64
from detectors.leaders import follow
from detectors.stages import Funnel
from graph.errors import BadSetting

_BAND_BITS = 16
_DIGITS = {64: 16, 256: 64}  # bits of the two kinds of hash -> hexadecimal digits
_PICTURES_PER_CHUNK = 2_000
_PAIRS_PER_CHUNK = 2_000_000
# One of n bands of two hashes differs in at most one bit as long as the whole differs in less than 2 n bits.
_PROBES = np.concatenate([[0], 1 << np.arange(_BAND_BITS)]).astype(np.int64)

U64 = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class NearPictures:
    """When two hashes count as one picture: at most so many of their bits differ.

    7 of 64 (DETECTORS 2.2); 31 of 256 is the distance that PDQ's authors advise ("The TMK+PDQF Video-Hashing Algorithm and
    the PDQ Image-Hashing Algorithm", Facebook 2019). `bucket`: pictures of one bucket that a picture is compared with.
    """

    bits_of_64: int = 7
    bits_of_256: int = 31
    bucket: int = 1_000

    def __post_init__(self) -> None:
        for bits, radius in ((64, self.bits_of_64), (256, self.bits_of_256)):
            most = 2 * bits // _BAND_BITS - 1
            if not 0 <= radius <= most:
                raise BadSetting(f"{radius} of {bits} bits may differ", hint=f"0 to {most} can be searched exactly")
        if self.bucket < 1:
            raise BadSetting(f"the bucket is {self.bucket}", hint="at least 1; the default is 1,000")


@dataclass(frozen=True, slots=True)
class PictureClusters:
    """`leader_of` maps hash -> leader (a hash), only for hashes that follow another one; sorted."""

    leader_of: pl.DataFrame
    pictures: int  # hashes that can be near another; all others are equal to themselves only
    candidates: int
    left_out: int  # comparisons not made because a bucket was too full


def near_pictures(pictures: pl.DataFrame, how: NearPictures, *, funnel: Funnel) -> PictureClusters:
    """Group perceptual hashes around leaders. Takes hash (text) and uses (how many posts carry it).

    The most used hash leads, then the smaller text; a hash joins the first leader in that order within the radius of its
    length. Hashes of 16 and of 64 hexadecimal digits are compared, in capitals or not, each kind with its like. Digits
    alone are a platform's number, whose neighbours are other pictures: 1 in 1,800 hashes of 64 bits is lost by that.
    Source of the search: Norouzi et al. 2012, "Fast Search in Hamming Space with Multi-Index Hashing".
    """
    told = []
    for bits, radius in ((64, how.bits_of_64), (256, how.bits_of_256)):
        spelled = pl.col("hash").str.contains(f"^[0-9a-fA-F]{{{_DIGITS[bits]}}}$") & pl.col("hash").str.contains(
            "[a-fA-F]"
        )
        ranked = pictures.filter(spelled).unique("hash", keep="any").sort(["uses", "hash"], descending=[True, False])
        told.append(_one_kind(ranked["hash"], bits, radius, how.bucket, funnel))
    leader_of = pl.concat([one.leader_of for one in told]).sort("hash")
    return PictureClusters(
        leader_of,
        sum(one.pictures for one in told),
        sum(one.candidates for one in told),
        sum(one.left_out for one in told),
    )


def one_object_per_picture(actions: pl.DataFrame, how: NearPictures | None = None, *, funnel: Funnel) -> pl.DataFrame:
    """The actions (account_id, trace, object_id, at, block, ...) with each near-copy under the hash of its leader.

    The block of a picture becomes the account that posted its earliest copy (ties: the smaller id), the source that fans
    would have it from (DETECTORS 2.1). Actions of other traces stay as they are. The order of rows is not defined.
    """
    how = how or NearPictures()
    media = actions.filter(pl.col("trace") == "media")
    if media.is_empty():
        return actions
    used = media.group_by(pl.col("object_id").alias("hash")).len("uses")
    with funnel.step("near-copied pictures", used.height) as step:
        found = near_pictures(used, how, funnel=funnel)
        step.rows_out = used.height - found.leader_of.height
        if found.left_out:
            funnel.note(
                f"{found.left_out:,} comparisons of pictures were left out, because more than {how.bucket:,} pictures looked "
                "alike: some near-copies may count as different pictures."
            )
    media = media.join(found.leader_of, left_on="object_id", right_on="hash", how="left")
    media = media.with_columns(object_id=pl.coalesce("leader", "object_id")).drop("leader")
    first = media.sort("at", "account_id").unique("object_id", keep="first", maintain_order=True)
    sources = first.select("object_id", pl.col("account_id").alias("earliest"))
    media = media.join(sources, on="object_id", how="left").with_columns(block=pl.col("earliest"))
    return pl.concat([actions.filter(pl.col("trace") != "media"), media.select(actions.columns)])


def _one_kind(names: pl.Series, bits: int, radius: int, bucket: int, funnel: Funnel) -> PictureClusters:
    """Hashes of one length, in the order of their rank."""
    words = _words(names, bits)
    bands = words.view(np.uint16).astype(np.int64)
    rank = np.arange(len(words), dtype=np.int64)
    leader = rank.copy()
    tables = [np.sort((bands[:, band] << 32) | rank) for band in range(bands.shape[1])]
    asked, left_out = 0, 0
    for start in range(0, len(words), _PICTURES_PER_CHUNK):
        funnel.tell("near-copied pictures", start, len(words))
        here = rank[start : start + _PICTURES_PER_CHUNK]
        alike = [np.empty((2, 0), np.int64)]
        for band, table in enumerate(tables):
            for probe in _PROBES:
                low, high, dropped = _candidates(table, bands[here, band] ^ probe, here, bucket)
                asked, left_out = asked + low.size, left_out + dropped
                alike.append(_verified(words, leader, low, high, radius))
        low, high = np.concatenate(alike, axis=1)
        follow(leader, low, high)
    follows = np.flatnonzero(leader != rank)
    leader_of = pl.DataFrame({"hash": names.gather(follows), "leader": names.gather(leader[follows])})
    return PictureClusters(leader_of, len(words), asked, left_out)


def _words(names: pl.Series, bits: int) -> U64:
    """One row of 64-bit words per hash."""
    raw = b"".join(bytes.fromhex(name) for name in names)
    return np.frombuffer(raw, dtype=np.uint64).reshape(len(names), bits // 64).copy()


def _candidates(table: I64, keys: I64, here: I64, bucket: int) -> tuple[I64, I64, int]:
    """Pairs (low, high): pictures of lower rank whose band equals the key of picture high; at most `bucket` each."""
    first = np.searchsorted(table, keys << 32)
    before = np.searchsorted(table, (keys << 32) | here) - first
    partners = np.minimum(before, bucket)
    ends = np.cumsum(partners)
    step = np.arange(ends[-1] if ends.size else 0) - np.repeat(ends - partners, partners)
    low = table[np.repeat(first, partners) + step] & 0xFFFFFFFF
    return low, np.repeat(here, partners), int((before - partners).sum())


def _verified(words: U64, leader: I64, low: I64, high: I64, radius: int) -> I64:
    """Of the candidates those within the radius, as two rows; who is known to follow leads nobody."""
    may_lead = leader[low] == low
    low, high = low[may_lead], high[may_lead]
    near = np.empty(low.size, dtype=np.bool_)
    for start in range(0, low.size, _PAIRS_PER_CHUNK):
        part = slice(start, start + _PAIRS_PER_CHUNK)
        near[part] = np.bitwise_count(words[low[part]] ^ words[high[part]]).sum(axis=1) <= radius
    return np.stack([low[near], high[near]])
