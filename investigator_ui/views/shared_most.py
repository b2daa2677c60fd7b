"""What the members of a cluster shared most, with the members and the others who touched it."""

from collections.abc import Mapping

import polars as pl

from graph.foreign_text import show_markdown
from graph.fused import told_evidence
from graph.traces import TRACES
from investigator_ui.views.names import object_name
from investigator_ui.views.wording import count, plural


def top_objects(evidence: pl.DataFrame) -> pl.DataFrame:
    """One row per shared object, most members first; takes EVIDENCE_SCHEMA of one cluster.

    Returns `trace, object_id, members, others`: others are the accounts outside the evidence that acted on it in the
    whole data, the measure of how common the object is. What a fused trace tells stands under what it came by.
    """
    told = told_evidence(evidence)
    sides = pl.concat([told.select("trace", "object_id", "popularity", account=side) for side in ("left", "right")])
    return (
        sides.group_by("trace", "object_id")
        .agg(members=pl.col("account").n_unique().cast(pl.Int64), popularity=pl.col("popularity").max())
        .with_columns(others=(pl.col("popularity").fill_null(0) - pl.col("members")).clip(lower_bound=0))
        .sort("members", "others", "trace", "object_id", descending=[True, False, False, False])
        .select("trace", "object_id", "members", "others")
    )


def top_lines(objects: pl.DataFrame, names: Mapping[str, str], most: int = 5) -> list[tuple[str, str]]:
    """What and 'n members · m others' of the first objects, as safe Markdown."""
    return [
        (
            show_markdown(object_name(trace, object_id, names), 120),
            f"{plural(members, 'member')} · {plural(others, 'other')}",
        )
        for trace, object_id, members, others in objects.head(most).iter_rows()
    ]


def objects_note(objects: pl.DataFrame) -> str:
    """'of 64 objects: 41 quick shares, 23 links'."""
    per = objects.group_by("trace").agg(pl.len()).sort("len", "trace", descending=[True, False])
    kinds = ", ".join(f"{count(n)} {show_markdown(_words(trace), 40)}" for trace, n in per.iter_rows())
    return f"of {plural(objects.height, 'object')}: {kinds}" if objects.height else ""


def _words(trace: str) -> str:
    return TRACES[trace].noun if trace in TRACES else trace
