"""What the words of a name are, and what is asked of them."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.words import MOST_WORDS, WORD_SIGNS, Word, words_asked, words_of


def words(name: str | None) -> str | None:
    return words_of(pl.Series([name], dtype=pl.String))[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("https://Flockwatch.org/a?b=1", "https flockwatch org a b 1"),
        ("Ana_A ana_a", "ana a"),
        ("Zürich é e\u0301 straße ΣΊΣΥΦΟΣ İ", "zurich e strasse σισυφοσ i"),
        ("ﬁ 𝓯𝓵𝓸𝓬𝓴 ＦＬＯＣＫ ②", "fi flock 2"),
        ("flo\u200bck \u202eabc", "flock abc"),
        ("हिन्दी مرحبا", "हिन्दी مرحبا"),
        ("東京都news", "東京 京都 都 news"),
        ("カ\u3099ラ 猫", "ガラ ラ 猫"),
        ("กขค", "กข ขค ค"),
        ('👍 🇩🇪 + - && || ! ( ) { } [ ] ^ " ~ * ? : \\ /', None),
        ("AND OR NOT TO", "and or not to"),
        ("a\0b", "a b"),
        ("x" * 9_000, "x" * WORD_SIGNS),
        ("", None),
        (None, None),
    ],
)
def test_words_are_runs_of_letters_and_digits_without_what_is_varied_to_be_looked_over(name, expected):
    assert words(name) == expected


def test_a_name_has_no_more_than_so_many_words_and_each_once():
    assert words(" ".join(f"w{n} w{n}" for n in range(300))) == " ".join(f"w{n}" for n in range(MOST_WORDS))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Flock wa", (Word("flock", False), Word("wa", True))),
        ("東京都", (Word("東京", True), Word("京都", True))),
        ("京", (Word("京", False),)),
        ("OR", (Word("or", True),)),
        ('"*:*" ~2', (Word("2", True),)),
        ("!!", ()),
    ],
)
def test_a_text_asks_for_beginnings_of_three_signs_and_for_shorter_words_whole(text, expected):
    assert words_asked(text) == expected


@given(st.text(max_size=80))
def test_every_name_is_found_by_itself_and_nothing_but_letters_and_digits_is_ever_asked(name):
    there = (words(name) or "").split()
    for word in words_asked(name):
        assert word.text in there if word.whole else any(one.startswith(word.text) for one in there)
        assert len(word.text) <= WORD_SIGNS
        assert not set(word.text) & set('+-&|!(){}[]^"~*?:\\/<>=_ \t\n\0\u3000')
        assert word.text not in {"AND", "OR", "NOT", "TO"}


def test_the_words_of_many_names_are_those_of_each():
    names = ["東京 a", "Ana", None, "กขค", "", "b c"]
    assert words_of(pl.Series(names)).to_list() == [words(name) for name in names]
    assert words_of(pl.Series([], dtype=pl.String)).to_list() == []
