"""What lies on the desk of a session: the workspace, the run the address names, the facts; read once per data version."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
import streamlit as st

from casework.actors import Actor, local_actor
from casework.decisions import Decision, newest_standing
from casework.work_store import WorkStore, open_work_store
from detectors.trends import Trends
from graph.errors import BadSetting, NothingThere, StoreFault
from graph.facts import Facts, current_facts
from graph.runs import StoredRun, list_runs, load_run
from graph.store import GraphStore
from graph.team_server import TeamServer
from graph.workspace import Workspace, open_workspace
from investigator_ui.launch import WORKSPACE_VARIABLE
from investigator_ui.services.casefile import decisions_in
from investigator_ui.services.explaining import what_ifs_of
from investigator_ui.services.exploring import Standing, Watch, open_store, standing_of
from investigator_ui.services.mutating import mutations_of
from investigator_ui.services.past import Past, past_of
from investigator_ui.services.trending import trends_in
from investigator_ui.views.account_page import AccountFrames, read_account
from investigator_ui.views.cluster_head import ClusterFrames, read_cluster
from investigator_ui.views.names import account_names

# Cached values are shared between sessions and never changed in place; _KEYS says what a run and facts are known by.
_KEPT = 64
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Desk:
    """`run` is None when there is no run yet; `asked` is the run id in the address, '' for the newest.

    While `standing` says that the team's server is away, nothing may be decided.
    """

    workspace: Workspace
    facts: Facts
    run: StoredRun | None
    asked: str
    actor: Actor
    standing: Standing

    @property
    def address(self) -> dict[str, str]:
        """What a link to another page must carry so that it stays with this run."""
        return {"run": self.asked} if self.asked else {}

    def accounts(self) -> pl.LazyFrame:
        return self.facts.scan("accounts")


def open_desk() -> Desk:
    """The desk of this rerun. Raises NothingThere when the address names a run that does not exist."""
    workspace = session_workspace()
    asked = str(st.query_params.get("run", ""))
    runs_exist = bool(list_run_ids(workspace))
    if asked and not runs_exist:
        raise NothingThere(f"There is no run {asked!r}.", "No run has been made yet.")
    run = load_run(workspace, asked or None) if runs_exist else None
    return Desk(workspace, current_facts(workspace), run, asked, local_actor(), standing_now(workspace))


def session_workspace() -> Workspace:
    """The workspace of this session; raises BadSetting or BadWorkspace when there is none."""
    return open_workspace(_workspace_path())


def standing_now(workspace: Workspace) -> Standing:
    """Where the graph is read from; a server that is away is asked again every few seconds, not at every rerun."""
    return standing_of(workspace, _watch)


def ask_graph(desk: Desk, question: Callable[[GraphStore], T]) -> T:
    """The answer of the team's server, or of the graph on this machine; a server that goes away meanwhile draws the page anew."""
    try:
        with open_store(desk.workspace, desk.standing, _watch) as store:
            return question(store)
    except StoreFault:
        if desk.standing.server is not None and not desk.standing.away and _watch(desk.standing.server).away(now=True):
            st.rerun()
        raise


def list_run_ids(workspace: Workspace) -> list[str]:
    return [run.run_id for run in list_runs(workspace)]


def work_store(desk: Desk) -> WorkStore:
    """The work store, to be closed again: `with work_store(desk) as store`."""
    return open_work_store(desk.workspace)


def decisions_on(desk: Desk, cluster_id: str | None = None) -> list[Decision]:
    """Every decision, or those on one cluster; [] when nobody has decided anything yet."""
    return decisions_in(desk.workspace, cluster_id)


def standing_verdicts(desk: Desk) -> Mapping[str, str]:
    """cluster_id -> the verdict that stands."""
    by_cluster: dict[str, list[Decision]] = {}
    for decision in decisions_on(desk):
        by_cluster.setdefault(decision.cluster_id, []).append(decision)
    newest = {cluster_id: newest_standing(said) for cluster_id, said in by_cluster.items()}
    return {cluster_id: str(decision.verdict) for cluster_id, decision in newest.items() if decision is not None}


def cluster_frames(run: StoredRun, cluster_id: str) -> ClusterFrames | None:
    return _cluster_frames(run, cluster_id)


