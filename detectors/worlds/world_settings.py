"""What a world is asked for."""

from dataclasses import dataclass

from detectors.worlds.presets import ATTACKS, PRESETS, Wanted
from graph.errors import BadSetting

LEAST_EVENTS = 5_000  # below it no tail is long enough to be one
MOST_EVENTS = 60_000_000  # 120 districts: what the id space holds


# DETECTORS 5: size 5-1,000, camouflage 0-90 %, prevalence .1-5 %.
RANGES = {"size": (5, 1_000), "camouflage": (0.0, 0.9), "prevalence": (0.001, 0.05)}


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """About `events` rows of posts and actions over `days` days; `mutation` makes two such worlds of half the events.

    `size`, `camouflage` and `prevalence` (share of the accounts) fix what is otherwise drawn per campaign; the ring of
    `security` takes the first two.
    """

    preset: str = "mixed"
    events: int = 100_000
    seed: int = 0
    attack: str = "none"
    days: float = 14.0
    size: int | None = None
    camouflage: float | None = None
    prevalence: float | None = None

    def checked(self) -> "WorldSettings":
        """Itself; raises BadSetting for an unknown preset or attack, or a world too small, too large or too short."""
        if self.preset not in PRESETS:
            raise BadSetting(f"--preset {self.preset!r} is not known.", f"Choose one of {', '.join(PRESETS)}.")
        if self.attack not in ATTACKS:
            raise BadSetting(f"--attack {self.attack!r} is not known.", f"Choose one of {', '.join(ATTACKS)}.")
        if self.attack != "none" and self.preset != "security":
            raise BadSetting(f"--attack {self.attack} belongs to another preset.", "Use --preset security with it.")
        if not LEAST_EVENTS <= self.events <= MOST_EVENTS:
            raise BadSetting(
                f"--events {self.events:,} is outside what can be made.",
                f"Ask for {LEAST_EVENTS:,} to {MOST_EVENTS:,}.",
            )
        if self.seed < 0:
            raise BadSetting(f"--seed {self.seed} is negative.", "Give 0 or more.")
        if not 5 <= self.days <= 60:
            raise BadSetting(f"A world of {self.days} days is not made.", "Give 5 to 60 days.")
        self._check_wanted()
        return self

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.size, self.camouflage, self.prevalence)

    def _check_wanted(self) -> None:
        given = [name for name in ("size", "camouflage", "prevalence") if getattr(self, name) is not None]
        takes = {"organic": (), "mutation": (), "security": ("size", "camouflage")}.get(self.preset, given)
        if refused := [name for name in given if name not in takes]:
            raise BadSetting(f"--preset {self.preset} takes no --{refused[0]}.", "Leave it out, or use another preset.")
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise BadSetting(f"--{name} {value} is outside what is made.", f"Give {low} to {high}.")
