"""The decision that stands on what a cluster was in an earlier run: found along its line, offered, never copied by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.decisions import Decision, newest_standing
from casework.taking_over import members_of
from detectors.lineage import ancestors
from graph.runs import StoredRun
from investigator_ui.services.past import Past


@dataclass(frozen=True, slots=True)
class EarlierDecision:
    """`decision` on a cluster of `run`; `shared` members are in both, `now` in this cluster, `before` in that one."""

    decision: Decision
    run: StoredRun
    shared: int
    now: int
    before: int


def earlier_decision(past: Past, cluster_id: str, taken: Sequence[Decision]) -> EarlierDecision | None:
    """The most recent ancestor's along `continues` on which a decision stands; None when there is none.

    `taken`: every decision. A cluster with the same members has the same id, so decisions on it are this cluster's own.
    """
    runs = {run.run_id: run for run in past.runs}
    for one in ancestors(past.relations, past.run.run_id, cluster_id):
        if one.cluster_id == cluster_id:
            continue
        stands = newest_standing([decision for decision in taken if decision.cluster_id == one.cluster_id])
        if stands is not None:
            ours, theirs = members_of(past.run, cluster_id), members_of(runs[one.run_id], one.cluster_id)
            return EarlierDecision(stands, runs[one.run_id], len(ours & theirs), len(ours), len(theirs))
    return None
