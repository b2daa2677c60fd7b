"""EvilCohort (Stringhini, Mourlanne, Jacob, Egele, Kruegel and Vigna, USENIX Security 2015): accounts used from a common set of addresses."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.communities import modular
from detectors.rivals.compa import COHORT_SCHEMA, SMALLEST, cohorts


@dataclass(frozen=True, slots=True)
class EvilCohort:
    """Accounts that shared at least `addresses` of them are linked, communities of at least `smallest` are cohorts.

    The paper demands ten addresses in a day of webmail, where botnets come from thousands; with ten nothing is found in worlds like ours, so
    the table gives the best of 1, 2, 3, 5 and 10. Its Louvain method is Leiden's here, by modularity too. An address of more than
    `crowded` accounts links nobody: a carrier's (the paper drops edges of low weight instead).
    """

    addresses: int = 2
    smallest: int = SMALLEST
    crowded: int = 1_000

    def rings(self, sessions: pl.DataFrame) -> pl.DataFrame:
        """COHORT_SCHEMA. Takes SESSION_SCHEMA; failed log-ins are of whoever tried and do not count."""
        used = sessions.filter(pl.col("success").fill_null(True) & (pl.col("event") != "login_failed"))
        rows = used.select("account_id", "ip").drop_nulls().unique().filter(pl.len().over("ip") <= self.crowded)
        if rows.is_empty():
            return pl.DataFrame(schema=dict(COHORT_SCHEMA))
        names = rows["account_id"].unique().sort()
        coded = rows.select("ip", code=pl.col("account_id").cast(pl.Enum(names)).to_physical().cast(pl.Int64))
        both = coded.join(coded, on="ip", suffix="_other").filter(pl.col("code") < pl.col("code_other"))
        links = both.group_by("code", "code_other").len("shared").filter(pl.col("shared") >= self.addresses)
        links = links.sort("code", "code_other")
        left, right, weight = (links[name].to_numpy() for name in ("code", "code_other", "shared"))
        return cohorts(names, modular(left, right, weight.astype(np.float64), smallest=self.smallest, seed=0))
