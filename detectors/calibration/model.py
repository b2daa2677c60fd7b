"""A risk model: coefficients, isotonic knots and where they come from; kept as JSON, validated when read."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from detectors.calibration.features import FEATURES
from detectors.significance import F64
from graph.errors import BadSetting

LARGEST_FILE = 1_000_000  # bytes; a model of all features with a thousand knots is a tenth of it

Number = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]


class Bin(BaseModel):
    """One row of a reliability table: clusters with a risk in [low, high), what was said and what was so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: Share
    high: Share
    clusters: Count
    said: Share | None
    so: Share | None


class Fit(BaseModel):
    """How probabilities compare with labels; None where there is no value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    clusters: Count
    positive: Count
    brier: Share
    ece: Share
    auc: Share | None
    reliability: tuple[Bin, ...]


class RiskModel(BaseModel):
    """Probability that a cluster is inauthentic coordination, of the kind the labels meant.

    A logistic function of standardised features gives a score, linear interpolation between isotonic knots the
    probability. `in_sample` was measured on the clusters it was fitted to, `held_out` on clusters (with two campaigns
    or more: on whole campaigns) that the figures' own fits had not seen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["flockwatch risk model"] = "flockwatch risk model"
    version: Literal[1] = 1
    features: Annotated[tuple[str, ...], Field(min_length=1)]
    mean: tuple[Number, ...]
    scale: tuple[Annotated[float, Field(gt=0, allow_inf_nan=False)], ...]
    coefficients: tuple[Number, ...]
    intercept: Number
    knots: Annotated[tuple[tuple[Number, Share], ...], Field(min_length=1)]  # score, probability
    campaigns: tuple[str, ...]
    clusters: Count
    positive: Count
    data_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    seed: int
    versions: dict[str, str]
    in_sample: Fit
    held_out: Fit

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        unknown = [name for name in self.features if name not in FEATURES]
        if unknown or len(set(self.features)) != len(self.features):
            raise ValueError(f"features that are not known or named twice: {', '.join(unknown) or 'twice'}")
        if not len(self.features) == len(self.mean) == len(self.scale) == len(self.coefficients):
            raise ValueError("features, mean, scale and coefficients differ in length")
        scores, probabilities = zip(*self.knots, strict=True)
        if any(np.diff(scores) <= 0) or any(np.diff(probabilities) < 0):
            raise ValueError("the knots do not rise")
        return self

    @property
    def model_id(self) -> str:
        """'M-' and ten hex digits that follow from everything in the model."""
        said = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return "M-" + hashlib.sha256(said.encode()).hexdigest()[:10]

    def probability(self, table: pl.DataFrame) -> F64:
        """One probability in 0..1 per row of `cluster_features`."""
        scores, probabilities = zip(*self.knots, strict=True)
        return np.asarray(np.interp(self.score(table), scores, probabilities), dtype=np.float64)

    def score(self, table: pl.DataFrame) -> F64:
        """The logistic score (log odds before the isotonic step) per row."""
        values = table.select(self.features).to_numpy().astype(np.float64)
        standard = (values - np.asarray(self.mean)) / np.asarray(self.scale)
        return np.asarray(standard @ np.asarray(self.coefficients) + self.intercept, dtype=np.float64)

    def as_json(self) -> str:
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, indent=1) + "\n"


def load_model(path: Path) -> RiskModel:
    """The model in a JSON file; raises BadSetting when there is none, or when it is not such a model."""
    hint = "flockwatch calibrate writes one."
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BadSetting(f"{path.name} is too large for a risk model.", hint)
        return RiskModel.model_validate_json(path.read_bytes())
    except OSError as fault:
        raise BadSetting(f"The risk model {path.name} cannot be read: {fault.strerror}.", hint) from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadSetting(f"{path.name} is no risk model: {where or 'the whole'}: {first['msg']}.", hint) from fault
