"""A sentence model read from its folder, with a tokenizer built in the test. Needs the extra `embeddings`."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from detectors.sentence_model import SentenceModel, load_sentence_model, load_text_model
from graph.errors import BadSetting

ROWS = np.array([[9.0, 9.0], [1.0, 0.0], [0.0, 1.0]], dtype=np.float16)


def written(folder: Path, **tensors: np.ndarray) -> Path:
    """A model of four tokens: unknown, sun, moon, star."""
    vocabulary = {"[UNK]": 0, "sun": 1, "moon": 2, "star": 3}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106 - no password
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    mapping, weights = np.array([0, 1, 2, 1], dtype=np.int32), np.array([1, 1, 1, 3], dtype=np.float32)
    save_file({"embeddings": ROWS, "mapping": mapping, "weights": weights, **tensors}, folder / "model.safetensors")
    return folder


def test_tokens_weights_and_mapping_come_from_the_folder_and_the_unknown_says_nothing(tmp_path: Path):
    model = load_text_model(written(tmp_path))
    assert isinstance(model, SentenceModel)
    assert model.tokens(["sun star nowhere", "moon", "nowhere"]) == [[1, 3], [2], []]
    means = np.array([[2.0, 0.0], [0.0, 1.0]])
    less = means - means.mean(axis=0)
    told = model.vectors(["sun star nowhere", "moon", "nowhere"])
    assert told[:2] == pytest.approx(less / np.linalg.norm(less, axis=1, keepdims=True), abs=1e-6)
    assert not told[2].any()


def test_a_very_long_text_is_cut(tmp_path: Path):
    assert len(load_sentence_model(written(tmp_path)).tokens(["sun " * 10_000])[0]) == 512


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"mapping": np.array([0, 1, 2, 3], dtype=np.int32)}, "do not fit"),
        ({"mapping": np.array([0, 1, -1, 1], dtype=np.int32)}, "do not fit"),
        ({"weights": np.ones(3, dtype=np.float32)}, "do not fit"),
        ({"embeddings": np.ones(3, dtype=np.float32)}, "do not fit"),
        ({"weights": np.array([1, 1, np.nan, 1], dtype=np.float32)}, "not finite"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(tmp_path: Path, tensors: dict[str, np.ndarray], said: str):
    with pytest.raises(BadSetting, match=said):
        load_sentence_model(written(tmp_path, **tensors))


def test_files_of_another_form_are_refused_with_their_name(tmp_path: Path):
    with pytest.raises(BadSetting, match=r"model\.safetensors cannot be read"):
        load_sentence_model(tmp_path)
    written(tmp_path)
    save_file({"layer": ROWS}, tmp_path / "model.safetensors")
    with pytest.raises(BadSetting, match="holds no 'embeddings'"):
        load_sentence_model(tmp_path)
    written(tmp_path)
    for text in ("{", "[]", '{"model": {}}'):
        (tmp_path / "tokenizer.json").write_text(text, encoding="utf-8")
        with pytest.raises(BadSetting, match=r"tokenizer\.json cannot be read"):
            load_sentence_model(tmp_path)
