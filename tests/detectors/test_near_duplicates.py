"""Near-duplicate texts against the obvious way: every text compared with every leader, sets of letters five long."""

import random

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.near_duplicates import jaccard, near_duplicates
from detectors.settings import NearDuplicates
from detectors.shingles import shingles_of
from detectors.stages import Funnel

WORDS = [
    "river",
    "stone",
    "cloud",
    "market",
    "window",
    "paper",
    "garden",
    "silver",
    "morning",
    "letter",
    "bridge",
    "winter",
    "yellow",
    "doctor",
    "music",
]


def shingle_set(text: str, length: int = 5) -> set[str]:
    return {text[at : at + length] for at in range(max(len(text) - length + 1, 1))}


def similarity(one: str, other: str) -> float:
    left, right = shingle_set(one), shingle_set(other)
    return len(left & right) / len(left | right)


def made_up_texts(seed: int, originals: int = 40, copies: int = 6) -> pl.DataFrame:
    """Texts and copies of them with some words changed; uses fall with the number."""
    draw = random.Random(seed)
    texts = []
    for _ in range(originals):
        words = [draw.choice(WORDS) for _ in range(draw.randint(8, 20))]
        for copy in range(copies):
            changed = [draw.choice(WORDS) if draw.random() < copy * 0.04 else word for word in words]
            texts.append(" ".join(changed))
    texts = list(dict.fromkeys(texts))
    return pl.DataFrame(
        {
            "fingerprint": [f"f{number:04d}" for number in range(len(texts))],
            "normal_text": texts,
            "uses": [1000 - number for number in range(len(texts))],
        }
    )


def leaders_by_hand(texts: pl.DataFrame, least: float) -> dict[str, str]:
    ranked = texts.sort(["uses", "fingerprint"], descending=[True, False])
    leaders: list[tuple[str, str]] = []
    follows: dict[str, str] = {}
    for name, text in ranked.select("fingerprint", "normal_text").iter_rows():
        alike = next((leader for leader, words in leaders if similarity(words, text) >= least), None)
        if alike is None:
            leaders.append((name, text))
        else:
            follows[name] = alike
    return follows


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("least", [0.7, 0.85])
def test_every_text_joins_the_leader_that_brute_force_finds(seed: int, least: float):
    texts = made_up_texts(seed)
    found = near_duplicates(texts, NearDuplicates(similarity=least), seed=0, funnel=Funnel())
    assert dict(found.leader_of.iter_rows()) == leaders_by_hand(texts, least)
    assert found.left_out == 0


def test_texts_do_not_chain():
    """a resembles b and b resembles c, but c does not resemble a: c keeps its own object."""
    words = [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
    ]
    a, b, c = (" ".join([*words[at:], *words[:at]][:14]) for at in (0, 2, 4))
    assert similarity(a, b) >= 0.7 > similarity(a, c)
    assert similarity(b, c) >= 0.7
    texts = pl.DataFrame({"fingerprint": ["a", "b", "c"], "normal_text": [a, b, c], "uses": [9, 5, 1]})
    found = near_duplicates(texts, NearDuplicates(similarity=0.7), seed=0, funnel=Funnel())
    assert dict(found.leader_of.iter_rows()) == {"b": "a"}


def test_the_order_of_texts_changes_nothing():
    texts = made_up_texts(7)
    straight = near_duplicates(texts, NearDuplicates(), seed=0, funnel=Funnel())
    shuffled = near_duplicates(
        texts.sample(fraction=1, shuffle=True, seed=3), NearDuplicates(), seed=0, funnel=Funnel()
    )
    assert straight.leader_of.equals(shuffled.leader_of)


@given(st.lists(st.text(min_size=1, max_size=40), min_size=2, max_size=8))
def test_similarity_is_that_of_the_sets_whatever_the_letters(texts: list[str]):
    shingles = shingles_of(texts, 5)
    left, right = np.triu_indices(len(texts), k=1)
    expected = [similarity(texts[i], texts[j]) for i, j in zip(left, right, strict=True)]
    assert jaccard(shingles, left, right) == pytest.approx(expected)


def test_a_full_bucket_is_told():
    texts = pl.DataFrame(
        {
            "fingerprint": [f"f{number}" for number in range(30)],
            "normal_text": [f"the very same long sentence about a quiet river {number}" for number in range(30)],
            "uses": [1] * 30,
        }
    )
    found = near_duplicates(texts, NearDuplicates(bucket=5), seed=0, funnel=Funnel())
    assert found.left_out > 0


def test_no_texts_give_no_leaders():
    nothing = pl.DataFrame(schema={"fingerprint": pl.String, "normal_text": pl.String, "uses": pl.Int64})
    assert near_duplicates(nothing, NearDuplicates(), seed=0, funnel=Funnel()).leader_of.is_empty()
