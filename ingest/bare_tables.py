"""One file read as actions, outside any workspace: for the projection alone, every row kept, repeats included."""

from pathlib import Path

import polars as pl

from graph.errors import BadExport
from graph.schemas import ACTION_SCHEMA
from ingest.chunks import ReadingOptions
from ingest.formats import canonicalise, recognise
from ingest.reading.open_table import open_table


def read_actions(path: Path, options: ReadingOptions) -> tuple[pl.DataFrame, int]:
    """The actions of one trace (ACTION_SCHEMA without source), in the order of the file, and the lines set aside.

    Repeated rows stay: peers count them, and a projection counts distinct objects anyway. Raises BadExport when the
    file is no table or brings no action of `options.trace`.
    """
    _, table = open_table(path, options)
    profile = recognise(table.columns, table.sample(), path.name, options, None)
    columns = {name: kind for name, kind in ACTION_SCHEMA.items() if name != "source"}
    found, aside = [pl.DataFrame(schema=columns)], 0
    for chunk in table.chunks(profile.columns_needed):
        canonical = canonicalise(chunk, profile, options)
        aside += len(chunk.faults) + len(canonical.faults)
        if "actions" in canonical.frames:
            found.append(canonical.frames["actions"].select(list(columns)))
    actions = pl.concat(found).filter(pl.col("trace") == options.trace)
    if actions.is_empty():
        raise BadExport(
            f"{path.name} holds no action of the trace {options.trace}.",
            "A bare table needs account_id, object_id and timestamp; --trace names another trace.",
        )
    return actions, aside
