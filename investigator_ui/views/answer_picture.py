"""The nodes and ties of a query's answer as a picture, and its rows as a table; the same answer looks the same each time."""

from collections import Counter, defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from graph.foreign_text import defang, show_text
from graph.neo4j.query_desk import DrawnNode, QueryAnswer
from investigator_ui.views.ego_picture import LINKS, NODES
from investigator_ui.views.network_picture import Picture
from investigator_ui.views.wording import count, plural

GROUPS = ("Account", "Object", "other")
MOST_DRAWN = 300
_NAMED = 12  # the nodes with the most ties carry their name
_ROUNDS = 120  # of the spring layout; positions of 300 nodes move less than a hundredth after it
_CELL = 200


def answer_rows(answer: QueryAnswer) -> pl.DataFrame:
    """One column of text per column of the answer; numbers stay numbers where the whole column is."""
    columns: dict[str, pl.Series] = {}
    for place, name in enumerate(answer.columns):
        values = [row[place] for row in answer.rows]
        shown = _free_name(show_text(name, 60), columns)
        numbers = [value for value in values if value is not None]
        whole = all(isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 for value in numbers)
        if numbers and whole:
            columns[shown] = pl.Series(shown, values, dtype=pl.Int64)
        else:
            columns[shown] = pl.Series(shown, [_cell(value) for value in values], dtype=pl.String)
    return pl.DataFrame(list(columns.values()))


def answer_picture(answer: QueryAnswer) -> Picture:
    """Rows for charts.rings; the first MOST_DRAWN nodes, and what is left out is said."""
    nodes = answer.nodes[:MOST_DRAWN]
    pairs: defaultdict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for tie in answer.ties:
        if max(tie.source, tie.target) < len(nodes):
            pairs[min(tie.source, tie.target), max(tie.source, tie.target)][tie.kind] += 1
    places = spring_places(len(nodes), sorted(pairs))
    degree = Counter(side for pair in pairs for side in pair)
    named = {key for key, _ in sorted(degree.items(), key=lambda item: (-item[1], item[0]))[:_NAMED]}
    line = f"{plural(len(answer.nodes), 'node')} · {plural(len(answer.ties), 'tie')}"
    cap = f"{count(len(nodes))} of {plural(len(answer.nodes), 'node')} are drawn; the table below holds every row."
    return Picture(
        pl.DataFrame([_node(one, places[one.key], degree[one.key], one.key in named) for one in nodes], schema=NODES),
        pl.DataFrame(
            [
                (*places[one], *places[other], len(kinds), _told(nodes[one], nodes[other], kinds))
                for (one, other), kinds in sorted(pairs.items())
            ],
            schema=LINKS,
            orient="row",
        ),
        line,
        cap if len(nodes) < len(answer.nodes) else "",
    )


def spring_places(number: int, pairs: list[tuple[int, int]]) -> list[tuple[float, float]]:
    """A place within -1..1 per node: ties pull, all nodes push (Fruchterman and Reingold 1991), from a circle, no chance."""
    if number == 1:
        return [(0.0, 0.0)]
    turns = np.linspace(0, 2 * np.pi, number, endpoint=False)
    at = np.column_stack([np.cos(turns), np.sin(turns)])
    ties = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    length = 2.0 / np.sqrt(number)
    for heat in np.linspace(0.2, 0.005, _ROUNDS):
        at += _pushed(at, ties, length, float(heat))
    at -= (at.max(axis=0) + at.min(axis=0)) / 2 if number else 0.0
    reach = np.maximum(np.abs(at).max(axis=0), 1e-9) if number else 1.0
    return [(round(float(x), 6), round(float(y), 6)) for x, y in at / reach]


def _pushed(
    at: npt.NDArray[np.float64], ties: npt.NDArray[np.int64], length: float, heat: float
) -> npt.NDArray[np.float64]:
    apart = at[:, None, :] - at[None, :, :]
    distance = np.maximum(np.hypot(apart[..., 0], apart[..., 1]), 1e-3)
    force = (apart * (length**2 / distance**2)[..., None]).sum(axis=1)
    pull = (at[ties[:, 0]] - at[ties[:, 1]]) * (np.hypot(*(at[ties[:, 0]] - at[ties[:, 1]]).T) / length)[:, None]
    np.add.at(force, ties[:, 0], -pull)
    np.add.at(force, ties[:, 1], pull)
    strength = np.maximum(np.hypot(force[:, 0], force[:, 1]), 1e-9)
    moved: npt.NDArray[np.float64] = force / strength[:, None] * np.minimum(strength, heat)[:, None]
    return moved


def _node(one: DrawnNode, place: tuple[float, float], ties: int, named: bool) -> dict[str, Any]:
    name = show_text(defang(one.name), 60)
    return {
        "account": name,
        "ring": one.label if one.label in GROUPS else GROUPS[2],
        "ties": ties,
        "strength": ties,
        "x": place[0],
        "y": place[1],
        "protected": False,
        "name": show_text(defang(one.name), 24) if named else "",
    }


def _told(one: DrawnNode, other: DrawnNode, kinds: Counter[str]) -> str:
    what = ", ".join(f"{n} × {kind}" if n > 1 else kind for kind, n in sorted(kinds.items()))
    return show_text(f"{defang(one.name)} and {defang(other.name)}: {what}", 200)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case float():
            return f"{value:g}"
        case str():
            return show_text(defang(value) if "://" in value else value, _CELL)
    return show_text(value, _CELL)


def _free_name(name: str, taken: dict[str, pl.Series]) -> str:
    """No two columns under one name, even when two names look alike once they are visible."""
    place = 2
    free = name
    while free in taken:
        free, place = f"{name} {place}", place + 1
    return free
