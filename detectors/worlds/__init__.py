"""Made-up worlds with planted truth: what a platform looks like when nothing is wrong, and when something is."""

from detectors.worlds.presets import ATTACKS, PRESETS
from detectors.worlds.world import WorldPart, WorldSettings, generate_world, world_parts

__all__ = ["ATTACKS", "PRESETS", "WorldPart", "WorldSettings", "generate_world", "world_parts"]
