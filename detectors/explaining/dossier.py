"""Everything about one cluster that its what-ifs are asked of: its members' acts, its links, and the run's figures for all."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl

from detectors.coding import CodedActions
from detectors.detect import Tables, read_actions
from detectors.evidence import joint_acts
from detectors.explaining.population import Population
from detectors.paraphrase_actions import PARAPHRASE
from detectors.scan.acts import tongues
from detectors.settings import Settings
from detectors.significance import I64
from detectors.stages import Funnel
from detectors.trace_actions import TraceActions, trace_actions
from detectors.trace_windows import least_objects
from graph.schemas import APART_ROLES, FrameSchema

Frames = Mapping[str, pl.DataFrame]

LINKS: FrameSchema = {
    "left": pl.UInt32,  # ranks among all accounts of the run
    "right": pl.UInt32,
    "trace": pl.String,
    "window_seconds": pl.Int64,
    "n": pl.Int64,
    "expected": pl.Float64,
    "p": pl.Float64,
    "q": pl.Float64,
}
ACTS: FrameSchema = {
    "trace": pl.String,
    "left": pl.UInt32,
    "right": pl.UInt32,
    "object": pl.UInt32,  # code within the trace
    "gap_us": pl.Int64,  # right's time less left's
    "left_row": pl.UInt32,  # rows of the members' actions of the trace
    "right_row": pl.UInt32,
    "left_post": pl.String,
    "right_post": pl.String,
}
REACH = 2  # the widest what-if doubles the windows


@dataclass(frozen=True, slots=True)
class Dossier:
    """`ours` are the traces with the members' rows only, `links` (LINKS) and `acts` (ACTS) theirs.

    `acts` holds the joint acts of linked pairs within twice the widest window, the closest in time of a pair and
    object. `company` names the trace and window (seconds) in which the cluster was found; `review` and `alert` are the
    levels of net evidence of the run.
    """

    cluster: Mapping[str, object]
    signals: pl.DataFrame
    everyone: pl.Series
    members: I64
    apart: I64
    population: Population
    ours: tuple[TraceActions, ...]
    links: pl.DataFrame
    acts: pl.DataFrame
    company: tuple[str, int]
    review: float
    alert: float
    settings: Settings

    def trace(self, name: str) -> TraceActions:
        return next(actions for actions in self.ours if actions.trace == name)

    def whole(self, name: str) -> TraceActions:
        """The trace with all its accounts."""
        return next(actions for actions in self.population.traces if actions.trace == name)


def read_dossier(
    frames: Frames,
    tables: Tables,
    cluster_id: str,
    settings: Settings,
    calibration: Mapping[str, Any] | None = None,
) -> Dossier:
    """Look up the facts of one cluster of a run; `settings` and `calibration` are those of the run's record.

    Without a calibration a group stands while no group anywhere was expected to look like it.
    """
    everyone = frames["accounts"]["account_id"]
    own = {name: frames[name].filter(pl.col("cluster_id") == cluster_id) for name in ("edges", "signals", "members")}
    links = _numbered(own["edges"], everyone)
    names = links["trace"].unique().sort().to_list()
    # A cluster without paraphrases is explained without their model, which the record does not hold.
    asked = tuple(name for name in settings.traces if name != PARAPHRASE or name in names)
    only = settings.model_copy(update={"traces": asked})
    actions = read_actions(_only_known(tables, everyone), only, Funnel()).filter(pl.col("trace").is_in(names))
    traces = [trace_actions(actions, name, least_objects(name, settings), everyone) for name in names]
    others = _other_clusters(frames["members"], cluster_id, everyone)
    population = Population(traces, actions, everyone, others, tongues(tables.posts, everyone))
    beside = pl.col("role").is_in(list(APART_ROLES))
    members = _ranks(own["members"].filter(~beside)["account_id"], everyone)
    ours = tuple(_only_members(actions, members) for actions in population.traces)
    company, levels = _company(own["signals"], links), calibration or {}
    window = REACH * timedelta(seconds=max(*settings.windows, company[1]))
    return Dossier(
        frames["clusters"].filter(pl.col("cluster_id") == cluster_id).row(0, named=True),
        own["signals"],
        everyone,
        members,
        _ranks(own["members"].filter(beside)["account_id"], everyone),
        population,
        ours,
        links,
        pl.concat([pl.DataFrame(schema=dict(ACTS)), *(_joint_acts(actions, links, window) for actions in ours)]),
        company,
        float(levels.get("review_level", 0.0)),
        float(levels.get("alert_level", 0.0)),
        settings,
    )


def _only_known(tables: Tables, everyone: pl.Series) -> Tables:
    """The actions by accounts that the run knew: facts may have grown since."""
    return replace(tables, actions=tables.actions.filter(pl.col("account_id").is_in(everyone.implode())))


def _other_clusters(members: pl.DataFrame, cluster_id: str, everyone: pl.Series) -> I64:
    others = members.filter((pl.col("cluster_id") != cluster_id) & ~pl.col("role").is_in(list(APART_ROLES)))
    cluster_of = np.full(everyone.len(), -1, dtype=np.int64)
    number = others["cluster_id"].rank("dense").cast(pl.Int64).to_numpy()
    cluster_of[everyone.search_sorted(others["account_id"]).to_numpy()] = number
    return cluster_of


def _ranks(ids: pl.Series, everyone: pl.Series) -> I64:
    return np.sort(everyone.search_sorted(ids).to_numpy().astype(np.int64))


def _numbered(edges: pl.DataFrame, everyone: pl.Series) -> pl.DataFrame:
    ranks = [pl.Series(side, everyone.search_sorted(edges[side])) for side in ("left", "right")]
    return edges.with_columns(ranks).select(pl.col(column).cast(kind) for column, kind in LINKS.items())


def _only_members(actions: TraceActions, members: I64) -> TraceActions:
    """The same trace, numbers and popularity, with the rows of these accounts only."""
    coded = actions.coded
    kept = np.isin(actions.number, members)[coded.account]
    own = CodedActions(coded.account[kept], coded.object[kept], coded.at[kept], coded.account_ids, coded.object_ids)
    return replace(actions, rows=actions.rows.filter(pl.Series(kept, dtype=pl.Boolean)), coded=own)


def _joint_acts(actions: TraceActions, links: pl.DataFrame, window: timedelta) -> pl.DataFrame:
    acted = pl.Series(actions.number).implode()
    pairs = links.filter(
        (pl.col("trace") == actions.trace) & pl.all_horizontal(pl.col("left", "right").is_in(acted))
    ).select("left", "right")
    pairs = pairs.unique().sort("left", "right")
    acts = joint_acts(actions, pairs, window)
    posts = [actions.rows["post_id"].gather(acts[f"{side}_row"]).alias(f"{side}_post") for side in ("left", "right")]
    named = acts.with_columns(pl.lit(actions.trace).alias("trace"), *posts)
    return named.select(pl.col(column).cast(kind) for column, kind in ACTS.items())


def _company(signals: pl.DataFrame, links: pl.DataFrame) -> tuple[str, int]:
    """The trace and window of the run's company sign: single meetings (q = 1) are kept where the cluster was found."""
    signs = signals.filter(pl.col("name").str.ends_with("_company"))["name"].to_list()
    # A run of a version without that sign is answered from the trace with most links, and found not to be reproduced.
    most = links["trace"].value_counts().sort("count", "trace", descending=[True, False])["trace"]
    trace = signs[0].removesuffix("_company") if signs else str(most[0])
    mine = links.filter(pl.col("trace") == trace)
    within = mine.filter(pl.col("q") >= 1)["window_seconds"]
    return trace, int((within if within.len() else mine["window_seconds"]).max())  # type: ignore[arg-type]
