"""How many pairs of accounts meet on each object within a window, and when, counted without forming the pairs."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from detectors.coding import CodedActions
from detectors.significance import F64, I64
from detectors.time_windows import starts_of, window_bounds


def pairs_per_group(groups: I64, at: I64, window_us: int, how_many: int) -> I64:
    """For each of the groups 0..how_many-1 the number of pairs of rows at most `window_us` apart.

    Rows are sorted by (group, at).
    """
    return np.bincount(groups, weights=_earlier(starts_of(groups), at, window_us), minlength=how_many).astype(np.int64)


def _earlier(opens: "np.ndarray[tuple[int], np.dtype[np.bool_]]", at: I64, window_us: int) -> I64:
    """For each row the number of earlier rows of its group within the window."""
    low, _ = window_bounds(opens, at, window_us)
    return np.arange(at.size, dtype=np.int64) - low


@dataclass(frozen=True)
class Meetings:
    """The actions of one trace cut into spells of time: what a null model needs to know of them.

    `degrees`: distinct objects per account; `acts_per_spell`: distinct objects per account and spell.
    """

    rows: pl.DataFrame  # object, account, at, spell: distinct
    degrees: I64
    acts_per_spell: csr_array
    spells: int

    def per_spell(self, window: timedelta) -> F64:
        """P_b(tau) per spell: an upper bound on the number of (pair of accounts, object) that meet within the window.

        Counts meetings of rows in the spell of the later one and takes off those of an account with itself; an account
        that repeats itself would count many times, so an object gives at most the pairs of its distinct accounts.
        Exact in sum where nobody repeats.
        """
        window_us = window // timedelta(microseconds=1)
        met = _met(self.rows, window_us)
        crowd = self.rows.group_by("object").agg(pl.col("account").n_unique().cast(pl.Int64).alias("crowd"))
        most = (pl.col("crowd") * (pl.col("crowd") - 1) / 2) / pl.col("pairs").sum().over("object")
        bounded = met.join(crowd, on="object").select("spell", pairs=pl.col("pairs") * pl.min_horizontal(1.0, most))
        found = bounded.group_by("spell").agg(pl.col("pairs").sum().round(6)).sort("spell")
        counts = np.bincount(found["spell"].to_numpy(), weights=found["pairs"].to_numpy(), minlength=self.spells)
        return counts.astype(np.float64)


def meetings_of(coded: CodedActions, degrees: I64, spell_seconds: int) -> Meetings:
    """Cut coded actions into spells of `spell_seconds`, counted from the epoch, empty ones left out."""
    spell_us = spell_seconds * 1_000_000
    rows = pl.DataFrame({"object": coded.object, "account": coded.account, "at": coded.at}).unique()
    numbered = rows.with_columns(spell=((pl.col("at") // spell_us).rank("dense") - 1).cast(pl.Int64))
    acts = numbered.group_by("account", "spell").agg(pl.col("object").n_unique().cast(pl.Float64).alias("acts"))
    spells = int(numbered["spell"].max() or 0) + 1  # type: ignore[arg-type]
    places = (acts["account"].to_numpy(), acts["spell"].to_numpy())
    sparse = csr_array((acts["acts"].to_numpy(), places), shape=(degrees.size, spells))
    sparse.sort_indices()
    return Meetings(numbered, degrees, sparse, spells)


def _met(rows: pl.DataFrame, window_us: int) -> pl.DataFrame:
    """object, spell, pairs: meetings of different accounts in the spell of the later action."""
    timed = rows.sort("object", "at", "account")
    everyone = _earlier(starts_of(timed["object"].to_numpy()), timed["at"].to_numpy(), window_us)
    own = rows.sort("object", "account", "at")
    opens = starts_of(own["object"].to_numpy(), own["account"].to_numpy())
    with_self = _earlier(opens, own["at"].to_numpy(), window_us)
    counted = pl.concat(
        [
            timed.select("object", "spell", pairs=pl.Series(everyone)),
            own.select("object", "spell", pairs=-pl.Series(with_self)),
        ]
    )
    return counted.group_by("object", "spell").agg(pl.col("pairs").sum()).filter(pl.col("pairs") > 0)
