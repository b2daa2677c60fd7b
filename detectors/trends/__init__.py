"""Rises in what is done: where counts leave their usual rhythm, what they are made of, and how much of it looks manufactured."""

from detectors.trends.acts import DIMENSIONS, Acts, read_acts
from detectors.trends.attribution import Who
from detectors.trends.counting import BINS
from detectors.trends.find import RISE_CAUSE_SCHEMA, RISE_SCHEMA, Trends, find_trends, line_of

__all__ = [
    "BINS",
    "DIMENSIONS",
    "RISE_CAUSE_SCHEMA",
    "RISE_SCHEMA",
    "Acts",
    "Trends",
    "Who",
    "find_trends",
    "line_of",
    "read_acts",
]
