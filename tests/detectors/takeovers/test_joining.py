"""Who is joined to a ring: by what few have, not by a provider that an office and an intruder both rent from."""

import numpy as np
import polars as pl

from detectors.takeovers.habits import CODES
from detectors.takeovers.population import Names
from detectors.takeovers.rings import rings
from detectors.takeovers.signs import NONE, Signs

HOUR = 3_600_000_000
DEVICE, PROVIDER = 0, 1  # the codes of the two values


def found_of(*members: tuple[int, list[int]]) -> Signs:
    """One sign per (value, accounts), all within an hour, each far beyond chance."""
    sizes = np.array([0, *(len(who) for _, who in members)], dtype=np.int64)
    who = np.array([account for _, accounts in members for account in accounts], dtype=np.int64)
    value = np.array([value for value, _ in members], dtype=np.int64)
    p = np.full(value.size, 1e-20)
    at = np.concatenate([np.arange(size, dtype=np.int64) * HOUR // 60 for size in sizes[1:]])
    return Signs(value, np.full(value.size, NONE), p, p, np.cumsum(sizes), who, at)


def names_of(held: list[int]) -> Names:
    values = pl.DataFrame(
        {"feature": [CODES["device"], CODES["asn"]], "value": ["phone", "AS1"]}, schema_overrides={"feature": pl.UInt8}
    )
    return Names(pl.Series("account_id", [f"a{one:02d}" for one in range(40)]), values, np.array(held))


def joined(found: Signs, held: list[int]) -> list[list[int]]:
    return [ring.members.tolist() for ring in rings(found, names_of(held), seed=0)]


def test_an_office_that_rents_where_an_intruder_rents_is_no_part_of_his_ring():
    ring, office = list(range(8)), list(range(8, 20))
    assert joined(found_of((DEVICE, ring), (PROVIDER, [*ring, *office])), [8, 500]) == [ring, office]


def test_accounts_that_a_provider_alone_joins_are_a_group_of_their_own():
    together = list(range(6))
    assert joined(found_of((PROVIDER, together)), [1, 500]) == [together]
