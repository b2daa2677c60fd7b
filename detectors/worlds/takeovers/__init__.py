"""Worlds with takeovers: accounts with habits of access and writing, some of which fall into other hands."""

from detectors.worlds.takeovers.made import TakeoverWorld, takeover_parts, takeover_world
from detectors.worlds.takeovers.transplant import Transplant, Transplanted, drawn_transplants, transplanted
from detectors.worlds.takeovers.transplant_access import transplanted_access

__all__ = [
    "TakeoverWorld",
    "Transplant",
    "Transplanted",
    "drawn_transplants",
    "takeover_parts",
    "takeover_world",
    "transplanted",
    "transplanted_access",
]
