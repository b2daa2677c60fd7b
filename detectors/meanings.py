"""Texts that say the same in other words: closer than nearly all random pairs of their language, without a shared quotation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl

from detectors.coding import I64
from detectors.embeddings import F32
from detectors.leaders import follow
from detectors.stages import Funnel

# DETECTORS 2.2: a percentile of random pairs of the same language, because no constant ports from one model to another.
CLOSER_THAN = 0.9999
_DRAWN = 1_000_000  # random pairs: a hundred lie past the percentile
_LEAST_PAIRS = 100_000  # ten lie past it; languages with fewer pairs of texts (under 448 texts) cannot be tested
QUOTATION = 6  # words in one order that two texts share: they quote one another or a third, which is no paraphrase
MOST_TEXTS = 20_000  # of one language, the most used first: 200 million products of two texts, seconds
_ROWS = 512


class TextModel(Protocol):
    """Word vectors (detectors.embeddings) or a sentence model (detectors.sentence_model)."""

    def vectors(self, texts: Sequence[str]) -> F32:
        """One row of length 1 per text, or zeros where it cannot tell."""


@dataclass(frozen=True, slots=True)
class Paraphrases:
    """`leader_of` maps fingerprint -> leader (a fingerprint), only for texts that follow another one; sorted."""

    leader_of: pl.DataFrame
    thresholds: Mapping[str, float]  # language -> the cosine that its pairs had to pass
    left_out: int  # texts not compared: too many of the language, or too few


def paraphrases(texts: pl.DataFrame, model: TextModel, *, seed: int, funnel: Funnel) -> Paraphrases:
    """Group texts of one language around leaders by meaning. Takes fingerprint, normal_text, lang, uses.

    The most used text leads, then the smaller fingerprint; a text joins the first leader whose cosine passes the threshold
    of the language and with which it shares no six words in one order. Copies share those: they are for near_duplicates.
    By construction 1 in 10,000 random pairs passes: meaning alone is no evidence, acting on it together at one time is.
    """
    ranked = texts.unique("fingerprint", keep="any").with_columns(pl.col("lang").fill_null(""))
    ranked = ranked.sort(["uses", "fingerprint"], descending=[True, False])
    frames = [pl.DataFrame(schema={"fingerprint": pl.String, "leader": pl.String})]
    thresholds: dict[str, float] = {}
    left_out = 0
    for lang in sorted(ranked["lang"].unique().to_list()):
        own = ranked.filter(pl.col("lang") == lang)
        compared = own.head(MOST_TEXTS)
        left_out += own.height - compared.height
        if compared.height * (compared.height - 1) // 2 < _LEAST_PAIRS:
            left_out += compared.height
            continue
        vectors = model.vectors(compared["normal_text"].to_list())
        thresholds[lang] = _threshold(vectors, seed)
        leader = _grouped(vectors, compared["normal_text"].to_list(), thresholds[lang], funnel)
        follows = np.flatnonzero(leader != np.arange(leader.size))
        names = compared["fingerprint"]
        frames.append(pl.DataFrame({"fingerprint": names.gather(follows), "leader": names.gather(leader[follows])}))
    return Paraphrases(pl.concat(frames).sort("fingerprint"), thresholds, left_out)


def _threshold(vectors: F32, seed: int) -> float:
    """The cosine below which 99.99 % of random pairs of different texts lie."""
    draw = np.random.default_rng([seed, 0x3EA9])
    left = draw.integers(0, len(vectors), _DRAWN)
    right = (left + draw.integers(1, len(vectors), _DRAWN)) % len(vectors)
    cosine = np.concatenate(
        [
            np.einsum("ij,ij->i", vectors[left[start : start + 50_000]], vectors[right[start : start + 50_000]])
            for start in range(0, _DRAWN, 50_000)
        ]
    )
    return float(np.quantile(cosine, CLOSER_THAN, method="higher"))


def _grouped(vectors: F32, texts: list[str], threshold: float, funnel: Funnel) -> I64:
    leader = np.arange(len(texts), dtype=np.int64)
    for start in range(0, len(texts), _ROWS):
        funnel.tell("paraphrases", start, len(texts))
        high, low = np.nonzero(vectors[start : start + _ROWS] @ vectors.T > threshold)
        high = high + start
        may = (low < high) & (leader[low] == low)
        low, high = low[may], high[may]
        own = np.array(
            [not _quote(texts[one], texts[other]) for one, other in zip(low, high, strict=True)], dtype=np.bool_
        )
        follow(leader, low[own], high[own])
    return leader


def _quote(one: str, other: str) -> bool:
    return bool(_runs(one) & _runs(other))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[at : at + QUOTATION]) for at in range(len(words) - QUOTATION + 1)}
