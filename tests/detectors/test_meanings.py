"""Paraphrases with a tiny model of made-up words, whose meanings are known."""

import random
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from detectors.embeddings import load_word_vectors, text_vectors
from detectors.meanings import paraphrases
from detectors.stages import Funnel
from graph.errors import BadSetting

MEANINGS = 200  # each has five words of nearly one vector


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 1,000 words with 32 numbers each: word w017b means nearly what w017a means."""
    draw = np.random.default_rng(1)
    lines = [f"{5 * MEANINGS} 32"]
    for meaning in range(MEANINGS):
        centre = draw.normal(size=32)
        near = centre + 0.05 * draw.normal(size=(5, 32))
        lines += [
            f"W{meaning:03d}{letter} " + " ".join(f"{x:.4f}" for x in row)
            for letter, row in zip("abcde", near, strict=True)
        ]
    file = tmp_path_factory.mktemp("model") / "tiny.vec"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def said(meanings: list[int], draw: random.Random) -> str:
    return " ".join(f"w{meaning:03d}{draw.choice('abcde')}" for meaning in meanings)


def random_texts(seed: int, how_many: int = 600) -> list[str]:
    draw = random.Random(seed)
    return [said(draw.sample(range(MEANINGS), 12), draw) for _ in range(how_many)]


def table(texts: list[str], lang: str = "en") -> pl.DataFrame:
    names = [f"{lang}{number:04d}" for number in range(len(texts))]
    uses = list(range(len(texts), 0, -1))
    return pl.DataFrame({"fingerprint": names, "normal_text": texts, "lang": [lang] * len(texts), "uses": uses})


def test_the_same_in_other_words_joins_the_leader(model: Path):
    texts, draw = random_texts(2), random.Random(3)
    topic = list(range(60, 72))
    texts[10] = said(topic, draw)
    for place in (100, 200, 300):
        texts[place] = said(topic[::-1], draw)  # the other way round: no words in one order
    found = paraphrases(table(texts), load_word_vectors(model), seed=0, funnel=Funnel())
    joined = dict(found.leader_of.iter_rows())
    assert {joined[f"en{place:04d}"] for place in (100, 200, 300)} == {"en0010"}
    assert found.thresholds["en"] < 0.95
    assert found.left_out == 0


def test_hardly_any_random_texts_are_paraphrases(model: Path):
    """1 in 10,000 of 180,000 pairs, by construction."""
    found = paraphrases(table(random_texts(4)), load_word_vectors(model), seed=0, funnel=Funnel())
    assert found.leader_of.height <= 40


def test_two_texts_around_one_quotation_are_not_one(model: Path):
    texts, draw = random_texts(5), random.Random(6)
    topic = list(range(60, 72))
    texts[10] = said(topic, draw)
    texts[100] = " ".join([*texts[10].split()[:6], *said(topic[6:][::-1], draw).split()])
    found = paraphrases(table(texts), load_word_vectors(model), seed=0, funnel=Funnel())
    assert "en0100" not in dict(found.leader_of.iter_rows())


def test_languages_are_kept_apart_and_small_ones_left_out(model: Path):
    texts = random_texts(7)
    both = pl.concat([table(texts), table(texts[:50], "de")])
    found = paraphrases(both, load_word_vectors(model), seed=0, funnel=Funnel())
    assert list(found.thresholds) == ["en"]
    assert found.left_out == 50
    assert found.leader_of["fingerprint"].str.starts_with("en").all()


def test_the_order_of_texts_changes_nothing(model: Path):
    texts, words = table(random_texts(8)), load_word_vectors(model)
    once = paraphrases(texts, words, seed=0, funnel=Funnel())
    again = paraphrases(texts.sample(fraction=1, shuffle=True, seed=1), words, seed=0, funnel=Funnel())
    assert once.leader_of.equals(again.leader_of)
    assert once.thresholds == again.thresholds


def test_a_text_of_unknown_words_has_no_meaning(model: Path):
    words = load_word_vectors(model)
    vectors = text_vectors(["w001a w002b zzz", "w001a zzz yyy", "", "w003a w004a w005a"], words)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 0, 1])


def test_words_are_read_with_and_without_a_first_line_of_counts(tmp_path: Path):
    plain, counted = tmp_path / "plain.txt", tmp_path / "counted.vec"
    plain.write_text("River 1 0\nriver 0 1\nstone 0.5 -1e-1\n")
    counted.write_text("3 2\n" + plain.read_text())
    for file in (plain, counted):
        words = load_word_vectors(file)
        assert dict(words.place) == {"river": 0, "stone": 1}
        assert words.rows.tolist() == [[1.0, 0.0], [0.5, pytest.approx(-0.1)]]
    assert len(load_word_vectors(plain, most_words=1).place) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"river 1 0\nstone 1\n", "line 2: a word and 2 numbers"),
        (b"river 1 nan\n", "line 1"),
        (b"river one two\n", "line 1"),
        (b"river\n", "line 1"),
        (b"", "holds no word vectors"),
        (b"\x80\x04\x95 pickle", "cannot be read"),
    ],
)
def test_what_is_no_model_is_refused_with_its_line(tmp_path: Path, content: bytes, told: str):
    file = tmp_path / "bad.vec"
    file.write_bytes(content)
    with pytest.raises(BadSetting, match=told):
        load_word_vectors(file)


def test_a_missing_model_is_told(tmp_path: Path):
    with pytest.raises(BadSetting, match=r"none\.vec cannot be read"):
        load_word_vectors(tmp_path / "none.vec")
