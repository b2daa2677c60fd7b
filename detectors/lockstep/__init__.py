"""Lockstep: groups of accounts that followed, liked or reviewed the same many things, whatever else they did to hide it."""

from detectors.lockstep.frames import Blocks
from detectors.lockstep.groups import LockstepGroups, lockstep_groups
from detectors.lockstep.search import Lockstep, dense_blocks
from detectors.lockstep.signals import lockstep_signals

__all__ = ["Blocks", "Lockstep", "LockstepGroups", "dense_blocks", "lockstep_groups", "lockstep_signals"]
