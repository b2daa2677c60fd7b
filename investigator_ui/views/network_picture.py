"""The picture of a cluster from its stored layout: who is drawn, which links, and the line that says what is not drawn."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from graph.fused import edges_once
from investigator_ui.views.names import trace_title
from investigator_ui.views.wording import count, plural

# What stays readable and quick in a browser (INVESTIGATION section 5: cap at about 2,000 nodes and 6,000 edges, and say so).
MOST_NODES = 2_000
MOST_LINKS = 6_000
_LONGEST_LABEL = 24  # signs beside a dot
_NAMED = 5  # the accounts with the most links carry their name in the picture


@dataclass(frozen=True, slots=True)
class Picture:
    """Rows for charts.network, the line that always stands with the picture, and the sentence about the cap ('' if none)."""

    nodes: pl.DataFrame
    links: pl.DataFrame
    line: str
    cap: str


def picture(
    members: pl.DataFrame,
    edges: pl.DataFrame,
    names: Mapping[str, str],
    picked: frozenset[str] = frozenset(),
    roles: frozenset[str] = frozenset(),
    protected: frozenset[str] = frozenset(),
) -> Picture:
    """Takes MEMBER_SCHEMA and EDGE_SCHEMA of one cluster; draws the strongest links first when not all fit.

    `picked` accounts (or, with none picked, those of `roles`) stand out; `protected` ones carry a ring.
    """
    chosen = picked or frozenset(members.filter(pl.col("role").is_in(sorted(roles)))["account_id"])
    pairs = linked_pairs(edges)
    kept = members.sort("links", "score", "account_id", descending=[True, True, False]).head(MOST_NODES)
    inside = set(kept["account_id"])
    drawn = in_words(pairs.filter(pl.col("left").is_in(inside) & pl.col("right").is_in(inside)).head(MOST_LINKS), edges)
    line = f"{count(kept.height)} of {plural(members.height, 'account')} · {plural(pairs.height, 'link')}"
    if chosen:
        line += f" · {count(len(chosen & inside))} picked"
    if protected & inside:
        line += f" · {count(len(protected & inside))} protected, ringed"
    return Picture(
        _nodes(kept, names, chosen, protected),
        _links(drawn, kept, names, chosen),
        line,
        _cap(kept, members, drawn, pairs),
    )


def beyond_chance(edges: pl.DataFrame) -> pl.DataFrame:
    """The edges that are surprising by themselves; the single meetings of a rotating pool stand in a run with q = 1."""
    return edges.filter(pl.col("q") < 1)


def linked_pairs(edges: pl.DataFrame) -> pl.DataFrame:
    """One row per pair of accounts, most evidence first: `left, right, times`.

    Windows of one trace repeat one another, so the widest count of each trace is taken; traces are added,
    except those that a fused trace of the pair counts already.
    """
    per_trace = _per_trace(edges)
    return (
        per_trace.group_by("left", "right")
        .agg(times=pl.col("n").sum())
        .sort("times", "left", "right", descending=[True, False, False])
    )


def in_words(pairs: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """The pairs with `what` they share, '5 shares, 2 same links', in the order they came."""
    per_trace = _per_trace(edges.join(pairs, on=["left", "right"], how="semi"))
    told = (
        per_trace.sort("left", "right", "n", "trace", descending=[False, False, True, False])
        .with_columns(said=pl.format("{} {}", "n", pl.col("trace").map_elements(trace_title, return_dtype=pl.String)))
        .group_by("left", "right", maintain_order=True)
        .agg(what=pl.col("said").str.join(", "))
    )
    return pairs.join(told, on=["left", "right"], how="left", maintain_order="left")


def _per_trace(edges: pl.DataFrame) -> pl.DataFrame:
    """left, right, trace, n: what a fused trace counts already is not counted again."""
    return edges_once(edges).group_by("left", "right", "trace").agg(n=pl.col("n").max())


def _nodes(
    kept: pl.DataFrame, names: Mapping[str, str], chosen: frozenset[str], protected: frozenset[str]
) -> pl.DataFrame:
    ids = kept["account_id"].to_list()
    return (
        _placed(kept)
        .select(
            "account_id",
            "role",
            "links",
            "x",
            "y",
            account=pl.Series([names.get(id_, id_) for id_ in ids], dtype=pl.String),
            picked=pl.Series([id_ in chosen for id_ in ids], dtype=pl.Boolean),
            protected=pl.Series([id_ in protected for id_ in ids], dtype=pl.Boolean),
            name=pl.Series(
                [
                    _label(names.get(id_, id_))
                    if (id_ in chosen and len(chosen) <= 12) or (not chosen and place < _NAMED)
                    else ""
                    for place, id_ in enumerate(ids)
                ],
                dtype=pl.String,
            ),
        )
        .sort("picked", "links", "account_id")
    )


def _placed(kept: pl.DataFrame) -> pl.DataFrame:
    """The layout stretched so that the linked accounts fill -1..1; one without a link stands at the rim, not far away."""
    linked = kept.filter(pl.col("links") > 0)
    inner = linked if linked.height else kept
    ranges = {axis: (float(inner[axis].min() or 0), float(inner[axis].max() or 0)) for axis in ("x", "y")}  # type: ignore[arg-type]
    return kept.with_columns(
        ((pl.col(axis) - (low + high) / 2) / max((high - low) / 2, 1e-9)).clip(-1, 1).alias(axis)
        for axis, (low, high) in ranges.items()
    )


def _links(drawn: pl.DataFrame, kept: pl.DataFrame, names: Mapping[str, str], chosen: frozenset[str]) -> pl.DataFrame:
    placed = _placed(kept).select("account_id", "x", "y")
    sides = drawn.join(placed, left_on="left", right_on="account_id").join(
        placed.rename({"x": "x2", "y": "y2"}), left_on="right", right_on="account_id"
    )
    told = [
        f"{names.get(left, left)} and {names.get(right, right)}: {what}"
        for left, right, what in sides.select("left", "right", "what").iter_rows()
    ]
    ends = pl.col("left").is_in(sorted(chosen)) | pl.col("right").is_in(sorted(chosen))
    return sides.select("x", "y", "x2", "y2", "times", what=pl.Series(told, dtype=pl.String), picked=ends).sort(
        "picked", "times", "what"
    )


def _label(name: str) -> str:
    return name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 1]}…"


def _cap(kept: pl.DataFrame, members: pl.DataFrame, drawn: pl.DataFrame, pairs: pl.DataFrame) -> str:
    if kept.height == members.height and drawn.height == pairs.height:
        return ""
    return (
        f"{count(kept.height)} of {plural(members.height, 'account')} and {count(drawn.height)} of "
        f"{plural(pairs.height, 'link')} are drawn; the links with the least evidence are hidden. The table below holds all accounts."
    )
