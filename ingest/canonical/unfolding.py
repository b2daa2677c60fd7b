"""Pages as records: what came of the records inside is told about the page, which is the one line that was read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from ingest.chunks import LINE, Chunk, Fault

PAGE = "__page__"  # the line of the page that a record came from


@dataclass(frozen=True, slots=True)
class Unfolded:
    """`frame`: raw records with PAGE, LINE counted from 1 within the stretch; `broken`: pages without readable records."""

    frame: pl.DataFrame
    inexact: Mapping[str, frozenset[int]]
    broken: frozenset[int]


Unfold = Callable[[pl.DataFrame], Unfolded]


def inner_chunk(unfolded: Unfolded, page: Chunk) -> Chunk:
    """The records inside as a chunk of their own; the bytes of a record are those of its page."""
    lines = dict(unfolded.frame.select(LINE, PAGE).iter_rows())
    return Chunk(unfolded.frame.drop(PAGE), lambda line: page.original(lines[line]), inexact=unfolded.inexact)


def on_pages(frame: pl.DataFrame, unfolded: Unfolded) -> pl.DataFrame:
    """A fact table with `line` turned from the record into its page."""
    if "line" not in frame.columns:
        return frame
    places = unfolded.frame.select(pl.col(LINE).alias("line"), PAGE)
    joined = frame.join(places, on="line", how="left", maintain_order="left")
    return joined.with_columns(pl.col(PAGE).alias("line")).drop(PAGE)


def page_faults(
    faults: tuple[Fault, ...], accepted: pl.Series, unfolded: Unfolded, page: Chunk
) -> tuple[list[Fault], list[Fault]]:
    """Faults of pages, and warnings.

    A page without one sound record is at fault, under the first fault of its records. In a page with sound ones, the others
    are left out with a warning each: a page is one line, and a line is accepted or set aside as a whole.
    """
    lines = dict(unfolded.frame.select(LINE, PAGE).iter_rows())
    sound = {lines[line] for line in accepted.to_list()}
    told = [
        Fault(line, "", "bad_json", f"line {line}: the list of records in it is not whole JSON", page.original(line))
        for line in sorted(unfolded.broken)
    ]
    warned: list[Fault] = []
    for fault in faults:
        line = lines[fault.line]
        what = fault.message.split(": ", 1)[-1]
        placed = Fault(line, fault.column, fault.reason, f"line {line}, a record inside: {what}", fault.original)
        if line in sound:
            warned.append(placed)
        elif all(other.line != line for other in told):
            told.append(placed)
    return sorted(told, key=lambda fault: fault.line), warned
