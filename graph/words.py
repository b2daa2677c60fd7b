"""The words of a name: how accounts and objects are found by what stands inside their ids, handles, links and tags."""

# A word is a run of letters, marks and digits and of nothing else, so that no sign of a query language ever reaches a store.
# Names are compared without what people vary to be looked over: wide, bold and circled letters (NFKC), accents, case, signs
# that do not show. Both stores index what stands here and tokenise nothing by themselves: equal words, equal answers.

import re
from dataclasses import dataclass

import polars as pl

WORD_SIGNS = 40  # of a word; what is longer is found by its beginning. A Lucene index takes 255
MOST_WORDS = 100  # of one name: links have a dozen
MOST_HITS = 2_000  # with more the words say too little, and the index of one store would choose other ones than that of the next
_READ_SIGNS = 2_000  # of a name; the rest has no words
_WHOLE = 3  # shorter words are met whole: nearly everything has a word that starts with "a"

_WORD = r"[\p{L}\p{M}\p{N}]+"
_ACCENTS_AND_UNSEEN = "[\u0300-\u036f]|\\p{Cf}"
# Scripts without spaces, Thai to Khmer, kana and Han, lie in the index as pairs of signs, and the last sign alone.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word that a name must have, or begin one with."""

    text: str
    whole: bool


def words_of(names: pl.Series) -> pl.Series:
    """Per name its different words in their order, joined by spaces; null where it has none."""
    runs = _runs(names)
    unspaced = runs.str.contains(f"[{_UNSPACED}]").fill_null(False)
    if unspaced.any():
        paired = runs.filter(unspaced).map_elements(lambda text: _paired(text, last=True), return_dtype=pl.String)
        runs = runs.scatter(unspaced.arg_true(), paired)
    words = pl.col("runs").str.split(" ").list.eval(pl.element().str.head(WORD_SIGNS))
    joined = words.list.unique(maintain_order=True).list.head(MOST_WORDS).list.join(" ")
    return runs.alias("runs").to_frame().select(pl.when(joined != "").then(joined))["runs"]


def words_asked(text: str) -> tuple[Word, ...]:
    """What a name must have to be found by the text; the beginning of a word is enough, from its third sign on."""
    runs = _runs(pl.Series([text], dtype=pl.String))[0]
    found = dict.fromkeys(word[:WORD_SIGNS] for word in _paired(runs, last=False).split())
    # One sign of a script without spaces stands first in a pair, or alone as the last.
    return tuple(Word(w, len(w) < _WHOLE and not (len(w) == 1 and _UNSPACED_RUN.match(w))) for w in found)[:MOST_WORDS]


def _runs(names: pl.Series) -> pl.Series:
    return (
        names.fill_null("")
        .str.head(_READ_SIGNS)
        .str.normalize("NFKD")
        .str.replace_all(_ACCENTS_AND_UNSEEN, "")
        .str.normalize("NFC")
        .str.to_lowercase()
        .str.replace_many(["ß", "ς"], ["ss", "σ"])
        .str.extract_all(_WORD)
        .list.join(" ")
    )


def _paired(runs: str, last: bool) -> str:
    """Runs of unspaced scripts as pairs of neighbouring signs, with the `last` sign alone; a run of one sign stays."""

    def pairs(found: re.Match[str]) -> str:
        run = found[0]
        some = [run[place : place + 2] for place in range(len(run) - 1)]
        return f" {' '.join([*some, run[-1]] if last or not some else some)} "

    return " ".join(_UNSPACED_RUN.sub(pairs, runs).split())
