"""Worlds with takeovers: accounts with habits of access and writing, some of which fall into other hands."""

from detectors.worlds.takeovers.made import TakeoverWorld, takeover_parts, takeover_world

__all__ = ["TakeoverWorld", "takeover_parts", "takeover_world"]
