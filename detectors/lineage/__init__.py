"""Clusters through the runs: which is which, who stayed, and what a lineage changed about its ways."""

from detectors.lineage.chains import ancestors, churn, lines, loyalty
from detectors.lineage.history import RELATION_SCHEMA, Window, history, lineage, window_of

__all__ = ["RELATION_SCHEMA", "Window", "ancestors", "churn", "history", "lineage", "lines", "loyalty", "window_of"]
