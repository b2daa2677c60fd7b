"""Normal text: what is left of a text to compare it with others, and its fingerprint.

Left out: links, mentions, "RT @x:", punctuation, symbols and emoji (the cheapest way to make copies differ), case, and the
kinds of spaces. Kept: letters with their marks, digits, the words of hashtags. Writing without spaces between words is
parted into characters, so that a Chinese, Japanese or Thai text has tokens too.
"""

import hashlib

import polars as pl

# DETECTORS 2.1: shorter texts ("good morning") are equal by chance.
LEAST_CHARACTERS = 20
LEAST_TOKENS = 5

_HIDDEN = r"[\p{Cf}\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}\x{20E3}]"  # zero-width marks, emoji variants: inside a word they must vanish
_LINK = r"(?i)(?:https?:/{0,2}|www\.)\S*"
_RESHARED = r"^\s*(?i:rt|via)\s+@\w+\s*:?"
_MENTION = r"@[\w.@-]*"
_IDEOGRAPH = r"[\p{Han}\p{Hiragana}\p{Katakana}\x{30FC}]"
_UNSPACED = rf"({_IDEOGRAPH}|[\p{{Thai}}\p{{Lao}}\p{{Khmer}}\p{{Myanmar}}])(\p{{M}}*)"
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&nbsp;": " "}
# What casefolding changes beyond lower case, in the letters that people write with.
_FOLDS = {"ß": "ss", "ς": "σ", "ſ": "s"}


def folded(text: pl.Expr) -> pl.Expr:
    """One spelling of letters: compatibility forms, case and final sigma brought together; hidden characters taken out."""
    visible = text.str.replace_all(_HIDDEN, "").str.normalize("NFKC").str.replace_all(_HIDDEN, "").str.to_lowercase()
    return visible.str.replace_many(list(_FOLDS), list(_FOLDS.values())).str.normalize("NFKC")


def normal_texts(texts: pl.Series) -> pl.DataFrame:
    """Columns text (distinct, not null), normal_text, and fingerprint (16 hex digits; null when too short to compare)."""
    frame = pl.DataFrame({"text": texts.drop_nulls().unique().sort().cast(pl.String)})
    plain = folded(pl.col("text").str.replace_many(list(_ENTITIES), list(_ENTITIES.values())))
    words = plain.str.replace(_RESHARED, " ").str.replace_all(_LINK, " ").str.replace_all(_MENTION, " ")
    frame = frame.with_columns(_squeezed(words.str.replace_all(r"[^\p{L}\p{M}\p{N}]+", " ")).alias("run"))
    frame = frame.with_columns(_squeezed(pl.col("run").str.replace_all(_UNSPACED, " $1$2 ")).alias("normal_text"))
    # An ideograph says about as much as two letters of an alphabet.
    characters = pl.col("run").str.len_chars() + pl.col("run").str.count_matches(_IDEOGRAPH)
    tokens = pl.col("normal_text").str.count_matches(" ", literal=True) + 1
    comparable = (characters >= LEAST_CHARACTERS) & (tokens >= LEAST_TOKENS)
    long_enough = frame.with_columns(comparable.alias("comparable"))
    distinct = long_enough.filter("comparable")["normal_text"].unique()
    prints = pl.DataFrame(
        {"normal_text": distinct, "fingerprint": pl.Series([_fingerprint(text) for text in distinct], dtype=pl.String)}
    )
    joined = long_enough.join(prints, on="normal_text", how="left", maintain_order="left")
    return joined.select("text", "normal_text", "fingerprint")


def _squeezed(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(r"\s+", " ").str.strip_chars()


def _fingerprint(normal_text: str) -> str:
    # 64 bits: among ten million texts the chance of any false meeting is 3 in a million.
    return hashlib.blake2b(normal_text.encode(), digest_size=8).hexdigest()
