"""Made-up worlds with planted truth: what a platform looks like when nothing is wrong, and when something is."""

from detectors.worlds.presets import ATTACKS, PRESETS, TAKEOVERS
from detectors.worlds.world import generate_world, world_periods
from detectors.worlds.world_part import WorldPart
from detectors.worlds.world_settings import WorldSettings

__all__ = ["ATTACKS", "PRESETS", "TAKEOVERS", "WorldPart", "WorldSettings", "generate_world", "world_periods"]
