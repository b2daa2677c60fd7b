"""The measured figures as a Markdown page."""

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

COLUMNS = {
    "auc": "AUC",
    "average_precision": "AP",
    "auc_equal_activity": "AUC, equal activity",
    "recall_at_fpr_1e-3": "R at FPR 1e-3",
    "precision": "P",
    "recall": "R",
    "f1": "F1",
    "fpr_organic": "organic flagged",
}

TABLES = {"archetype": "recall", "group": "organic look-alikes flagged"}


def page(measured: Mapping[str, Any]) -> str:
    """The whole page; every figure as value (2.5 % - 97.5 %)."""
    parts = [_head(measured)]
    parts += [_set(one) for one in measured["sets"]]
    parts.append(_false_discoveries(measured["false_discoveries"]))
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(measured: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in measured["versions"].items())
    return (
        "# Every method on every data set\n\n"
        f"Made by `make bench-quality` on {measured['date']}, commit {measured['commit'] or 'unknown'}; do not edit. "
        f"{versions}; {measured['cores']} cores, load {measured['load']} at the start. Seed {measured['seed']}; in brackets the "
        f"middle 95 % of {measured['resamples']} bootstrap samples of the accounts. No threshold was fitted to these labels; "
        'rivals run with their authors\' parameters (docs/baselines.md). Precision is a lower bound: "organic" accounts were not checked.'
    )


def _set(one: Mapping[str, Any]) -> str:
    said = one["population"]
    ceilings = ", ".join(f"{n} or more: {_figure(value)}" for n, value in said["ceilings"].items())
    lines = [
        f"## {one['name']} ({one['kind']})",
        "",
        f"{said['labelled']:,} labelled accounts, {said['positive']:,} of an operation; {one['actions']:,} actions. "
        f"Ceiling, coordinated accounts that share objects with anybody, {ceilings}.",
        "",
        f"| method | {' | '.join(COLUMNS.values())} | flagged | s |",
        f"| --- |{' --- |' * (len(COLUMNS) + 2)}",
    ]
    lines += [_row(method) for method in one["methods"]]
    for column, title in TABLES.items():
        lines += _flagged_by(one["methods"], column, title)
    return "\n".join(lines)


def _row(method: Mapping[str, Any]) -> str:
    cells = [_cell(method["figures"].get(name), percent=name == "fpr_organic") for name in COLUMNS]
    flagged = f"{method['flagged']:,}" if method["has_cut"] else "–"
    return f"| {method['name']} | {' | '.join(cells)} | {flagged} | {method['seconds']:.1f} |"


def _cell(figure: Mapping[str, float | None] | None, *, percent: bool) -> str:
    if figure is None or figure["value"] is None:
        return "–"
    shown = _percent if percent else _figure
    return f"{shown(figure['value'])} ({shown(figure['low'])}–{shown(figure['high'])})"


def _figure(value: float | None) -> str:
    """Two digits without the leading zero, as the field writes rates."""
    return "–" if value is None else f"{value:.2f}".removeprefix("0")


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.2f} %"


def _flagged_by(methods: Sequence[Mapping[str, Any]], column: str, title: str) -> list[str]:
    names = sorted({name for method in methods for name in method["flagged_by"][column]})
    if not names:
        return []
    lines = ["", f"| {title} | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}"]
    return lines + [
        f"| {method['name']} | {' | '.join(_figure(method['flagged_by'][column].get(name)) for name in names)} |"
        for method in methods
        if method["has_cut"]
    ]


def _false_discoveries(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    lines = [
        "## Where there is nothing to find",
        "",
        "q is the nominal share of worlds without coordination that have any link at all. Accounts swapped over everything: the posts stay, who "
        "made them is chance, so every link is false. Swapped within the hour: the same, but who was busy in the same hours stays so, and a "
        "group that filled an hour alone still stands there. Organic accounts alone: what the labels overlooked is still in.",
        "",
        "| data | world | q | worlds | with a link | links | alert | review | of accounts |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    together: dict[tuple[str, str, float], list[Mapping[str, Any]]] = {}
    for row in rows:
        together.setdefault((row["data"], row["world"], row["q"]), []).append(row)
    return "\n".join([*lines, *(_null_row(key, group) for key, group in together.items())])


def _null_row(key: tuple[str, str, float], group: Sequence[Mapping[str, Any]]) -> str:
    means = [f"{mean(row[name] for row in group):,.1f}" for name in ("links", "alert", "review")]
    some = sum(row["links"] > 0 for row in group)
    return (
        f"| {key[0]} | {key[1]} | {key[2]:g} | {len(group)} | {some} | {' | '.join(means)} | {group[0]['accounts']:,} |"
    )
