"""What a world is asked for."""

from dataclasses import dataclass

from detectors.worlds.presets import ATTACKS, PRESETS, TAKEOVERS, Wanted
from graph.errors import BadSetting

LEAST_EVENTS = 5_000  # below it no tail is long enough to be one
MOST_EVENTS = 60_000_000  # 120 districts: what the id space holds


# DETECTORS 5: size 5-1,000, camouflage 0-90 %, prevalence .1-5 %.
RANGES = {"size": (5, 1_000), "camouflage": (0.0, 0.9), "prevalence": (0.001, 0.05)}

# The options that a preset takes, where that is not all of RANGES.
TAKEN = {
    "organic": (),
    "mutation": (),
    "security": ("size", "camouflage"),
    "takeover": ("size", "prevalence"),
    "sessions": ("size", "prevalence"),
}
# Of ordinary worlds, and of those with takeovers: a silence of 90 days, with a life before it and a revival after.
USUAL_DAYS = (14.0, 150.0)
LASTING = ((5, 60), (140, 400))


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """About `events` rows of posts and actions over `days` days; `mutation` makes two such worlds of half the events.

    `size`, `camouflage` and `prevalence` (share of the accounts) fix what is otherwise drawn per campaign; the ring of
    `security` takes the first two, rings of `takeover` and `sessions` the first (3 to 200) and the last.
    """

    preset: str = "mixed"
    events: int = 100_000
    seed: int = 0
    attack: str = "none"
    days: float | None = None
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
        low, high = LASTING[self.preset in TAKEOVERS]
        if not low <= self.lasting <= high:
            raise BadSetting(f"A world of {self.lasting} days is not made.", f"Give {low} to {high} days.")
        self._check_wanted()
        return self

    @property
    def lasting(self) -> float:
        """Days from the first to the last event: `days`, or what the preset takes when that is None."""
        return self.days if self.days is not None else USUAL_DAYS[self.preset in TAKEOVERS]

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.size, self.camouflage, self.prevalence)

    def _check_wanted(self) -> None:
        given = [name for name in ("size", "camouflage", "prevalence") if getattr(self, name) is not None]
        takes = TAKEN.get(self.preset, given)
        if refused := [name for name in given if name not in takes]:
            raise BadSetting(f"--preset {self.preset} takes no --{refused[0]}.", "Leave it out, or use another preset.")
        ranges = {**RANGES, "size": (3, 200)} if self.preset in TAKEOVERS else RANGES
        for name, (low, high) in ranges.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise BadSetting(f"--{name} {value} is outside what is made.", f"Give {low} to {high}.")
