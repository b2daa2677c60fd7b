"""Sentence models of one vector per token: the mean, by hand; and in a sentence what is missing."""

import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from detectors.embeddings import WordVectors
from detectors.meanings import paraphrases
from detectors.sentence_model import SentenceModel, load_sentence_model, load_text_model
from detectors.stages import Funnel
from graph.errors import BadSetting
from tests.detectors.test_meanings import random_texts, said, table

WORDS = {f"w{number:03d}{letter}": 5 * number + place for number in range(200) for place, letter in enumerate("abcde")}


def tokens(texts: Sequence[str]) -> list[list[int]]:
    return [[WORDS[word] for word in text.split() if word in WORDS] for text in texts]


@pytest.fixture
def synonyms() -> SentenceModel:
    """1,000 tokens that share 200 vectors: the five words of a meaning have one, as in a model with a mapping."""
    rows = np.random.default_rng(1).normal(size=(200, 32)).astype(np.float32)
    return SentenceModel(tokens, rows, np.arange(1000) // 5, np.ones(1000, dtype=np.float32))


def test_a_text_is_the_weighted_mean_of_its_tokens_less_what_all_texts_have():
    rows = np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 3.0]], dtype=np.float32)
    weight = np.array([1.0, 0.5, 2.0, 4.0], dtype=np.float32)
    ids = [[0, 1], [2, 2], [], [3]]
    model = SentenceModel(lambda texts: ids[: len(texts)], rows, np.array([0, 1, 2, 0]), weight)
    means = np.array([[0.5, 0.5], [6.0, 6.0], [4.0, 0.0]])
    less = means - means.mean(axis=0)
    expected = less / np.linalg.norm(less, axis=1, keepdims=True)
    told = model.vectors(["a", "b", "c", "d"])
    assert told[[0, 1, 3]] == pytest.approx(expected, abs=1e-6)
    assert told[2].tolist() == [0.0, 0.0]


def test_the_same_in_other_words_joins_the_leader_under_a_sentence_model_too(synonyms: SentenceModel):
    texts, draw = random_texts(2), random.Random(3)
    topic = list(range(60, 72))
    texts[10] = said(topic, draw)
    texts[100] = said(topic[::-1], draw)
    found = paraphrases(table(texts), synonyms, seed=0, funnel=Funnel())
    assert dict(found.leader_of.iter_rows())["en0100"] == "en0010"
    assert found.leader_of.height <= 41


def test_no_texts_and_texts_without_a_known_token_have_no_direction(synonyms: SentenceModel):
    assert synonyms.vectors([]).shape == (0, 32)
    assert not synonyms.vectors(["xyz", ""]).any()


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for package in ("safetensors", "safetensors.numpy"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(BadSetting, match="need the package safetensors") as told:
        load_sentence_model(tmp_path)
    assert "flockwatch[embeddings]" in told.value.hint


def test_a_file_is_read_as_word_vectors(tmp_path: Path):
    file = tmp_path / "tiny.vec"
    file.write_text("one 1 0\ntwo 0 1\n", encoding="utf-8")
    model = load_text_model(file)
    assert isinstance(model, WordVectors)
    assert pl.Series(model.vectors(["one", "two"])[:, 0]).to_list() == pytest.approx([0.7071, -0.7071], abs=1e-3)
