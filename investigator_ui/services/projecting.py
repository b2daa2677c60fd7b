"""The projection alone: from the workspace or a bare table to a file of pairs, ours or by a peer's definition."""

import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import get_args

import polars as pl

from detectors import co_action_pairs
from detectors.peers.astrodetection import coshare_like_astrodetection
from detectors.peers.cnt import pairs_like_cnt
from detectors.peers.coordinationz import Idf, similarity_like_coordinationz
from detectors.peers.coortweet import pairs_like_coortweet
from graph.errors import BadSetting, NothingThere
from graph.facts import current_facts
from graph.traces import TRACES
from graph.workspace import open_workspace
from ingest import ReadingOptions
from ingest.bare_tables import read_actions

PEERS = ("cooRTweet", "cnt", "coordinationz", "astrodetection")


@dataclass(frozen=True, slots=True)
class Projecting:
    """What to project and by whose definition; `like` None is our own (weight = distinct objects).

    `min_shared` None: ours 2, cnt 1 (its min_edge_weight), astrodetection 3. `min_participation` None: cooRTweet 2 rows,
    coordinationz 2 distinct objects, astrodetection 3 events: each tool's own default, or that of its reference answers.
    """

    trace: str = "share"
    window: timedelta = timedelta(seconds=60)
    min_shared: int | None = None
    like: str | None = None
    min_participation: int | None = None
    min_similarity: float = 0.3
    idf: str = "none"

    def checked(self) -> "Projecting":
        """Itself; raises BadSetting for what has no meaning, before any work."""
        if self.trace not in TRACES:
            raise BadSetting(f"--trace {self.trace!r} is not known.", f"Choose one of {', '.join(TRACES)}.")
        if self.min_shared is not None and self.min_shared < 1:
            raise BadSetting(f"--min-shared {self.min_shared} is below 1.", "Give 1 or more.")
        if self.like is not None and self.like.lower() not in map(str.lower, PEERS):
            raise BadSetting(f"--like {self.like!r} is not known.", f"Choose one of {', '.join(PEERS)}.")
        return self


@dataclass(frozen=True, slots=True)
class Projected:
    pairs: int
    rows: int
    set_aside: int
    seconds: float  # of the projection itself, without reading and writing


def write_pairs(workspace: Path, table: Path | None, settings: Projecting, out: Path) -> Projected:
    """Project and write; raises BadSetting for an unknown trace, peer or file ending, before any work."""
    settings.checked()
    if out.suffix not in (".parquet", ".csv"):
        raise BadSetting(f"--out {out.name} has no known ending.", "Use a name that ends in .parquet or .csv.")
    rows, aside = (
        read_actions(table, ReadingOptions(trace=settings.trace)) if table else _of_workspace(workspace, settings.trace)
    )
    started = time.perf_counter()
    pairs = project_like(rows, settings)
    seconds = round(time.perf_counter() - started, 3)
    if out.suffix == ".parquet":
        pairs.write_parquet(out)
    else:
        pairs.write_csv(out)
    return Projected(pairs.height, rows.height, aside, seconds)


def project_like(actions: pl.DataFrame, settings: Projecting) -> pl.DataFrame:
    """The pairs of ACTION rows by our definition, or by a peer's, with that peer's further columns."""
    table = actions.select(
        "account_id", "object_id", pl.col("post_id").alias("content_id"), pl.col("at").dt.epoch("us").alias("at_us")
    ).with_columns(timestamp=pl.col("at_us") / 1e6)
    seconds = settings.window.total_seconds()
    shared, participation = settings.min_shared, settings.min_participation
    match settings.like and settings.like.lower():
        case "coortweet":
            return pairs_like_coortweet(table, seconds, participation or 2)
        case "cnt":
            return pairs_like_cnt(table, seconds, shared or 1)
        case "coordinationz":
            return similarity_like_coordinationz(table, settings.min_similarity, participation or 2, _idf(settings.idf))
        case "astrodetection":
            return coshare_like_astrodetection(table, participation or 3, shared or 3)
    return co_action_pairs(actions, settings.window, shared or 2)


def _idf(name: str) -> Idf:
    known: dict[str, Idf] = {one: one for one in get_args(Idf)}
    if name not in known:
        raise BadSetting(f"--idf {name!r} is not known.", f"Choose one of {', '.join(known)}.")
    return known[name]


def _of_workspace(workspace: Path, trace: str) -> tuple[pl.DataFrame, int]:
    facts = current_facts(open_workspace(workspace))
    rows = facts.scan("actions").filter(pl.col("trace") == trace).sort("source", "line", "object_id").collect()
    if rows.is_empty():
        raise NothingThere(f"The workspace holds no action of the trace {trace}.", "flockwatch ingest FILE...")
    return rows, 0
