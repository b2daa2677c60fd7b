"""Meaning as vectors: texts as weighted means of word vectors from a local file. Nothing is ever downloaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from graph.errors import BadSetting

F32 = npt.NDArray[np.float32]

MOST_WORDS = 200_000  # such files stand in order of frequency; the rest are rare names and misspellings
_WEIGHT = 1e-3  # a of Arora et al. 2017, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings"
_KNOWN = 0.5  # share of a text's words that must have a vector, or the mean speaks for too little of it
_LONGEST_LINE = 65_536  # characters; a line of 1,000 numbers has about 10,000


@dataclass(frozen=True, slots=True)
class WordVectors:
    """`place` maps a word to its row of `rows`."""

    place: Mapping[str, int]
    rows: F32

    def vectors(self, texts: Sequence[str]) -> F32:
        """As `text_vectors`."""
        return text_vectors(texts, self)


def load_word_vectors(file: Path, most_words: int = MOST_WORDS) -> WordVectors:
    """The first `most_words` words of a text file in the form of word2vec, fastText (.vec) or GloVe: a word and its numbers
    per line, with or without a first line of two counts. Words are taken in lower case, the first of equal ones counts.

    Raises BadSetting, with the line, for a file that is not of that form or holds numbers that are not finite.
    """
    place: dict[str, int] = {}
    rows: list[F32] = []
    try:
        with file.open(encoding="utf-8", newline="\n") as lines:
            for number in range(1, most_words + 2):
                line = lines.readline(_LONGEST_LINE)
                if not line or len(rows) == most_words:
                    break
                word, *cells = line.rstrip().split(" ")
                if number == 1 and len(cells) == 1 and word.isdigit() and cells[0].isdigit():
                    continue
                row = _numbers(cells, file.name, number, len(rows[0]) if rows else None)
                if word.lower() not in place:
                    place[word.lower()] = len(rows)
                    rows.append(row)
    except (OSError, UnicodeDecodeError) as fault:
        raise BadSetting(
            f"{file.name} cannot be read as word vectors: {fault}.", "It is a text file in UTF-8."
        ) from fault
    if not rows:
        raise BadSetting(
            f"{file.name} holds no word vectors.", "A line is a word and its numbers, with spaces between."
        )
    return WordVectors(place, np.stack(rows))


def text_vectors(texts: Sequence[str], words: WordVectors) -> F32:
    """One row of length 1 per normal text; zeros where fewer than half of its words are known, or nothing is left.

    The mean of the word vectors, each weighed by a / (a + share of the word in `texts`), less the mean over all texts:
    what all texts of one language and topic have in common says nothing about two of them.
    """
    row, column, sizes = _known_words(texts, words)
    if not row.size:
        return np.zeros((len(texts), words.rows.shape[1]), dtype=np.float32)
    share = np.bincount(column, minlength=len(words.rows)) / max(int(sizes.sum()), 1)
    weight = (_WEIGHT / (_WEIGHT + share)).astype(np.float32)
    known = np.bincount(row, minlength=len(texts))
    bags = csr_array((weight[column], (row, column)), shape=(len(texts), len(words.rows)))
    total = np.asarray(bags @ words.rows, dtype=np.float32)
    mean: F32 = np.divide(total, np.maximum(known, 1)[:, None], dtype=np.float32)
    return centred(mean, known >= _KNOWN * np.maximum(sizes, 1))


def centred(mean: F32, enough: npt.NDArray[np.bool_]) -> F32:
    """Rows of length 1, less the mean over those with `enough` behind them; zeros for the others."""
    if enough.any():
        mean = mean - mean[enough].mean(axis=0)
    length = np.linalg.norm(mean, axis=1)
    speaks = enough & (length > 1e-6)
    return np.where(speaks[:, None], mean / np.maximum(length, 1e-6)[:, None], 0).astype(np.float32)


def _numbers(cells: Sequence[str], name: str, line: int, width: int | None) -> F32:
    try:
        row = np.array(cells, dtype=np.float32)
    except ValueError:
        row = np.empty(0, dtype=np.float32)
    if not row.size or (width is not None and row.size != width) or not np.isfinite(row).all():
        wanted = "numbers" if width is None else f"{width} numbers"
        raise BadSetting(
            f"{name}, line {line}: a word and {wanted} were expected", "Convert the file to word2vec's text form."
        )
    return row


def _known_words(
    texts: Sequence[str], words: WordVectors
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Text and word of each known word, and the number of words of each text."""
    row: list[int] = []
    column: list[int] = []
    sizes = np.zeros(len(texts), dtype=np.int64)
    for number, text in enumerate(texts):
        parts = text.split()
        sizes[number] = len(parts)
        places = [words.place[part] for part in parts if part in words.place]
        row += [number] * len(places)
        column += places
    return np.array(row, dtype=np.int64), np.array(column, dtype=np.int64), sizes
