"""The runs of a workspace, what was ingested for them, and what was set aside."""

from collections.abc import Sequence

import polars as pl

from graph.facts import Source
from graph.foreign_text import show_text
from graph.runs import StoredRun
from investigator_ui.views.wording import count, moment, plural, span

_EXAMPLES = 50


def run_rows(runs: Sequence[StoredRun]) -> pl.DataFrame:
    """One row per run, newest first: `run, finished, clusters, alert, accounts, took, seed, shadow`."""
    return pl.DataFrame(
        [_run_row(run) for run in reversed(runs)],
        schema={
            "run": pl.String,
            "finished": pl.String,
            "clusters": pl.Int64,
            "alert": pl.Int64,
            "accounts": pl.Int64,
            "took": pl.String,
            "seed": pl.String,
            "shadow": pl.String,
        },
        orient="row",
    )


def runs_sentence(run: StoredRun) -> str:
    """What the chosen run did, in one sentence of safe Markdown."""
    tiers = run.scan("clusters").select("tier", "size").collect()
    read = max(run.stages[0].rows_in, run.stages[0].rows_out) if run.stages else None
    alert = tiers.filter(pl.col("tier") == "alert").height
    began = f"It read **{count(read)}** actions and found" if read is not None else "It found"
    return (
        f"{began} **{plural(tiers.height, 'cluster')}** beyond chance, **{alert}** of them to alert, "
        f"with {plural(int(tiers['size'].sum()), 'account')} in them."
    )


def source_rows(sources: Sequence[Source]) -> pl.DataFrame:
    """The account of each ingested file: read = accepted + set aside + duplicates + blank; `adds_up` says whether it does."""
    return pl.DataFrame(
        [
            (
                show_text(s.name, 120),
                show_text(s.format, 40),
                s.read,
                s.accepted,
                s.quarantined,
                s.duplicates,
                s.blank,
                s.warned,
                "yes" if s.read == s.accepted + s.quarantined + s.duplicates + s.blank else "NO",
            )
            for s in sources
        ],
        schema={
            "file": pl.String,
            "format": pl.String,
            "read": pl.Int64,
            "accepted": pl.Int64,
            "quarantined": pl.Int64,
            "duplicates": pl.Int64,
            "blank": pl.Int64,
            "warned": pl.Int64,
            "adds_up": pl.String,
        },
        orient="row",
    )


def ingest_sentence(sources: Sequence[Source]) -> str:
    """'1,204 rows read = 1,190 accepted + 9 set aside + 5 duplicates + 0 blank.' over all files."""
    read, accepted = sum(s.read for s in sources), sum(s.accepted for s in sources)
    aside, twice = sum(s.quarantined for s in sources), sum(s.duplicates for s in sources)
    blank = sum(s.blank for s in sources)
    return (
        f"**{count(read)}** rows read = **{count(accepted)}** accepted + **{count(aside)}** set aside + "
        f"{count(twice)} duplicates + {count(blank)} blank."
    )


def quarantine_summary(quarantine: pl.LazyFrame) -> pl.DataFrame:
    """How many rows were set aside for each reason, with one example: `reason, rows, example`; takes QUARANTINE_SCHEMA."""
    reasons = (
        quarantine.sort("file", "line", "column")
        .group_by("reason", maintain_order=True)
        .agg(rows=pl.len().cast(pl.Int64), file=pl.col("file").first(), message=pl.col("message").first())
        .sort("rows", "reason", descending=[True, False])
        .collect()
    )
    said = [
        (show_text(reason, 60).replace("_", " "), rows, f"{show_text(file, 80)}: {show_text(message, 200)}")
        for reason, rows, file, message in reasons.iter_rows()
    ]
    return pl.DataFrame(said, schema={"reason": pl.String, "rows": pl.Int64, "example": pl.String}, orient="row")


def _run_row(run: StoredRun) -> tuple[object, ...]:
    clusters = run.scan("clusters").select("tier").collect()
    accounts = run.scan("accounts").select(pl.len()).collect().item()
    return (
        show_text(run.run_id, 80),
        moment(run.finished_at, with_year=True),
        clusters.height,
        clusters.filter(pl.col("tier") == "alert").height,
        accounts,
        span(sum(stage.seconds for stage in run.stages)),
        str(run.record.seed),
        "shadow" if run.record.shadow else "",
    )
