"""Sentences of the invented languages: slots filled from word lists, and choices of the form {a|b}."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

_FOLDER = Path(__file__).parent / "grammar"
_CHOICE = re.compile(r"\{([^{}|]*(?:\|[^{}|]*)+)\}")
_SLOT = re.compile(r"\{(\w+)\}")

TOPICS = ("garden", "kitchen", "music", "sky", "rail", "books", "town")
LANGUAGES = ("en", "pt", "ja", "ar", "hi")


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))


GRAMMARS: Mapping[str, Mapping[str, Any]] = {lang: _load(lang) for lang in LANGUAGES}
COMMON = _load("common")
OPERATIONS = _load("operations")


def _filled(rng: Random, template: str, lang: str, topic: str) -> str:
    grammar = GRAMMARS[lang]

    def word(slot: re.Match[str]) -> str:
        name = slot.group(1)
        if name == "noun":
            return str(rng.choice(grammar["nouns"][topic]))
        if name == "place":
            return str(rng.choice(COMMON["places"][lang]))
        return str(rng.choice(grammar[name]))

    text = _SLOT.sub(word, template)
    return text[:1].upper() + text[1:]


def post_text(rng: Random, lang: str, topic: str) -> str:
    """What a person writes: mostly a sentence, often with an opener or a remark, rarely a bare greeting."""
    grammar = GRAMMARS[lang]
    if rng.random() < 0.05:
        return str(rng.choice(grammar["hellos"]))
    gap = "" if lang == "ja" else " "
    text = _filled(rng, rng.choice(grammar["sentences"]), lang, topic)
    stop = "" if text[-1] in "?؟" else "。" if lang == "ja" else "।" if lang == "hi" else "."
    if rng.random() < 0.35:
        text = rng.choice(grammar["openers"]) + gap + text
    if rng.random() < 0.65:
        text += stop + gap + _filled(rng, rng.choice(grammar["remarks"]), lang, topic)
    if rng.random() < 0.2:
        text += " " + rng.choice(COMMON["emoji"])
    return text


def reply_text(rng: Random, lang: str, topic: str) -> str:
    return _filled(rng, rng.choice(GRAMMARS[lang]["replies"]), lang, topic)


def headline(rng: Random, lang: str, topic: str) -> str:
    return _filled(rng, rng.choice(GRAMMARS[lang]["headlines"]), lang, topic)


def tags(rng: Random, lang: str, topic: str) -> tuple[str, ...]:
    """Hashtags without '#', in the order of the text: mostly none, rarely three."""
    known = list(COMMON["tags"][topic][lang])
    count = rng.choices((0, 1, 2, 3), (62, 28, 7, 3))[0]
    return tuple(rng.sample(known, min(count, len(known))))


def varied(rng: Random, template: str, change: float) -> str:
    """`template` with each choice {usual|other|...} decided: the usual one, or with probability `change` another."""

    def one(match: re.Match[str]) -> str:
        usual, *others = match.group(1).split("|")
        return rng.choice(others) if rng.random() < change else usual

    return _CHOICE.sub(one, template)
