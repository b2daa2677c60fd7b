"""Quarantine: lines set aside and cells cleaned, as rows that keep the place, the reason and the bytes as they came."""

from collections.abc import Sequence

import polars as pl

from graph.schemas import QUARANTINE_SCHEMA
from ingest.chunks import Fault


def fault_rows(faults: Sequence[Fault], file_name: str, source: str) -> pl.DataFrame:
    """QUARANTINE_SCHEMA rows, in the order of the lines."""
    ordered = sorted(faults, key=lambda fault: (fault.line, fault.column, fault.reason))
    return pl.DataFrame(
        {
            "file": [file_name] * len(ordered),
            "source": [source] * len(ordered),
            "line": [fault.line for fault in ordered],
            "column": [fault.column for fault in ordered],
            "reason": [fault.reason for fault in ordered],
            "message": [_one_line(fault.message) for fault in ordered],
            "original": [fault.original for fault in ordered],
        },
        schema=dict(QUARANTINE_SCHEMA),
    )


def _one_line(message: str) -> str:
    """Messages quote the file: whatever could break a line or a terminal is shown as an escape."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in message)
