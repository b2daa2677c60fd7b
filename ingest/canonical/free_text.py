"""Free text: control characters are taken out and told, never held against the record."""

from collections.abc import Callable, Iterable

import polars as pl

from ingest.canonical.records import Records
from ingest.chunks import LINE, Fault

# What no text needs and terminals, XML and databases choke on (corpus contract): TAB, LF and CR may stay.
CONTROL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]"


def dirty_columns(frame: pl.DataFrame, names: Iterable[str]) -> list[str]:
    """Those of the named columns that hold a control character anywhere."""
    columns = [name for name in names if name in frame.columns]
    found = frame.select(pl.col(name).str.contains(CONTROL).any() for name in columns)
    return [name for name in columns if found[name].any()]


def clean_texts(frame: pl.DataFrame, dirty: Iterable[str]) -> pl.DataFrame:
    """The frame with control characters removed from the dirty columns; a text of nothing else becomes null."""
    return frame.with_columns(pl.col(name).str.replace_all(CONTROL, "").replace("", None) for name in dirty)


def control_warnings(
    records: Records, frame: pl.DataFrame, dirty: Iterable[str], original: Callable[[int], bytes]
) -> list[Fault]:
    """One warning per accepted cell that held a control character; `frame` holds the accepted rows before cleaning."""
    told: list[Fault] = []
    for name in dirty:
        column = records.column_of(name)
        for line in frame.filter(pl.col(name).str.contains(CONTROL))[LINE].to_list():
            sentence = f"line {line}: {column} held control characters; they were taken out"
            told.append(Fault(line, column, "control_character", sentence, original(line)))
    return told


def number(name: str, dtype: type[pl.Int64] | type[pl.Float64] = pl.Int64) -> pl.Expr:
    """A count or an amount; what is not a number is unknown. "12.0" counts as 12, "1,234" as 1234."""
    plain = pl.col(name).str.strip_chars().str.replace_all(r"(\d),(\d{3})", "$1$2")
    amount = plain.cast(pl.Float64, strict=False)
    whole = plain.str.extract(r"^(\d{1,18})(?:\.0*)?$", 1).cast(pl.Int64, strict=False)
    return (whole if dtype is pl.Int64 else pl.when(amount.is_finite()).then(amount)).alias(name)


def truth(name: str) -> pl.Expr:
    """Yes, no, or null for any other word."""
    word = pl.col(name).str.strip_chars().str.to_lowercase()
    return (
        pl.when(word.is_in(["true", "t", "1", "yes", "y"]))
        .then(True)
        .when(word.is_in(["false", "f", "0", "no", "n"]))
        .then(False)
        .alias(name)
    )


# Spellings of "nothing here" in tables written by R, pandas and spreadsheets.
NOTHING = ("na", "nan", "none", "null", "n/a", "-", "\\n", "<na>")


def unknown_numbers(frame: pl.DataFrame, names: Iterable[str]) -> dict[str, pl.Series]:
    """The lines of each numeric column whose cell is neither a number nor a spelling of nothing; columns without any are left out."""
    found: dict[str, pl.Series] = {}
    for name in names:
        if name in frame.columns:
            word = pl.col(name).str.strip_chars().str.to_lowercase()
            odd = number(name, pl.Float64).is_null() & pl.col(name).is_not_null() & ~word.is_in(NOTHING)
            lines = frame.filter(odd)[LINE]
            found |= {name: lines} if lines.len() else {}
    return found
