"""Frames in, clusters with their reasons out; no store, no screen, no network."""

from detectors.detect import Tables, detect
from detectors.settings import Settings, load_settings, settings_from

__all__ = ["Settings", "Tables", "detect", "load_settings", "settings_from"]
