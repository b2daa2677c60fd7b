"""Hashtags, mentions and links found in a text, for exports that do not list them."""

import polars as pl

from ingest.canonical.normal_text import folded

_LINK = r"(?i)https?://[^\s<>\"\[\]|{}\\^`]+"
# A word cut off by "…" is no longer the tag, name or link that was written.
_CUT = r"(?:[#＃@＠][\p{L}\p{M}\p{N}_]*|https?:[^\s…]*)(?:…|\.\.\.\s*$)"
_INSIDE = r"([\p{L}\p{N}_&/])[#＃]"  # "a#b" and "&#39;" are no tags
_TAG = r"[#＃][\p{N}_]*[\p{L}][\p{L}\p{M}\p{N}_]*"  # at least one letter: "#1" is a rank
# With the character before it: "a@b.org" names nobody. A name may have a server, as in "@ana@social.example".
_NAME = r"(?:^|[^\p{L}\p{N}_&/.@＠])[@＠][A-Za-z0-9_][A-Za-z0-9_.-]*(?:@[A-Za-z0-9.-]+)?"
_BEFORE_NAME = r"^[^@＠]*[@＠]"
_CLOSING = ".,;:!?)]}'\"”’»…"


def hashtags_in(text: pl.Expr) -> pl.Expr:
    """The tags in the order of the text, without "#", folded; a tag used twice counts where it came first."""
    return _bare(text).str.extract_all(_TAG).list.eval(_folded_tag(pl.element())).list.unique(maintain_order=True)


def given_hashtags(tags: pl.Expr) -> pl.Expr:
    """Tags as an export lists them, in the same form as those found in texts."""
    kept = tags.list.eval(_folded_tag(pl.element()).filter(pl.element() != ""))
    return kept.list.unique(maintain_order=True)


def mentions_in(text: pl.Expr) -> pl.Expr:
    """ "@name" in lower case, in the order of the text, each once."""
    found = _bare(text).str.extract_all(_NAME)
    names = found.list.eval("@" + folded(pl.element().str.replace(_BEFORE_NAME, "").str.strip_chars_end(".-")))
    return names.list.unique(maintain_order=True)


def links_in(text: pl.Expr) -> pl.Expr:
    """Links as written, without the punctuation that ends the sentence around them; links cut short are left out."""
    found = text.str.replace_all(_CUT, "").str.extract_all(_LINK)
    return found.list.eval(pl.element().str.strip_chars_end(_CLOSING)).list.unique(maintain_order=True)


def _bare(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(_CUT, "").str.replace_all(_LINK, " ").str.replace_all(_INSIDE, "$1 ")


def _folded_tag(tag: pl.Expr) -> pl.Expr:
    return folded(tag.str.strip_chars().str.strip_chars_start("#＃"))
