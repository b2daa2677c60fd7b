"""Clusters through the runs: which is which, who stayed, and what a lineage changed about its ways."""

from detectors.lineage.chains import ancestors, churn, lines, loyalty
from detectors.lineage.habits import habits_of
from detectors.lineage.history import RELATION_SCHEMA, Window, history, lineage, window_of
from detectors.lineage.mutation import MUTATION_SCHEMA, Step, mutation_sentence, mutations

__all__ = [
    "MUTATION_SCHEMA",
    "RELATION_SCHEMA",
    "Step",
    "Window",
    "ancestors",
    "churn",
    "habits_of",
    "history",
    "lineage",
    "lines",
    "loyalty",
    "mutation_sentence",
    "mutations",
    "window_of",
]
