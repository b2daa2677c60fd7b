"""The colours and what each one means: one owner of the hex values, in light and in dark.

Marks stand at 3:1 or more on their paper, words in badges and chips at 4.5:1 or more, and the colours of one set stay apart
under simulated protan, deutan and tritan sight (CIE76: tiers 15, roles 12, traces 13 or more). A colour never stands alone:
its word or its icon is beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# A victim wears the colour of a target: neither is accused, and they never stand in one picture.
ROLES = ("seeder", "core", "amplifier", "follower", "target", "bystander", "victim", "changed")
TIERS = ("alert", "review", "linked", "none")
FAMILIES = ("shares", "links", "tags", "text", "infrastructure", "social", "content")


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour of one theme. `tint`, `care`, `role_chip` and `trace_chip` lie behind words, the others are marks and lines."""

    ink: str
    soft: str
    faint: str
    rule: str
    band: str
    paper: str
    main: str
    edge: str
    care: str  # behind words on victims and on what is done for them
    tier: Mapping[str, str]
    tint: Mapping[str, str]
    role: Mapping[str, str]
    role_chip: Mapping[str, str]
    trace: Mapping[str, str]
    trace_chip: Mapping[str, str]


def _named(names: tuple[str, ...], *colours: str) -> Mapping[str, str]:
    return MappingProxyType(dict(zip(names, colours, strict=True)))


LIGHT = Palette(
    ink="#1B2430",
    soft="#566070",
    faint="#9AA1AC",
    rule="#DFE2E7",
    band="#E3E7EE",
    paper="#FFFFFF",
    main="#33408F",
    edge="#CDD2DA",
    care="#D3EBDF",
    tier=_named(TIERS, "#A3330A", "#B58300", "#2F86BD", "#8F96A1"),
    tint=_named(TIERS, "#F5D3C4", "#F7E5AE", "#D2E6F3", "#E6E9ED"),
    role=_named(ROLES, "#8A1F5C", "#33408F", "#2F86BD", "#7A6A00", "#0F7B4F", "#8F96A1", "#0F7B4F", "#52708B"),
    role_chip=_named(ROLES, "#8A1F5C", "#33408F", "#2878AB", "#7A6A00", "#0F7B4F", "#6F7783", "#0F7B4F", "#52708B"),
    trace=_named(FAMILIES, "#0F67A8", "#B97A00", "#B7689A", "#14866A", "#A3330A", "#3F97CC", "#5B21B6"),
    trace_chip=_named(FAMILIES, "#CFE0EE", "#F3E1C0", "#EBD7E3", "#CDE6DF", "#F0D2C5", "#D3E9F4", "#DED5F2"),
)

DARK = Palette(
    ink="#E4E7EC",
    soft="#A8B0BC",
    faint="#6E7683",
    rule="#333A45",
    band="#2A313C",
    paper="#14171C",
    main="#9AA5FF",
    edge="#39414D",
    care="#1F5140",
    tier=_named(TIERS, "#FF8F5E", "#F2CF63", "#7FC4F0", "#7C838F"),
    tint=_named(TIERS, "#6B3520", "#5C4C1A", "#21475F", "#353B45"),
    role=_named(ROLES, "#F08DBF", "#9AA5FF", "#7FC4F0", "#A67C3D", "#4FC08D", "#7C838F", "#4FC08D", "#8FA9C2"),
    role_chip=_named(ROLES, "#8F2F66", "#434FA6", "#1F6490", "#6B5A1A", "#1B6E49", "#4B525D", "#1B6E49", "#41586E"),
    trace=_named(FAMILIES, "#6FA8F5", "#F2C14E", "#E29CC8", "#4FC0A0", "#FF8F5E", "#9FDCF5", "#7D6BD6"),
    trace_chip=_named(FAMILIES, "#234666", "#5C4718", "#5E3A52", "#1F5146", "#6B3520", "#27566B", "#43358C"),
)

# The same meanings by the names Streamlit gives its theme colours (see .streamlit/config.toml).
TIER_HUE = _named(TIERS, "red", "yellow", "blue", "gray")
TIER_ICON = _named(TIERS, "flag", "visibility", "link", "remove")
ROLE_HUE = _named(ROLES, "violet", "primary", "blue", "orange", "green", "gray", "green", "gray")
GUARDS = ("ruled out", "explains little", "explains part", "open")
GUARD_HUE = _named(GUARDS, "green", "gray", "orange", "orange")
GUARD_ICON = _named(GUARDS, "check_circle", "contrast", "help", "help")
VERDICTS = ("violating", "not_violating", "unsure", "secure")  # as casework names them
VERDICT_HUE = _named(VERDICTS, "red", "green", "orange", "green")
VERDICT_ICON = _named(VERDICTS, "gavel", "check_circle", "help", "healing")
