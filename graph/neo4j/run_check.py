"""Whether a server holds the runs that a workspace holds: numbers of rows, and checksums over keys, counts and scores."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial

import polars as pl

from graph.answering.reader import Reader, Rows
from graph.neo4j import cypher
from graph.neo4j.check import Agreement
from graph.neo4j.runs import RunRows, key_of, rows_of
from graph.neo4j.server import Ask, Neo4jServer
from graph.runs import StoredRun

_PRIME = 1_000_003
_SERVER = {
    "clusters": cypher.SUM_CLUSTERS,
    "members": cypher.SUM_MEMBERS,
    "beside": cypher.SUM_BESIDE,
    "coordinated": cypher.SUM_COORDINATED,
    "entities": cypher.SUM_ENTITIES,
    "new_for": cypher.SUM_NEW_FOR,
    "lineage": cypher.SUM_LINEAGE,
}
_Sums = dict[str, tuple[int, int]]  # name -> rows, checksum


def run_agreements(
    here: Reader, runs: Sequence[StoredRun], server: Neo4jServer, version: int, lineage: pl.DataFrame | None
) -> tuple[Agreement, ...]:
    """Per kind of rows what the Parquet folders say and what the version on the server says; lineage only where given."""
    local, there = _added(_sums_here(here, runs, version).values()), _added(_sums_there(server, version).values())
    del local["lineage"]
    if lineage is not None:
        local["lineage"] = _lineage_sums(lineage, runs)
    names = [name for name in ("runs", *_SERVER) if name in local]
    return tuple(Agreement(n, local[n][0], there[n][0], local[n][1], there[n][1]) for n in names)


def damaged_runs(here: Reader, runs: Sequence[StoredRun], server: Neo4jServer, version: int) -> list[int]:
    """Keys of the runs that are whole on the server and do not hold what was sent, lineage apart."""
    there = _sums_there(server, version)
    local = _sums_here(here, [run for run in runs if key_of(run, version) in there], version)
    names = [name for name in _SERVER if name != "lineage"]
    return [key for key, sums in local.items() if any(sums[name] != there[key][name] for name in names)]


def _sums_here(here: Reader, runs: Sequence[StoredRun], version: int) -> dict[int, _Sums]:
    """By the key of the run."""
    found = {}
    for place, run in enumerate(runs):
        key, sums = key_of(run, version), _run_sums(here, rows_of(run))
        counted = {name: (one.len(), int(one.sum())) for name, one in sums.items()}
        found[key] = counted | {"runs": (1, _run_sum(key, place))}
    return found


def _sums_there(server: Neo4jServer, version: int) -> dict[int, _Sums]:
    found = {}
    for run in server.read(lambda ask: ask(cypher.CURRENT_RUNS, version=version), patient=True):
        sums = {"runs": (1, _run_sum(run["key"], run["place"]))}
        for name, statement in _SERVER.items():
            asked = partial(_ask, statement=statement, version=version, run=run["key"])
            part = server.read(asked, patient=True)[0]
            sums[name] = (part["counted"], part["checksum"])
        found[run["key"]] = sums
    return found


def _added(sums: Iterable[_Sums]) -> _Sums:
    rows, checksums = Counter[str](), Counter[str]()
    for one in sums:
        for name, (counted, checksum) in one.items():
            rows[name] += counted
            checksums[name] += checksum
    return {name: (rows[name], checksums[name]) for name in ("runs", *_SERVER)}


def _ask(ask: Ask, statement: str, version: int, run: int) -> Rows:
    return ask(statement, version=version, run=run)


def _run_sum(key: int, place: int) -> int:
    return (key + place * 31) % _PRIME


def _run_sums(here: Reader, found: RunRows) -> dict[str, pl.Series]:
    """One number per row, for accounts that the local graph knows; the same arithmetic as in Cypher."""
    names = pl.concat(
        [
            *(frame["account_id"] for frame in (found.members, found.beside, found.new_for)),
            *(found.coordinated[side] for side in ("left", "right")),
        ]
    )
    known = here.known(names.unique().to_list())
    keys = pl.DataFrame({"id": list(known), "key": list(known.values())}, schema={"id": pl.String, "key": pl.Int64})
    places = found.clusters.select("cluster_id", "place")
    clusters = found.clusters.select(
        pl.col("place") * 31 + _whole("size") * 17 + _whole("edges") * 7 + _floor("risk", 1_000_000)
    )
    ties = found.coordinated.join(keys, left_on="left", right_on="id").join(
        keys, left_on="right", right_on="id", suffix="_right"
    )
    tied = ties.select(
        pl.col("key") * 31
        + pl.col("key_right") * 17
        + _whole("n") * 7
        + _whole("window_seconds")
        + _floor("expected", 1_000)
        + _floor("q", 1_000_000_000)
    )
    return {
        "clusters": clusters.to_series() % _PRIME,
        "members": _member_sums(found.members, places, keys),
        "beside": _member_sums(found.beside, places, keys),
        "coordinated": tied.to_series() % _PRIME,
        **_ring_sums(found, places, keys),
    }


def _ring_sums(found: RunRows, places: pl.DataFrame, keys: pl.DataFrame) -> dict[str, pl.Series]:
    named = found.entities.join(places, on="cluster_id", suffix="_of_cluster")
    things = named.select(
        pl.col("place_of_cluster") * 31 + pl.col("place") * 17 + _whole("accounts") * 7 + _whole("ever")
    )
    known = found.new_for.join(keys, left_on="account_id", right_on="id")
    uses = known.select(pl.col("place") * 31 + pl.col("key") * 17 + pl.col("at") % _PRIME)
    return {"entities": things.to_series() % _PRIME, "new_for": uses.to_series() % _PRIME}


def _member_sums(members: pl.DataFrame, places: pl.DataFrame, keys: pl.DataFrame) -> pl.Series:
    known = members.join(places, on="cluster_id").join(keys, left_on="account_id", right_on="id")
    sums = known.select(pl.col("place") * 31 + pl.col("key") * 17 + _whole("links") * 7 + _floor("score", 1_000_000))
    return sums.to_series() % _PRIME


def _lineage_sums(lineage: pl.DataFrame, runs: Sequence[StoredRun]) -> tuple[int, int]:
    clusters = [rows_of(run).clusters.select("cluster_id", "place", run_id=pl.lit(run.run_id)) for run in runs]
    if not clusters:
        return 0, 0
    order = {relation: place for place, relation in enumerate(cypher.LINEAGE)}
    places, joined = pl.concat(clusters), lineage.filter(pl.col("relation").is_in(list(order)))
    for side in ("before", "after"):
        named = places.select(
            pl.col("run_id").alias(f"run_{side}"),
            pl.col("cluster_id").alias(f"cluster_{side}"),
            pl.col("place").alias(side),
        )
        joined = joined.join(named, on=[f"run_{side}", f"cluster_{side}"])
    kind = pl.col("relation").replace_strict(order, return_dtype=pl.Int64) * 7
    sums = joined.select(pl.col("after") * 31 + pl.col("before") * 17 + kind + _floor("overlap", 1_000_000))
    return sums.height, int((sums.to_series() % _PRIME).sum())


def _whole(column: str) -> pl.Expr:
    return pl.col(column).fill_null(0)


def _floor(column: str, times: int) -> pl.Expr:
    return (pl.col(column).fill_null(0.0) * float(times)).floor().cast(pl.Int64)
