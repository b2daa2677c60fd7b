"""The signals of rings: one per family of signs, its strength from the best sign of the family."""

from collections.abc import Mapping

import polars as pl

from detectors.ring_clusters import words
from detectors.risk import strength
from detectors.significance import chance_band, surprise
from detectors.takeovers.habits import FEATURES
from graph.schemas import SIGNAL_SCHEMA, FrameSchema

NUMBERED_SIGNAL: FrameSchema = {
    "ring": pl.Int64,
    **{name: kind for name, kind in SIGNAL_SCHEMA.items() if name != "cluster_id"},
}
_CAUSE: Mapping[str, str] = {feature.name: feature.cause for feature in FEATURES}
# What a sign speaks for in the risk. A couple of access and content speaks for its content alone: it has one p, so it is one sign.
INFRASTRUCTURE, LINKS, TEXT = "infrastructure", "overlap", "text"
# Links and texts repeat one another (one post holds both), so they are one family here: the one with the better sign.
NAMES: Mapping[str, str] = {INFRASTRUCTURE: "takeover_means", LINKS: "takeover_content", TEXT: "takeover_content"}


def family_of(feature: str, other: str | None) -> str:
    features = [one for one in (feature, other) if one is not None]
    if all(_CAUSE[one] in ("means", "place") for one in features):
        return INFRASTRUCTURE
    return TEXT if "text" in features else LINKS


def ring_signals(signs: pl.DataFrame) -> pl.DataFrame:
    """NUMBERED_SIGNAL, by ring and name. Takes SIGN_SCHEMA of detectors.takeovers.find."""
    families = [family_of(*two) for two in signs.select("feature", "other_feature").iter_rows()]
    named = signs.with_columns(family=pl.Series(families, dtype=pl.String))
    named = named.with_columns(name=pl.col("family").replace_strict(NAMES, return_dtype=pl.String))
    order = [
        "ring",
        "name",
        "p",
        "feature",
        "value",
        pl.col("other_feature").fill_null(""),
        pl.col("other_value").fill_null(""),
    ]
    best = named.sort(order).group_by("ring", "name", maintain_order=True).agg(pl.all().first(), many=pl.len())
    rows = [_row(sign) for sign in best.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=dict(NUMBERED_SIGNAL), orient="row").sort("ring", "name")


def _row(sign: Mapping[str, object]) -> tuple[object, ...]:
    adopted, broke = sign["adopted"], sign["broke"]
    seen = float(broke if broke is not None else sign["accounts"])  # type: ignore[arg-type]
    expected = None if sign["expected"] is None else float(sign["expected"])  # type: ignore[arg-type]
    low, high = chance_band(expected) if expected is not None else (None, None)
    p, accounts = float(sign["p"]), int(sign["accounts"])  # type: ignore[arg-type, call-overload]
    seconds = (sign["until"] - sign["since"]).total_seconds()  # type: ignore[operator]
    what = words.thing(str(sign["feature"]), str(sign["value"]))
    if sign["other_feature"] is None:
        said = words.single_sentence(accounts, what, seconds, adopted, broke, expected, p)  # type: ignore[arg-type]
    else:
        other = words.thing(str(sign["other_feature"]), str(sign["other_value"]))
        said = words.couple_sentence(accounts, what, other, seconds, expected, p)
    value = strength(float(surprise(pl.Series([p]).to_numpy())[0]))
    more = words.more_sentence(int(sign["many"]) - 1)  # type: ignore[call-overload]
    return sign["ring"], sign["name"], sign["family"], value, seen, expected, low, high, p, said + more
