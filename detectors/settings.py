"""What a detector run may be told: every parameter with its default and its reason, read from TOML with all mistakes told at once."""

import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from detectors.calibration.model import RiskModel, load_model
from detectors.text_model import NamedModel, named_model
from graph.errors import BadSetting
from graph.traces import DEFAULT_TRACES, TRACES

_UNITS = {"s": 1, "min": 60, "m": 60, "h": 3600, "d": 86400}
LONGEST_WINDOW = 7 * 86400


def window_seconds(said: object) -> object:
    """Seconds from `60`, `"60s"`, `"10min"`, `"1h"` or `"1d"`; anything else is handed back for pydantic to refuse."""
    if not isinstance(said, str):
        return said
    found = re.fullmatch(r"\s*(\d+)\s*(s|min|m|h|d)\s*", said)
    if found is None:
        raise ValueError(f"{said!r} is not a span of time; write 60s, 10min, 1h or 1d")
    return int(found[1]) * _UNITS[found[2]]


Window = Annotated[int, BeforeValidator(window_seconds), Field(ge=1, le=LONGEST_WINDOW)]


class NearDuplicates(BaseModel):
    """When two texts count as one: Jaccard of their character shingles at least `similarity`.

    32 bands of 4 hashes miss a pair of similarity .7 with probability 1.5e-4 and one of .8 with 5e-8 (DETECTORS 2.2).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    similarity: Annotated[float, Field(ge=0.5, le=1.0)] = 0.7
    shingle: Annotated[int, Field(ge=2, le=9)] = 5
    bands: Annotated[int, Field(ge=1, le=64)] = 32
    bucket: Annotated[int, Field(ge=2)] = (
        1_000  # texts of one band bucket that are compared with each other; the rest is told
    )


class Settings(BaseModel):
    """The parameters of a run. Defaults follow DETECTORS 2 and 9; what was measured is in docs/evidence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    traces: tuple[str, ...] = tuple(name for name in DEFAULT_TRACES if name not in ("content", "means"))
    windows: tuple[Window, ...] = (60, 600, 3600)
    min_objects: Annotated[int, Field(ge=1)] = (
        3  # an account with fewer distinct objects of a trace is not tested on it
    )
    min_shared: Annotated[int, Field(ge=2)] = (
        3  # two shared objects are common by chance wherever one of them is popular
    )
    null: Literal["global", "spells"] = "global"  # spells: the larger of the global null and one per 6 hours
    q: Annotated[float, Field(gt=0, le=0.5)] = 0.01  # false discoveries among the links, Benjamini-Hochberg
    # Slow groups are looked for within one and three days; they are for review until a second sign joins (DETECTORS 9, B:
    # up to 72 h). Within a week very active accounts meet on rare things by chance (docs/limits.md).
    slow_windows: tuple[Window, ...] = (86_400, 259_200)
    replays: Annotated[int, Field(ge=0, le=100)] = 5  # worlds without coordination that set the level of the clusters
    review_q: Annotated[float, Field(gt=0, le=0.5)] = 0.05  # false accounts among the clusters for review, by replay
    takeovers: bool = True  # look for accounts that fell into other hands, too (docs/takeovers.md)
    takeover_q: Annotated[float, Field(gt=0, le=0.5)] = 0.01  # false discoveries among their signs, Benjamini-Hochberg
    min_cluster: Annotated[int, Field(ge=3)] = 4
    resolution: Annotated[float, Field(gt=0)] = 0.5  # of Leiden CPM, in units of -log10 p
    alert_risk: Annotated[float, Field(gt=0, lt=1)] = (
        0.6  # one family of signs alone is capped here, so an alert has two
    )
    evidence_per_edge: Annotated[int, Field(ge=1)] = 50
    evidence_rows: Annotated[int, Field(ge=1_000)] = 1_000_000  # over the whole run
    pair_budget: Annotated[int, Field(ge=1_000)] = (
        8_000_000  # meetings of two actions held in memory at a time, 40 bytes each
    )
    near_duplicates: NearDuplicates = NearDuplicates()
    # A model of flockwatch calibrate for the risk, by the name of its file in TOML; without one a noisy-or of families.
    risk_model: RiskModel | None = None
    # Word vectors or a sentence model for the trace paraphrase, by the name of its file or folder in TOML.
    text_model: NamedModel | None = None

    @field_validator("traces")
    @classmethod
    def _known(cls, traces: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in traces if name not in TRACES]
        if unknown:
            raise ValueError(f"no such trace: {', '.join(unknown)}; there are {', '.join(TRACES)}")
        return traces

    @field_validator("traces", "windows")
    @classmethod
    def _each_once(cls, values: tuple[str | int, ...]) -> tuple[str | int, ...]:
        if not values:
            raise ValueError("at least one is needed")
        if len(set(values)) != len(values):
            raise ValueError("one of them is named twice")
        return values

    @model_validator(mode="after")
    def _meanings_need_a_model(self) -> Self:
        if ("paraphrase" in self.traces) != (self.text_model is not None):
            raise ValueError("the trace paraphrase and a text_model go together: name both, or neither")
        return self

    @property
    def spans(self) -> tuple[timedelta, ...]:
        """The windows, shortest first."""
        return tuple(timedelta(seconds=seconds) for seconds in sorted(self.windows))

    def parameters(self) -> dict[str, Any]:
        """Plain values for the run record and its id; traces and windows sorted, because their order means nothing.

        A risk model is in them whole, so that a run can be repeated from its record; a text model by name and content.
        """
        models = {"risk_model": self.risk_model, "text_model": self.text_model}
        said = self.model_dump(mode="json", exclude={name for name, model in models.items() if model is None})
        return said | {"traces": sorted(self.traces), "windows": sorted(self.windows)}


def settings_from(values: Mapping[str, Any], where: str = "the settings") -> Settings:
    """Settings from plain values; raises BadSetting with every mistake in one message."""
    try:
        return Settings.model_validate(values)
    except ValidationError as fault:
        raise BadSetting(
            _all_mistakes(fault, where), "docs: detectors.settings lists every name with its default."
        ) from fault


def load_settings(path: Path) -> Settings:
    """Settings from a TOML file; names that are not given keep their defaults. Raises BadSetting.

    `risk_model` names a file, `text_model` a file or a folder, looked for beside the settings file unless the path is absolute.
    """
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as fault:
        raise BadSetting(f"There is no settings file {path.name}.", "Check the path given to --config.") from fault
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise BadSetting(
            f"{path.name} cannot be read as TOML: {fault}.", "Write name = value, one per line."
        ) from fault
    if isinstance(values.get("risk_model"), str):
        values["risk_model"] = load_model(path.parent / values["risk_model"])
    if isinstance(values.get("text_model"), str):
        values["text_model"] = named_model(path.parent / values["text_model"])
    return settings_from(values, path.name)


def _all_mistakes(fault: ValidationError, where: str) -> str:
    told = []
    for mistake in fault.errors():
        name = ".".join(str(part) for part in mistake["loc"]) or "the whole"
        reason = "there is no such setting" if mistake["type"] == "extra_forbidden" else mistake["msg"]
        shown = (
            ""
            if mistake["type"] in {"extra_forbidden", "missing"} or not mistake["loc"]
            else f" (is {mistake['input']!r})"
        )
        told.append(f"{name}: {reason.removeprefix('Value error, ')}{shown}")
    return f"{where} has {len(told)} mistake{'s' if len(told) > 1 else ''}: " + "; ".join(told) + "."