def account_frames(desk: Desk, run: StoredRun, account_id: str) -> AccountFrames | None:
    return _account_frames(run, desk.facts, account_id)


def names_of(desk: Desk, ids: frozenset[str]) -> Mapping[str, str]:
    """Shown names of the accounts; see views.names."""
    return _names(desk.facts, tuple(sorted(ids)))


def names_in(desk: Desk, frames: ClusterFrames) -> Mapping[str, str]:
    """Shown names of the members, and of the accounts that stand in their evidence."""
    ids = [*frames.members["account_id"], *frames.apart["account_id"]]
    return names_of(desk, frozenset([*ids, *frames.evidence["left"], *frames.evidence["right"]]))


def cluster_answers(desk: Desk, run: StoredRun, cluster_id: str) -> Mapping[str, Any]:
    """What would change the cluster, asked of the facts; takes seconds for a large one, and is kept."""
    return _cluster_answers(run, desk.facts, cluster_id)


def past_and_changes(desk: Desk, run: StoredRun) -> tuple[Past, pl.DataFrame]:
    """The run and those before it as one history, and what its clusters changed about their ways (MUTATION_SCHEMA)."""
    return _past(run, desk.facts, desk.workspace)


def trends_by(desk: Desk, by: str, width: str) -> Trends:
    """The rises of one dimension in bins of one width; the run of the desk says who is flagged."""
    return _trends(desk.facts, desk.run, by, width)


def _run_key(run: StoredRun) -> str:
    return f"{run.folder} {run.finished_at.isoformat() if run.finished_at else ''}"


def _facts_key(facts: Facts) -> str:
    return f"{facts.folder} {facts.number}"


def _workspace_key(workspace: Workspace) -> str:
    return str(workspace.path)


_KEYS: dict[type | str, Callable[[Any], Any]] = {
    StoredRun: _run_key,
    Facts: _facts_key,
    Workspace: _workspace_key,
}


@st.cache_resource(
    max_entries=_KEPT, show_spinner=False, hash_funcs={TeamServer: lambda server: (server.url, server.graph)}
)
def _watch(server: TeamServer) -> Watch:
    return Watch(server)


@st.cache_resource(max_entries=_KEPT, show_spinner="Reading the cluster", hash_funcs=_KEYS)
def _cluster_frames(run: StoredRun, cluster_id: str) -> ClusterFrames | None:
    return read_cluster(run, cluster_id)


@st.cache_resource(max_entries=_KEPT, show_spinner="Asking the facts again", hash_funcs=_KEYS)
def _cluster_answers(run: StoredRun, facts: Facts, cluster_id: str) -> Mapping[str, Any]:
    return what_ifs_of(run, facts, cluster_id)


@st.cache_resource(max_entries=_KEPT, show_spinner="Reading the account", hash_funcs=_KEYS)
def _account_frames(run: StoredRun, facts: Facts, account_id: str) -> AccountFrames | None:
    return read_account(run, facts.scan("accounts"), facts.scan("actions"), account_id)


@st.cache_resource(max_entries=_KEPT, show_spinner=False, hash_funcs=_KEYS)
def _names(facts: Facts, ids: tuple[str, ...]) -> Mapping[str, str]:
    return account_names(ids, facts.scan("accounts"))


@st.cache_resource(max_entries=_KEPT, show_spinner="Comparing with the runs before", hash_funcs=_KEYS)
def _past(run: StoredRun, facts: Facts, workspace: Workspace) -> tuple[Past, pl.DataFrame]:  # noqa: ARG001 - sources are read from the facts
    past = past_of(workspace, run.run_id)
    return past, mutations_of(workspace, past)


@st.cache_resource(max_entries=4, show_spinner="Counting", hash_funcs=_KEYS)  # holds every act of the data
def _trends(facts: Facts, run: StoredRun | None, by: str, width: str) -> Trends:
    return trends_in(facts, run, [by], width)


def _workspace_path() -> Path:
    """Set by the router; a page never looks into the environment itself."""
    path = st.session_state.get("workspace")
    if not path:
        raise BadSetting("No workspace was named.", "Start the pages with: flockwatch ui --workspace DIR.")
    return Path(path)


def read_environment() -> None:
    """Take the workspace over from the environment; called by the router alone, once per session."""
    st.session_state.setdefault("workspace", os.environ.get(WORKSPACE_VARIABLE, ""))
