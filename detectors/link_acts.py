"""The joint acts behind links, kept so that links can be counted again without some of the objects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from detectors.chunks import cut
from detectors.evidence import joint_acts
from detectors.significance import F64, I64, poisson_tail
from detectors.trace_actions import TraceActions

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]

_ACTS_PER_CHUNK = 2_000_000
_PAIR = ["left", "right"]


@dataclass(frozen=True, slots=True)
class LinkActs:
    """Act i is one of the distinct objects of row `link[i]` of some links; objects are numbered over all traces."""

    link: I64
    object: I64
    trace_of: I64  # per object the number of its trace
    trace_of_link: I64

    @property
    def used(self) -> Flags:
        """Which objects have joint acts at all."""
        return np.asarray(np.bincount(self.object, minlength=self.trace_of.size) > 0)


def link_acts(traces: Sequence[TraceActions], links: pl.DataFrame) -> LinkActs:
    """The joint acts of `links` (TESTED): one per link and distinct object within the link's window.

    Memory grows with the sum of n over the links, 16 bytes each.
    """
    rows = links.with_row_index("link").select("link", *_PAIR, "trace", "window_seconds", "n")
    found, objects, trace_of_link = [], [], np.full(links.height, -1, dtype=np.int64)
    before = 0
    for number, actions in enumerate(traces):
        mine = rows.filter(pl.col("trace") == actions.trace)
        trace_of_link[mine["link"].to_numpy()] = number
        found += [part.with_columns(pl.col("object").cast(pl.Int64) + before) for part in _of_trace(actions, mine)]
        objects.append(np.full(len(actions.coded.object_ids), number, dtype=np.int64))
        before += objects[-1].size
    told = pl.concat([pl.DataFrame(schema={"link": pl.UInt32, "object": pl.Int64}), *found]).sort("link", "object")
    return LinkActs(
        told["link"].to_numpy().astype(np.int64),
        told["object"].to_numpy(),
        np.concatenate([np.empty(0, np.int64), *objects]),
        trace_of_link,
    )


def _of_trace(actions: TraceActions, links: pl.DataFrame) -> list[pl.DataFrame]:
    pairs = links.group_by(_PAIR).agg(pl.col("n").max()).sort(_PAIR)
    widest = timedelta(seconds=max(links["window_seconds"].to_list(), default=0))
    told = []
    for start, stop in cut(pairs["n"].to_numpy(), _ACTS_PER_CHUNK):
        chunk = pairs.slice(start, stop - start).select(_PAIR)
        acts = joint_acts(actions, chunk, widest).select(*_PAIR, "object", "gap_us")
        near = acts.join(links, on=_PAIR, how="inner").filter(
            pl.col("gap_us").abs() <= pl.col("window_seconds") * 1_000_000
        )
        told.append(near.select("link", "object"))
    return told


def kept_objects(acts: LinkActs, share: float, *, seed: int) -> Flags:
    """Flags of the objects that stay: of the objects with joint acts `share` of each trace, drawn anew with each seed.

    Objects without joint acts change no count: they are not drawn from, and not kept.
    """
    kept = acts.used
    draw = np.random.default_rng(seed)
    for trace in range(int(acts.trace_of.max(initial=-1)) + 1):
        own = np.flatnonzero(kept & (acts.trace_of == trace))
        kept[draw.permutation(own)[round(share * own.size) :]] = False
    return kept


def thinned(links: pl.DataFrame, acts: LinkActs, kept: Flags, min_shared: int) -> pl.DataFrame:
    """`links` with n, expected and p from the kept objects alone, those below `min_shared` left out.

    Under the null the expectation is proportional to the objects (half as many objects, half as many meetings), so it
    shrinks by the share of the trace's used objects that are kept. p moves by the ratio of the two Poisson tails, which
    is the tail itself where p was one, and keeps what other evidence p holds where it was not.
    """
    n = np.bincount(acts.link[kept[acts.object]], minlength=links.height).astype(np.int64)
    share = _share_of_trace(acts, kept)[acts.trace_of_link] if links.height else np.empty(0)
    expected = links["expected"].to_numpy()
    before = poisson_tail(links["n"].to_numpy(), expected)
    after = poisson_tail(n, expected * share)
    p = np.minimum(1.0, links["p"].to_numpy() * (after / before))
    told = links.with_columns(n=pl.Series(n), expected=pl.Series(expected * share), p=pl.Series(p))
    return told.filter(pl.col("n") >= min_shared)


def _share_of_trace(acts: LinkActs, kept: Flags) -> F64:
    used = acts.used
    traces = int(acts.trace_of.max(initial=-1)) + 1
    all_of = np.bincount(acts.trace_of[used], minlength=traces)
    kept_of = np.bincount(acts.trace_of[used & kept], minlength=traces)
    return np.asarray(kept_of / np.maximum(all_of, 1), dtype=np.float64)


def without_top_objects(links: pl.DataFrame, acts: LinkActs, cluster_of: I64, min_shared: int) -> pl.DataFrame:
    """The links inside clusters, counted again without the one object that joins most links of their cluster.

    `cluster_of` gives per link the number of its cluster, -1 outside. On a tie the object numbered first. `expected`
    stays: one object of many hardly moves it.
    """
    inside = cluster_of[acts.link] >= 0
    link, thing = acts.link[inside], acts.object[inside]
    told = pl.DataFrame({"cluster": cluster_of[link], "object": thing})
    most = (
        told.group_by("cluster", "object")
        .len()
        .sort(["cluster", "len", "object"], descending=[False, True, False])
        .unique("cluster", keep="first", maintain_order=True)
    )
    top = np.full(int(cluster_of.max(initial=-1)) + 1, -1, dtype=np.int64)
    top[most["cluster"].to_numpy()] = most["object"].to_numpy()
    n = np.bincount(link[thing != top[cluster_of[link]]], minlength=links.height).astype(np.int64)
    expected = links["expected"].to_numpy()
    change = poisson_tail(n, expected) / poisson_tail(links["n"].to_numpy(), expected)
    p = np.minimum(1.0, links["p"].to_numpy() * change)
    counted = links.with_columns(n=pl.Series(n), p=pl.Series(p))
    return counted.filter(pl.Series(cluster_of >= 0) & (pl.col("n") >= min_shared))
