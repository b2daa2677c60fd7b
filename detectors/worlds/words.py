"""Words: made-up languages with a Zipf vocabulary, and texts in them. Nothing in a text means anything or is real."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from detectors.worlds.drafts import I64
from detectors.worlds.seeds import chance

VOCABULARY = 1_500  # two texts of ten words meet by chance less than once in 10^20


@dataclass(frozen=True, slots=True)
class Language:
    """`share` of the interest groups that speak it; `zones` hours east of UTC where its speakers live, with weights."""

    code: str
    share: float
    zones: tuple[tuple[float, float], ...]
    onsets: str
    vowels: str
    codas: str


# Shares are an assumption (one large, several middling, one small language); the zones are those of the real speakers.
LANGUAGES = (
    Language("en", 0.46, ((-8, 0.15), (-5, 0.45), (0, 0.25), (5.5, 0.15)), "b c d f g h l m n p r s t w th st", "a e i o u ea", " n t s r nd ck"),
    Language("de", 0.16, ((1, 1.0),), "b d f g h k l m n r s w z sch", "a e i o u ei ie", "n r t ch st nd "),
    Language("es", 0.12, ((1, 0.4), (-3, 0.3), (-6, 0.3)), "b c d f g l m n p r s t v", "a e i o u ue", " s n r"),
    Language("pt", 0.10, ((-3, 0.85), (0, 0.15)), "b c d f g l m n p r s t v", "a e i o u ao", " s m r"),
    Language("tr", 0.08, ((3, 1.0),), "b c d g k l m n s t y z", "a e i u o", " n r l k"),
    Language("ru", 0.06, ((3, 0.8), (7, 0.2)), "б в г д к л м н п р с т", "а е и о у", " н т р й"),
    Language("is", 0.02, ((0, 1.0),), "b d f g h k l r s t hr", "a e i o u au ei", "r nn ð s l"),
)  # fmt: skip
SMALL_LANGUAGE = "is"


@cache
def vocabulary(code: str) -> pl.Series:
    """The words of a language, the same in every world: VOCABULARY distinct made-up words of one to three syllables."""
    language = next(one for one in LANGUAGES if one.code == code)
    draw = chance(0, "vocabulary", code)
    onsets, vowels, codas = language.onsets.split(), language.vowels.split(), language.codas.split(" ")
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        parts = [
            str(draw.choice(onsets)) + str(draw.choice(vowels)) + str(draw.choice(codas))
            for _ in range(int(draw.integers(1, 4)))
        ]
        words["".join(parts)] = None
    return pl.Series("word", list(words), dtype=pl.String)


def texts(count: int, code: str, draw: np.random.Generator, low: int = 8, high: int = 15) -> pl.Series:
    """`count` texts of `low` to `high` words, frequent words more often; long enough to be compared (ingest: 5 words)."""
    words = vocabulary(code)
    lengths = draw.integers(low, high + 1, count)
    # Squaring a uniform number prefers the first words, about as Zipf's law does, and is quick.
    ranks = (draw.random(int(lengths.sum())) ** 2 * VOCABULARY).astype(np.int64)
    return joined(words.gather(ranks), lengths)


def joined(words: pl.Series, lengths: I64) -> pl.Series:
    """Words put together into texts of `lengths` words each."""
    owner = np.repeat(np.arange(lengths.size), lengths)
    frame = pl.DataFrame({"owner": owner, "word": words})
    told = frame.group_by("owner", maintain_order=True).agg(pl.col("word").str.join(" "))
    return told["word"].alias("text")


def texts_of(codes: pl.Series, draw: np.random.Generator) -> pl.Series:
    """One text per entry, each in its own language."""
    row = pl.DataFrame({"code": codes}).with_row_index("row")
    parts = [
        pl.DataFrame({"row": rows["row"], "text": texts(rows.height, str(code), draw)})
        for (code,), rows in row.sort("code", "row").group_by("code", maintain_order=True)
    ]
    return pl.concat(parts).sort("row")["text"] if parts else pl.Series("text", [], dtype=pl.String)
