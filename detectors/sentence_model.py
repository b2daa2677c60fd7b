"""Sentence embeddings from a local folder: a static model (model2vec's form), with the extra `embeddings`. Nothing is downloaded."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from detectors.embeddings import F32, WordVectors, centred, load_word_vectors
from graph.errors import BadSetting

WEIGHTS_FILE, TOKENIZER_FILE = "model.safetensors", "tokenizer.json"
LONGEST = 512  # tokens of a text; the length that such models are cut at by default
_EXTRA = "Install it with: pip install 'flockwatch[embeddings]'."

Tokens = Callable[[Sequence[str]], list[list[int]]]


@dataclass(frozen=True, slots=True)
class SentenceModel:
    """`tokens` gives the token numbers of texts; token t has the vector `rows[place[t]] * weight[t]`, a text their mean.

    Static: distilled from a model of whole sentences into one vector per token (model2vec), so it needs neither a graphics card
    nor much time, and the same text has the same vector on every machine.
    """

    tokens: Tokens
    rows: F32
    place: npt.NDArray[np.int64]
    weight: F32

    def vectors(self, texts: Sequence[str]) -> F32:
        """One row of length 1 per text, less the mean over all texts; zeros where no token is known."""
        ids = self.tokens(texts)
        sizes = np.array([len(one) for one in ids], dtype=np.int64)
        flat = np.array([token for one in ids for token in one], dtype=np.int64)
        text = np.repeat(np.arange(len(ids)), sizes)
        bags = csr_array((self.weight[flat], (text, self.place[flat])), shape=(len(ids), len(self.rows)))
        total = np.asarray(bags @ self.rows, dtype=np.float32)
        mean: F32 = np.divide(total, np.maximum(sizes, 1)[:, None], dtype=np.float32)
        return centred(mean, sizes > 0)


def load_text_model(path: Path) -> WordVectors | SentenceModel:
    """A folder is a sentence model, a file holds word vectors; raises BadSetting for what is neither."""
    return load_sentence_model(path) if path.is_dir() else load_word_vectors(path)


def load_sentence_model(folder: Path) -> SentenceModel:
    """The model in `folder`: model.safetensors (embeddings, and weights and mapping where there are any), tokenizer.json.

    Both files are data, never code: no pickle is read. Raises BadSetting where the extra is missing, a file is not of that form,
    or its numbers do not fit together.
    """
    tensors = _tensors(folder / WEIGHTS_FILE)
    tokenizer, size = _tokenizer(folder / TOKENIZER_FILE)
    rows = np.asarray(tensors["embeddings"], dtype=np.float32)
    place = np.asarray(tensors.get("mapping", np.arange(size)), dtype=np.int64)
    weight = np.asarray(tensors.get("weights", np.ones(size)), dtype=np.float32)
    fits = rows.ndim == 2 and place.shape == weight.shape == (size,) and size > 0
    if not fits or place.min() < 0 or place.max() >= len(rows):
        raise BadSetting(
            f"{WEIGHTS_FILE} has vectors of shape {rows.shape} and {TOKENIZER_FILE} {size:,} tokens: they do not fit.",
            "Take both files from one model.",
        )
    if not (np.isfinite(rows).all() and np.isfinite(weight).all()):
        raise BadSetting(f"{WEIGHTS_FILE} holds numbers that are not finite.", "Take the file from its source again.")
    return SentenceModel(tokenizer, rows, place, weight)


def _tensors(file: Path) -> dict[str, Any]:
    try:
        from safetensors.numpy import load_file  # noqa: PLC0415 - an extra; without it everything else works
    except ImportError as fault:
        raise BadSetting("Sentence models need the package safetensors.", _EXTRA) from fault
    try:
        tensors: dict[str, Any] = load_file(file)
    except Exception as fault:  # the package raises an error type of its own besides OSError
        raise BadSetting(f"{file.name} cannot be read: {fault}.", "It is a file in the form safetensors.") from fault
    if "embeddings" not in tensors:
        raise BadSetting(f"{file.name} holds no 'embeddings'.", "Only static models (model2vec) are read, not ONNX.")
    return tensors


def _tokenizer(file: Path) -> tuple[Tokens, int]:
    """Token numbers without the unknown one and without special tokens, as model2vec takes them; and how many tokens there are."""
    try:
        from tokenizers import Tokenizer  # noqa: PLC0415 - an extra
    except ImportError as fault:
        raise BadSetting("Sentence models need the package tokenizers.", _EXTRA) from fault
    try:
        tokenizer = Tokenizer.from_file(str(file))
        unknown = _unknown(json.loads(file.read_text("utf-8"))["model"], tokenizer)
    except Exception as fault:  # the package raises Exception itself
        raise BadSetting(f"{file.name} cannot be read: {fault}.", "It is a tokenizer in JSON.") from fault
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)

    def tokens(texts: Sequence[str]) -> list[list[int]]:
        told = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [[token for token in one.ids if token != unknown] for one in told]

    return tokens, tokenizer.get_vocab_size()


def _unknown(model: dict[str, Any], tokenizer: Any) -> int | None:
    """The number of the token for unknown pieces: named in most models, numbered in Unigram."""
    named = model.get("unk_token")
    number: int | None = tokenizer.token_to_id(named) if named else model.get("unk_id")
    return number
