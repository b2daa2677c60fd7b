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
    lowered = text.str.replace_all(_HIDDEN, "").str.normalize("NFKC").str.to_lowercase()
    return lowered.str.replace_many(list(_FOLDS), list(_FOLDS.values())).str.normalize("NFKC")


def normal_texts(texts: pl.Series) -> pl.DataFrame:
    """Columns text (distinct, not null), normal_text, and fingerprint (16 hex digits; null when too short to compare)."""
    frame = pl.DataFrame({"text": texts.drop_nulls().unique().cast(pl.String)})
    plain = pl.col("text").str.len_bytes() == pl.col("text").str.len_chars()
    # Three times quicker: a text of plain ASCII has no other spellings of its letters and no writing without spaces.
    runs = (
        pl.concat(
            [
                frame.filter(plain)
                .select("text", _run(_unescaped("text").str.to_lowercase()))
                .with_columns(pl.col("run").alias("normal_text")),
                frame.filter(~plain)
                .select("text", _run(folded(_unescaped("text"))))
                .with_columns(_parted("run").alias("normal_text")),
            ]
        )
        .rechunk()
        .sort("text")
    )
    # An ideograph says about as much as two letters of an alphabet.
    characters = pl.col("run").str.len_chars() + pl.col("run").str.count_matches(_IDEOGRAPH)
    tokens = pl.col("normal_text").str.count_matches(" ", literal=True) + 1
    long_enough = runs.with_columns(((characters >= LEAST_CHARACTERS) & (tokens >= LEAST_TOKENS)).alias("comparable"))
    distinct = long_enough.filter("comparable")["normal_text"].unique()
    prints = pl.Series("fingerprint", [_fingerprint(text) for text in distinct], dtype=pl.String)
    joined = long_enough.join(pl.DataFrame([distinct, prints]), on="normal_text", how="left", maintain_order="left")
    return joined.select("text", "normal_text", pl.when("comparable").then("fingerprint").alias("fingerprint"))


def _unescaped(name: str) -> pl.Expr:
    return pl.col(name).str.replace_many(list(_ENTITIES), list(_ENTITIES.values()))


def _run(text: pl.Expr) -> pl.Expr:
    """The words of a folded text with single spaces between them."""
    words = text.str.replace(_RESHARED, " ").str.replace_all(_LINK, " ").str.replace_all(_MENTION, " ")
    return words.str.replace_all(r"[^\p{L}\p{M}\p{N}]+", " ").str.strip_chars().alias("run")


def _parted(name: str) -> pl.Expr:
    """Characters of writing without spaces as words of their own."""
    return pl.col(name).str.replace_all(_UNSPACED, " $1$2 ").str.replace_all(r" +", " ").str.strip_chars()


def _fingerprint(normal_text: str) -> str:
    # 64 bits: among ten million texts the chance of any false meeting is 3 in a million.
    return hashlib.blake2b(normal_text.encode(), digest_size=8).hexdigest()
