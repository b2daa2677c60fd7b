"""Frames in, clusters with their reasons out; no store, no screen, no network."""

from detectors.detect import Tables, detect
from detectors.evaluate import evaluate
from detectors.explain import explain
from detectors.projection import co_action_pairs
from detectors.settings import Settings, load_settings, settings_from

__all__ = [
    "Settings",
    "Tables",
    "calibrate",
    "co_action_pairs",
    "detect",
    "evaluate",
    "explain",
    "load_settings",
    "settings_from",
]
