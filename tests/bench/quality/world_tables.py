"""The figures of generated worlds and of worlds without coordination as Markdown tables."""

from collections.abc import Mapping, Sequence
from typing import Any


def tables(measured: Mapping[str, Any]) -> str:
    """One table per part that was measured."""
    made = {"nulls": null_table, "mixed": world_table, "archetypes": world_table}
    parts = [make(measured[part]) for part, make in made.items() if measured.get(part)]
    rows = [row for part in ("mixed", "archetypes") for row in measured.get(part, [])]
    return "\n\n".join([*parts, *([group_table(rows)] if rows else [])]) + "\n"


def null_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Flagged accounts beside q, at both tiers, and what the run's own replays say. Levels not run stand in brackets."""
    lines = [
        "| world without coordination | q | significant links | clusters | flagged | share of accounts | alert | replay FDR |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        figures = [f"{row['links']:,}", str(row["clusters"]), str(row["review"])]
        figures += [
            f"{100 * row['review'] / max(row['accounts'], 1):.3f} %",
            str(row["alert"]),
            f"{row['replay_fdr']:.3f}",
        ]
        shown = figures if row["run"] else [f"({one})" for one in figures]
        lines.append(f"| {row['world']} | {row['q']:g} | {' | '.join(shown)} |")
    return "\n".join(lines)


def world_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """One row per world: average precision, recall at both tiers, organic accounts flagged."""
    lines = [
        "| world | coordinated | AP | precision, review / alert | recall per archetype, review (alert) | organic flagged | of these in no group | organic alert | s |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        recall = ", ".join(
            f"{name} {share:.2f} ({row['archetypes_alert'].get(name, 0.0):.2f})"
            for name, share in row["archetypes_review"].items()
        )
        precision = " / ".join(_figure(row[f"precision_{tier}"]) for tier in ("review", "alert"))
        lines.append(
            f"| {row['preset']}, seed {row['seed']}, {row['events']:,} events | {row['coordinated']:,} | {_figure(row['ap'])} | {precision} | "
            f"{recall} | {_rate(row['organic_review'], row['organic'])} | {_rate(row['ungrouped_review'], row['ungrouped'])} | "
            f"{_rate(row['organic_alert'], row['organic'])} | {row['seconds']:.0f} |"
        )
    return "\n".join(lines)


def group_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Flagged share of each must-not-flag group: mean over the worlds that hold it, both tiers."""
    names = sorted({name for row in rows for name in row["groups_review"]})
    lines = ["| must not be flagged | worlds | review | alert |", "| --- | --- | --- | --- |"]
    for name in names:
        held = [row for row in rows if name in row["groups_review"]]
        shares = [sum(row[f"groups_{tier}"][name] for row in held) / len(held) for tier in ("review", "alert")]
        lines.append(f"| {name} | {len(held)} | {100 * shares[0]:.1f} % | {100 * shares[1]:.1f} % |")
    return "\n".join(lines)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _rate(hits: int, trials: int) -> str:
    return f"{100 * hits / max(trials, 1):.2f} %"
