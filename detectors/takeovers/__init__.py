"""Accounts that fell into other hands, and the rings of those taken over by one actor (DETECTORS section 3)."""

from detectors.takeovers.find import Takeovers, find_takeovers

__all__ = ["Takeovers", "find_takeovers"]
