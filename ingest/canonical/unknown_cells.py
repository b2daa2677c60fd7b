"""Cells that count as unknown: the rows are kept, and each column says once per stretch of a file how many there were."""

from collections.abc import Callable, Iterator

import polars as pl

from ingest.canonical.accounts import NUMBERS
from ingest.canonical.addresses import ties_nobody
from ingest.canonical.free_text import unknown_numbers
from ingest.canonical.network_numbers import is_reserved_number
from ingest.canonical.records import Records
from ingest.chunks import LINE, Fault

_ADDRESS = (
    "1 cell is private, shared, reserved or unknown: it ties no accounts together",
    "{:,} cells are private, shared, reserved or unknown: they tie no accounts together",
)
_NETWORK = (
    "1 cell is the number of no network and counts as unknown",
    "{:,} cells are numbers of no network and count as unknown",
)
_NUMBER = ("1 cell is no number and counts as unknown", "{:,} cells are no numbers and count as unknown")


def cells_told(records: Records, accepted: pl.DataFrame, original: Callable[[int], bytes]) -> list[Fault]:
    """One warning per column with such cells, placed at the first of them."""
    told: list[Fault] = []
    for name, lines, reason, (one, many) in _unknown(accepted):
        column, first = records.column_of(name), int(lines[0])
        said = one if lines.len() == 1 else many.format(lines.len())
        told.append(Fault(first, column, reason, f"{column}: {said}", original(first)))
    return told


def _unknown(accepted: pl.DataFrame) -> Iterator[tuple[str, pl.Series, str, tuple[str, str]]]:
    for name, lines in unknown_numbers(accepted, (*NUMBERS, "spend")).items():
        yield name, lines, "unknown_number", _NUMBER
    for name, is_nobodys, sentences in (("ip", ties_nobody, _ADDRESS), ("asn", is_reserved_number, _NETWORK)):
        if name in accepted.columns:
            lines = accepted.filter(is_nobodys(name))[LINE]
            if lines.len():
                yield name, lines, "ties_nobody", sentences
