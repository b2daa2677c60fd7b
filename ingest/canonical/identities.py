"""Checks of identities: opaque text, byte for byte; what a spreadsheet, an encoding or an invisible character damaged is set aside."""

import polars as pl

from ingest.canonical.faults import finding
from ingest.canonical.layout import IDENTITIES, Profile
from ingest.canonical.records import Records
from ingest.chunks import LINE

# Unicode classes that cannot be seen: control, format, line and paragraph separators (corpus contract, "bad_id").
INVISIBLE = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]"
# A number with a decimal mark and an exponent lost its last digits in a spreadsheet (corpus contract, "id_precision_lost").
ROUNDED = r"^[+-]?\d+[.,]\d*[eE][+-]?\d+$"


def identity_findings(records: Records, profile: Profile) -> list[pl.DataFrame]:
    """The failing rows of every identity of the profile, in the order in which they are to be told."""
    found: list[pl.DataFrame] = []
    for name in IDENTITIES:
        if records.has(name):
            found += _damage(records, name)
            if name in profile.required:
                found.append(_missing(records, name))
    if profile.nobody and records.has("account_id"):
        nobody = records.frame.filter(pl.col("account_id").is_in(sorted(profile.nobody)))
        sentence = pl.format("{} stands for many deleted accounts, not for one", pl.col("account_id"))
        found.append(finding(nobody, records.column_of("account_id"), "no_account", sentence))
    return found


def _missing(records: Records, name: str) -> pl.DataFrame:
    column = records.column_of(name)
    empty = records.frame.filter(pl.col(name).is_null() | (pl.col(name).str.strip_chars() == ""))
    return finding(empty, column, "bad_id", f"{column} is empty")


def _damage(records: Records, name: str) -> list[pl.DataFrame]:
    column, frame = records.column_of(name), records.frame
    invisible = frame.filter(pl.col(name).str.contains(INVISIBLE))
    rounded = frame.filter(
        pl.col(name).str.contains(ROUNDED) | pl.col(LINE).is_in(sorted(records.inexact.get(name, ())))
    )
    undecodable = frame.filter(pl.col(LINE).is_in(sorted(records.damaged.get(name, ()))))
    hidden = invisible[name].str.extract(f"({INVISIBLE})").to_list()
    points = pl.Series("point", [f"U+{ord(character):04X}" for character in hidden], pl.String)
    lost = pl.format(
        "{} {} lost its last digits in a spreadsheet or a float; export again with ids as text",
        pl.lit(column),
        pl.col(name),
    )
    return [
        finding(undecodable, column, "encoding", f"{column} holds bytes that are not valid text"),
        finding(invisible.with_columns(points), column, "bad_id", _holds(column)),
        finding(rounded, column, "id_precision_lost", lost),
    ]


def _holds(column: str) -> pl.Expr:
    return pl.format("{} holds an invisible character {}", pl.lit(column), pl.col("point"))
