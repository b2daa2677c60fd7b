"""Machines: models of phones and computers, the versions they run in time, and the user agents they send."""

import numpy as np
import polars as pl

from detectors.worlds.drafts import I64
from detectors.worlds.people import CLIENTS
from detectors.worlds.rhythm import DAY, START

ANDROIDS, IPHONES, COMPUTERS = 30, 8, 3
LAUNCHED = ANDROIDS + IPHONES + COMPUTERS  # the model that comes onto the market during the world
STRANGE = LAUNCHED + 1  # first of the machines of intruders: an old browser on a rare system
STRANGERS = 12
MODELS = STRANGE + STRANGERS
UPDATE_DAYS = 28  # from one version to the next: browsers come every four weeks
VERSIONS = 14
_ANDROID = (
    "Mozilla/5.0 (Linux; Android {}; {}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Mobile Safari/537.36"
)
_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_{0} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.{0} Mobile/15E14{1} Safari/604.1"
)
_WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
)
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.{} Safari/605.1.15"
_LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0"
_OLD = "Mozilla/5.0 (Windows NT 6.{}; rv:{}.0) Gecko/20100101 Firefox/{}.0"


def _agent(model: int, version: int) -> str:
    if model < ANDROIDS or model == LAUNCHED:
        return _ANDROID.format(10 + model % 5, f"Phone {model}", 118 + version)
    if model < ANDROIDS + IPHONES:
        return _IPHONE.format(version, model - ANDROIDS)
    if model < LAUNCHED:
        return (_WINDOWS.format(118 + version), _MAC.format(version), _LINUX.format(115 + version))[
            model - LAUNCHED + COMPUTERS
        ]
    return _OLD.format(1 + model % 3, 70 + 3 * model, 70 + 3 * model)  # never updated


AGENTS = pl.Series(
    "user_agent", [_agent(model, version) for model in range(MODELS) for version in range(VERSIONS)], dtype=pl.String
)


def phones(count: int, draw: np.random.Generator) -> I64:
    """Models of phones: half of them iPhones, of either kind a few models for most."""
    android = (draw.random(count) ** 2 * ANDROIDS).astype(np.int64)
    iphone = ANDROIDS + (draw.random(count) ** 1.5 * IPHONES).astype(np.int64)
    return np.where(draw.random(count) < 0.5, android, iphone)


def computers(count: int, draw: np.random.Generator) -> I64:
    return ANDROIDS + IPHONES + draw.choice(COMPUTERS, count, p=[0.7, 0.22, 0.08])


def native_client(model: I64) -> I64:
    """The place in CLIENTS of the platform's own application for a model: computers use the web."""
    names = {name: place for place, name in enumerate(CLIENTS)}
    told = np.full(model.size, names["web"], np.int64)
    told[(model < ANDROIDS) | (model == LAUNCHED)] = names["android"]
    told[(model >= ANDROIDS) & (model < ANDROIDS + IPHONES)] = names["iphone"]
    return told


def version_at(at: I64, lag_days: I64) -> I64:
    """The version a machine runs: the newest, `lag_days` late."""
    told: I64 = np.clip(3 + ((at - START) // DAY - lag_days) // UPDATE_DAYS, 0, VERSIONS - 1).astype(np.int64)
    return told
