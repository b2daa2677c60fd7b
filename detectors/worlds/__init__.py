"""Made-up worlds with planted truth: what a platform looks like when nothing is wrong, and when something is."""

from detectors.worlds.presets import ATTACKS, PRESETS
from detectors.worlds.world import WorldPart, generate_world, world_periods
from detectors.worlds.world_settings import WorldSettings

__all__ = ["ATTACKS", "PRESETS", "WorldPart", "WorldSettings", "generate_world", "world_periods"]
