"""Normal text: what copies of one text have in common."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.canonical.normal_text import normal_texts


def normal(text: str) -> str:
    return str(normal_texts(pl.Series([text]))["normal_text"][0])


def fingerprint(text: str) -> str | None:
    return normal_texts(pl.Series([text]))["fingerprint"][0]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("RT @Ana: We WANT answers now! https://t.co/abc", "we want answers now"),
        ("We want answers now 😀👍🏽 @ben #now", "we want answers now now"),
        ("We&amp;they\n\nwant   answers…", "we they want answers"),
        ("Ｗｅ ｗａｎｔ ａｎｓｗｅｒｓ", "we want answers"),
        ("zero\u200bwidth", "zerowidth"),
        ("Straße ΣΊΣΥΦΟΣ", "strasse σίσυφοσ"),
        ("क्या आप आएंगे?", "क्या आप आएंगे"),
        ("今天天气好", "今 天 天 气 好"),
        ("東京 2020へ", "東 京 2020 へ"),
        ("ไปกิน", "ไ ป กิ น"),
    ],
)
def test_the_normal_form(text: str, left: str):
    assert normal(text) == left


def test_copies_with_other_links_names_and_emoji_have_one_fingerprint():
    copies = [
        "Breaking: the minister resigns tonight https://t.co/one",
        "BREAKING the minister resigns tonight!!! 🔥 @eve https://t.co/two",
        "RT @ana: Breaking - the minister resigns, tonight",
    ]
    assert len({fingerprint(text) for text in copies}) == 1


@pytest.mark.parametrize(
    "text", ["good morning", "a b c d e f g", "internationalisation antidisestablishmentarianism", "https://t.co/x"]
)
def test_texts_that_are_equal_by_chance_have_none(text: str):
    assert fingerprint(text) is None


@pytest.mark.parametrize("text", ["今天天气很好我们去公园玩", "こんにちは世界のみなさん", "ขอบคุณมากครับพี่น้องชาวไทย"])
def test_texts_without_spaces_can_be_compared_too(text: str):
    assert fingerprint(text) is not None


def test_a_fingerprint_is_the_same_on_every_machine():
    assert fingerprint("the quick brown fox jumps over the lazy dog") == "2bb50820defdfbf2"


@settings(deadline=None)
@given(st.text(max_size=80))
def test_the_normal_form_is_its_own_normal_form(text: str):
    assert normal(normal(text)) == normal(text)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_a_normal_text_holds_single_spaces_only(text: str):
    left = normal(text)
    assert left == " ".join(left.split())
