"""What a cluster was before this run: its line through the earlier runs, who stayed, and what it changed about its ways."""

from typing import Any

import polars as pl

from detectors.lineage import ancestors, churn, mutation_sentence
from detectors.lineage.habits import HABITS
from graph.foreign_text import show_markdown, show_text
from investigator_ui.services.mutating import sees_more
from investigator_ui.services.past import Past
from investigator_ui.views.names import shorten
from investigator_ui.views.wording import percent, plural

MOST_STEPS = 12

_ORIGINS = {
    "split": "A part of {before}, from which it split.",
    "merged": "{before} merged into it.",
    "reborn": "New accounts with the addresses, devices or texts of {before}: reborn.",
}


def before_sentence(past: Past, cluster_id: str) -> str:
    """One sentence of safe Markdown: since when the line is known, and who stayed since the run before."""
    if past.before is None:
        return "This is the first run: there is nothing before it to compare with."
    chain = ancestors(past.relations, past.run.run_id, cluster_id)
    if not chain:
        told = _origins(past, cluster_id)
        return told or "No earlier run holds this group: it is new here."
    moved = churn(past.line_of(cluster_id), past.windows).row(-1, named=True)
    since = shorten(chain[-1].run_id)
    return (
        f"The same group in **{plural(len(chain), 'earlier run')}**, first in {show_markdown(since, 40)}. Since {show_markdown(shorten(chain[0].run_id), 40)} "
        f"**{moved['stayed']:,} stayed**, {moved['left']:,} left and {moved['joined']:,} joined. {_origins(past, cluster_id)}".rstrip()
    )


def change_sentence(past: Past, changes: pl.DataFrame, cluster_id: str) -> str:
    """What changed about its ways since the run before, as safe Markdown; '' when nothing came before."""
    chain = ancestors(past.relations, past.run.run_id, cluster_id)
    if not chain:
        return ""
    if not sees_more(past, chain[0].run_id, past.run.run_id):
        return "Both runs end with the same data, so there is nothing new to compare."
    return show_markdown(mutation_sentence(changes.filter(pl.col("cluster_after") == cluster_id)), 900)


def line_rows(past: Past, cluster_id: str) -> pl.DataFrame:
    """The line, newest first: `run, cluster, accounts, stayed, left, joined`; text, so that the first step is blank."""
    line = churn(past.line_of(cluster_id), past.windows).reverse().head(MOST_STEPS)
    rows = [
        (
            show_text(shorten(row["run_id"]), 40),
            show_text(shorten(row["cluster_id"]), 40),
            row["size"],
            _moved(row["stayed"], row["stay_rate"]),
            _moved(row["left"], row["leave_rate"]),
            _moved(row["joined"], row["join_rate"]),
        )
        for row in line.iter_rows(named=True)
    ]
    texts = dict.fromkeys(("stayed", "left", "joined"), pl.String)
    names = {"run": pl.String, "cluster": pl.String, "accounts": pl.Int64, **texts}
    return pl.DataFrame(rows, schema=names, orient="row")


def change_rows(changes: pl.DataFrame, cluster_id: str) -> pl.DataFrame:
    """Every habit that was compared, alarms first: `habit, change, apart, line, news`; takes MUTATION_SCHEMA."""
    mine = changes.filter(pl.col("cluster_after") == cluster_id)
    mine = mine.sort(
        "alarm", pl.col("jsd") / pl.col("line").clip(lower_bound=1e-9), "habit", descending=[True, True, False]
    )
    rows = [
        (
            HABITS[row["habit"]].capitalize(),
            show_text(row["change"], 200),
            row["jsd"],
            row["line"],
            f"{'changed' if row['alarm'] else 'as before'}, by {row['reference']}",
        )
        for row in mine.iter_rows(named=True)
    ]
    names = {"habit": pl.String, "change": pl.String, "apart": pl.Float64, "line": pl.Float64, "news": pl.String}
    return pl.DataFrame(rows, schema=names, orient="row")


def _origins(past: Past, cluster_id: str) -> str:
    here = past.relations.filter((pl.col("run_after") == past.run.run_id) & (pl.col("cluster_after") == cluster_id))
    said = [_origin(row) for row in here.iter_rows(named=True) if row["relation"] in _ORIGINS]
    return " ".join(said[:5])


def _origin(row: dict[str, Any]) -> str:
    return _ORIGINS[row["relation"]].format(before=show_markdown(shorten(row["cluster_before"]), 40))


def _moved(number: int | None, rate: float | None) -> str:
    return "" if number is None or rate is None else f"{number:,} ({percent(rate)})"
