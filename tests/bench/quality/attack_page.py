"""What the attacks of SECURITY section 5 came to, as figures with intervals and as a Markdown page."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

# SECURITY section 7: share of the ring flagged at either tier. It names no figure for jitter_2h.
RECALL = {"none": 0.9, "padding": 0.9, "jitter_10min": 0.8, "five_cells": 0.6}
FRAMED_INSIDE, FRAMED_SHOWN = 0.01, 0.9
_Z = 1.96  # 95 %


def summed(worlds: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Per attack the counts of its worlds added up, and the worst world's share of the ring that was found."""
    told: dict[str, dict[str, Any]] = {}
    for attack in dict.fromkeys(one["attack"] for one in worlds):
        mine = [one for one in worlds if one["attack"] == attack]
        numbers = [name for name, value in mine[0].items() if isinstance(value, int | float) and name != "seed"]
        told[attack] = {name: sum(one[name] for one in mine) for name in numbers}
        told[attack]["worlds"] = len(mine)
        told[attack]["worst"] = min(one["ring_review"] / one["ring"] for one in mine)
    return told


def missed(told: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The targets that were not reached, each with its figure."""
    short = []
    for attack, least in RECALL.items():
        if attack in told and told[attack]["ring_review"] < least * told[attack]["ring"]:
            short.append(f"{attack}: recall {told[attack]['ring_review'] / told[attack]['ring']:.2f} < {least}")
    framing = told.get("framing")
    if framing and framing["framed_inside"] > FRAMED_INSIDE * framing["framed"]:
        short.append(f"framed innocents in rings {framing['framed_inside'] / framing['framed']:.3f} > {FRAMED_INSIDE}")
    if framing and framing["framed_shown"] < FRAMED_SHOWN * framing["framed"]:
        short.append(f"framed shown as targets {framing['framed_shown'] / framing['framed']:.2f} < {FRAMED_SHOWN}")
    return short


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share. Source: Wilson 1927."""
    if not trials:
        return 0.0, 1.0
    share, spread = hits / trials, _Z * _Z / trials
    half = _Z * sqrt(share * (1 - share) / trials + spread / (4 * trials))
    middle = share + spread / 2
    return max((middle - half) / (1 + spread), 0.0), min((middle + half) / (1 + spread), 1.0)


def attack_page(measured: Mapping[str, Any]) -> str:
    """The page: one row per attack, then who else was flagged, then what was missed."""
    told = summed(measured["worlds"])
    versions = ", ".join(f"{name} {version}" for name, version in measured["versions"].items())
    seeds = len({one["seed"] for one in measured["worlds"]})
    lines = [
        "# The attacks of SECURITY section 5",
        "",
        f"Made by `make bench-attacks` on {measured['date']}, commit {measured['commit'] or 'unknown'}; do not edit. {versions}; "
        f"{measured['cores']} cores, load {measured['load']} at the start. Preset `security`, {measured['events']:,} events, a ring of 30, "
        f"{seeds} seeds per attack, default settings but for replays = {measured['replays']}. In brackets 95 % intervals (Wilson) over "
        "accounts; a ring is found or lost together, so they are too narrow: the worst world stands beside.",
        "",
        "| attack | ring found (review) | worst world | alert | target | organic flagged per 10,000 | alert | s per run |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *(_row(attack, one) for attack, one in told.items()),
    ]
    if "framing" in told:
        one = told["framing"]
        lines += ["", "| framing: 20 innocents per world | share | target |", "| --- | --- | --- |"]
        lines.append(f"| inside a cluster of the ring | {_share(one['framed_inside'], one['framed'])} | <= .01 |")
        lines.append(
            f"| flagged in any cluster, with others of their kind | {_share(one['framed_review'], one['framed'])} | – |"
        )
        lines.append(f"| shown as targets | {_share(one['framed_shown'], one['framed'])} | >= .90 |")
        lines.append(
            f"| members of the ring shown as targets | {_share(one['ring_shown_as_target'], one['ring'])} | – |"
        )
    lines += ["", *_wrong(measured["worlds"])]
    short = missed(told)
    lines += ["", f"Not reached: {'; '.join(short)}." if short else "Every target is reached."]
    return "\n".join(lines) + "\n"


def _row(attack: str, one: Mapping[str, Any]) -> str:
    target = f">= {RECALL[attack]:.2f}" if attack in RECALL else "–"
    wrong = (_rate(one[f"organic_{tier}"], one["organic"]) for tier in ("review", "alert"))
    review, alert = wrong
    return (
        f"| {attack} | {_share(one['ring_review'], one['ring'])} | {one['worst']:.2f} | {_share(one['ring_alert'], one['ring'])} | "
        f"{target} | {review} | {alert} | {one['seconds'] / one['worlds']:.0f} |"
    )


def _share(hits: int, trials: int) -> str:
    low, high = wilson(hits, trials)
    return f"{hits / trials if trials else 0.0:.3f} ({low:.3f}–{high:.3f})"


def _rate(hits: int, trials: int) -> str:
    low, high = wilson(hits, trials)
    return f"{1e4 * hits / max(trials, 1):.1f} ({1e4 * low:.1f}–{1e4 * high:.1f})"


def _wrong(worlds: Sequence[Mapping[str, Any]]) -> list[str]:
    groups = sorted({name for one in worlds for name in one["look_alikes_review"]})
    lines = ["| organic accounts flagged, all worlds | review | alert |", "| --- | --- | --- |"]
    for name in groups:
        seen = [sum(one[f"look_alikes_{tier}"].get(name, 0) for one in worlds) for tier in ("review", "alert")]
        lines.append(f"| {name} | {seen[0]} | {seen[1]} |")
    rest = [sum(one[f"ungrouped_{tier}"] for one in worlds) for tier in ("review", "alert")]
    return [*lines, f"| in no group | {rest[0]} | {rest[1]} |"]
