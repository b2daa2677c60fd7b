"""What a cluster is part of at a wider look and what it splits into at a finer one: a sentence, a table, other clusters."""

from typing import Any

import polars as pl

from graph.foreign_text import show_markdown, show_text
from investigator_ui.views.names import shorten
from investigator_ui.views.wording import count, plural

MOST_NAMED = 5  # clusters or sizes said one by one; more are counted


def nesting_sentence(nesting: pl.DataFrame, cluster_id: str, size: int) -> str:
    """Two sentences of safe Markdown, one for each direction; takes the NESTING_SCHEMA rows of the cluster."""
    if nesting.is_empty():
        return (
            "Neither a wider nor a finer look finds a group of links that belongs to it. Clusters that are held together by "
            "the company they keep by turns often have none."
        )
    return f"{_wider(nesting, cluster_id, size)} {_finer(nesting, size)}"


def nesting_rows(nesting: pl.DataFrame, cluster_id: str) -> pl.DataFrame:
    """`look, resolution, accounts, shared, others`, the widest first; plain text where it is not a number."""
    ordered = nesting.sort("resolution", "size", "group_id", descending=[False, True, False])
    rows = [
        (
            "wider" if row["relation"] == "coarser" else "finer",
            row["resolution"],
            row["size"],
            row["shared"],
            _named(_others(row, cluster_id), show_text),
        )
        for row in ordered.iter_rows(named=True)
    ]
    texts = {"look": pl.String, "resolution": pl.Float64, "accounts": pl.Int64, "shared": pl.Int64, "others": pl.String}
    return pl.DataFrame(rows, schema=texts, orient="row")


def joined_clusters(nesting: pl.DataFrame, cluster_id: str) -> list[str]:
    """The ids of the other clusters in its wider group, as many as are named."""
    wider = nesting.filter(pl.col("relation") == "coarser")
    return sorted({one for row in wider.iter_rows(named=True) for one in _others(row, cluster_id)})[:MOST_NAMED]


def _wider(nesting: pl.DataFrame, cluster_id: str, size: int) -> str:
    said = nesting.filter(pl.col("relation") == "coarser").sort("size", "group_id", descending=[True, False])
    if said.is_empty():
        return "No wider group holds most of it."
    group = said.row(0, named=True)
    if group["size"] == group["shared"] == size:
        return "A wider look joins nobody else to it."
    held = "all" if group["shared"] == size else f"{count(group['shared'])} of {count(size)}"
    part = f"Part of a wider group of **{plural(group['size'], 'account')}**, which holds {held} of its members"
    others = _others(group, cluster_id)
    if not others:
        return f"{part}."
    return f"{part} and those of {_named(others, show_markdown)}: they may be one operation."


def _finer(nesting: pl.DataFrame, size: int) -> str:
    """The first look at which it divides, for what comes apart first is told first."""
    finer = nesting.filter(pl.col("relation") == "finer")
    if finer.is_empty():
        return "A finer look leaves no group of it together."
    for _, rows in finer.sort("resolution").group_by("resolution", maintain_order=True):
        if rows.height > 1 or rows["shared"][0] < size:
            return _divided(rows["shared"].sort(descending=True).to_list(), size)
    return "It does not come apart at a finer look."


def _divided(sizes: list[int], size: int) -> str:
    rest = size - sum(sizes)
    beside = f", with {plural(rest, 'member')} in none" if rest > 0 else ""
    if len(sizes) == 1:
        return f"At a finer look **{plural(sizes[0], 'member')}** stay together{beside}."
    told = [count(one) for one in sizes[:MOST_NAMED]]
    more = f" and {plural(len(sizes) - MOST_NAMED, 'smaller one')}" if len(sizes) > MOST_NAMED else ""
    return f"At a finer look it splits into **{plural(len(sizes), 'group')}** of {_listed(told)}{more}{beside}."


def _others(row: dict[str, Any], cluster_id: str) -> list[str]:
    return [one for one in row["clusters"] if one != cluster_id]


def _named(others: list[str], shown: Any) -> str:
    names = [shown(shorten(one), 40) for one in others[:MOST_NAMED]]
    more = [f"{count(len(others) - MOST_NAMED)} more"] if len(others) > MOST_NAMED else []
    return _listed([*names, *more])


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
