"""Mapping files: what a person writes once about a format that is not known here, checked before anything is read."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from graph.errors import BadSetting
from graph.traces import TRACES
from ingest.canonical.layout import Kind, Profile
from ingest.formats.canonical_fields import FIELDS, REQUIRED


def _column_name(name: object) -> object:
    return name.strip().casefold() if isinstance(name, str) else name


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


Column = Annotated[str, BeforeValidator(_column_name), Field(min_length=1)]
Columns = Annotated[list[Column], BeforeValidator(_as_list), Field(min_length=1)]
MappedKind = Literal["posts", "activity", "actions", "accounts", "sessions", "ads", "follows"]


class Times(BaseModel):
    """How the times of this format are written. `twitter_id`: the column of Twitter ids that carry the time themselves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day_order: Literal["day", "month"] | None = None
    timezone: str | None = None
    whole_days: bool = False
    twitter_id: Column | None = None

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, zone: str | None) -> str | None:
        if zone is not None:
            try:
                ZoneInfo(zone)
            except (KeyError, ValueError, OSError) as error:
                raise ValueError(f"'{zone}' is not a time zone, such as Europe/Berlin") from error
        return zone


class Mapping(BaseModel):
    """One mapping file. `columns`: canonical field -> column, or columns of which the first non-empty counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: MappedKind
    name: str = "mapping"
    platform: str | None = None
    columns: dict[str, Columns] = Field(default_factory=dict)
    joined: dict[str, Columns] = Field(default_factory=dict)  # canonical field -> columns that make an id together
    objects: dict[str, Column] = Field(default_factory=dict, max_length=20)  # trace -> column; kind actions only
    values: dict[str, str] = Field(default_factory=dict)  # canonical field -> the same value for every row
    words: dict[str, str] = Field(default_factory=dict)  # word of the export -> known word, for kind, trace and event
    nothing: list[str] = Field(default_factory=list)  # cells that stand for an empty one
    nobody: list[str] = Field(default_factory=list)  # account names that stand for no one account
    time: Times = Times()

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if wrong := "; ".join(self._mistakes()):
            raise ValueError(wrong)
        return self

    def _mistakes(self) -> list[str]:
        known, told = FIELDS[self.kind], []
        for place, names in (("columns", self.columns), ("joined", self.joined), ("values", self.values)):
            told += [f"[{place}] {name} is not a field of {self.kind}" for name in names if name not in known]
        told += [f"[objects] {trace} is not a trace" for trace in self.objects if trace not in TRACES]
        if trace := self.values.get("trace"):
            told += [] if trace in TRACES else [f"[values] trace '{trace}' is not a trace"]
        if self.objects and self.kind != "actions":
            told.append('[objects] belongs to kind = "actions"')
        given = (
            set(self.columns)
            | set(self.joined)
            | set(self.values)
            | ({"trace", "object_id"} if self.objects else set())
        )
        given |= {"at"} if self.time.twitter_id else set()
        told += [f"[columns] {name} is missing" for name in REQUIRED[self.kind] if name not in given]
        return told

    def needed_sources(self) -> list[list[str]]:
        """Alternatives of columns that a file must have."""
        needed = [self.columns[name] for name in REQUIRED[self.kind] if name in self.columns]
        if self.time.twitter_id and "at" not in self.columns:
            needed.append([self.time.twitter_id])
        needed += [[column] for name in REQUIRED[self.kind] for column in self.joined.get(name, ())]
        return needed + ([list(self.objects.values())] if self.objects else [])


def load_mapping(path: Path) -> Mapping:
    """Raises BadSetting that tells every mistake of the file at once."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSetting(f"{path} cannot be read: {error.strerror}.", hint="give the path of a TOML file") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(f"{path.name} is not TOML: {error}.", hint="see docs/formats.md for a mapping file") from error
    try:
        return Mapping.model_validate({"name": path.stem, **written})
    except ValidationError as error:
        mistakes = "; ".join(_told(list(each["loc"]), each["msg"]) for each in error.errors())
        raise BadSetting(f"{path.name}: {mistakes}.", hint="docs/formats.md lists the fields of each kind") from error


def _told(place: list[int | str], message: str) -> str:
    sentence = message.removeprefix("Value error, ")
    return f"{'.'.join(str(part) for part in place)}: {sentence}" if place else sentence


def profile_of(mapping: Mapping) -> Profile:
    """The mapping as a profile."""
    fields = {name: tuple(columns) for name, columns in mapping.columns.items()}
    fields |= {f"object_{place}": (column,) for place, column in enumerate(mapping.objects.values())}
    if mapping.time.twitter_id:
        fields["at_id"] = (mapping.time.twitter_id,)
    kind: Kind = "posts" if mapping.kind == "activity" else mapping.kind
    if mapping.kind == "activity":
        fields = {
            {"action": "kind", "object": "object_id"}.get(name, name): columns for name, columns in fields.items()
        }
    required = tuple({"action": "kind", "object": "object_id"}.get(name, name) for name in REQUIRED[mapping.kind])
    objects = tuple(mapping.objects.items())
    if objects:
        required = tuple(name for name in required if name not in ("trace", "object_id"))
    platform = {"platform": mapping.platform} if mapping.platform else {}
    return Profile(
        mapping.name,
        kind,
        fields,
        required=required,
        constants=platform | mapping.values,
        objects=objects,
        joined={name: tuple(columns) for name, columns in mapping.joined.items()},
        nothing=frozenset(mapping.nothing),
        words=mapping.words,
        nobody=frozenset(mapping.nobody),
        day_order=mapping.time.day_order,
        timezone=mapping.time.timezone,
        whole_days=mapping.time.whole_days,
    )
