"""The clusters of a run through the runs before it, from the workspace."""

from typing import Any

import polars as pl

from casework.decisions import Decision, plain
from detectors.lineage import ancestors, churn, loyalty, mutation_sentence
from detectors.lineage.chains import Ancestor
from graph.workspace import Workspace
from investigator_ui.services.casefile import decisions_in
from investigator_ui.services.inheriting import EarlierDecision, earlier_decision
from investigator_ui.services.mutating import mutations_of, sees_more
from investigator_ui.services.past import Past, past_of


def lineage_of(workspace: Workspace, run_id: str | None) -> dict[str, Any]:
    """What `flockwatch lineage` says: relations to the run before, and for each cluster its chain and who stayed."""
    past = past_of(workspace, run_id)
    here = past.relations.filter(pl.col("run_after") == past.run.run_id)
    changes, taken = mutations_of(workspace, past), decisions_in(workspace)
    return {
        "run_id": past.run.run_id,
        "before": past.before,
        "relations": list(here.drop("run_after").iter_rows(named=True)),
        "clusters": [_one(past, changes, taken, cluster_id) for cluster_id in past.windows[-1].profiles.clusters],
        "mutations": list(changes.iter_rows(named=True)),
    }


def _one(past: Past, changes: pl.DataFrame, taken: list[Decision], cluster_id: str) -> dict[str, Any]:
    line = past.line_of(cluster_id)
    moved = churn(line, past.windows).row(-1, named=True)
    kinds = dict(loyalty(line, past.windows).group_by("kind").len().sort("kind").iter_rows())
    chain = ancestors(past.relations, past.run.run_id, cluster_id)
    return {
        "cluster_id": cluster_id,
        **{name: moved[name] for name in ("lineage_id", "step", "size", "stayed", "left", "joined", "stay_rate")},
        "chain": [{"run_id": one.run_id, "cluster_id": one.cluster_id, "similarity": one.similarity} for one in chain],
        "members": {kind: kinds.get(kind, 0) for kind in ("loyal", "transient", "new")},
        "mutation": _mutation(past, changes, cluster_id, chain[0]) if chain else None,
        "earlier_decision": _plain(earlier_decision(past, cluster_id, taken)),
    }


def _plain(earlier: EarlierDecision | None) -> dict[str, Any] | None:
    """Which decision stands on what the cluster was, and on how many of its members; it counts here only when taken over."""
    if earlier is None:
        return None
    shared = {"members_shared": earlier.shared, "members_now": earlier.now, "members_before": earlier.before}
    return plain(earlier.decision) | shared


def _mutation(past: Past, changes: pl.DataFrame, cluster_id: str, before: Ancestor) -> str:
    if not sees_more(past, before.run_id, past.run.run_id):
        return "Both runs end with the same data, so there is nothing new to compare."
    return mutation_sentence(changes.filter(pl.col("cluster_after") == cluster_id))
