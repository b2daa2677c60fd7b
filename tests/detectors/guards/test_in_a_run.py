"""Guards in a whole run: tags and caps reach the clusters, nothing is removed, and the record says what was not tried."""

from datetime import timedelta

import polars as pl
import pytest

from detectors import Settings, Tables, detect
from detectors.guards import GUARDS
from graph.results import RunResult
from graph.schemas import ACCOUNT_SCHEMA, ACTION_SCHEMA
from tests.detectors.worlds import START, actions_of, lives_of, quiet_rows, ring_rows

QUICK = Settings(replays=0)  # guards do not ask at which level a cluster was found
RING = [f"ring{number:02d}" for number in range(8)]


def with_apps(actions: pl.DataFrame, app: str) -> pl.DataFrame:
    """The actions, and one client action for every post: the ring through `app`, everybody else through the web."""
    ring = pl.col("account_id").is_in(RING)
    used = actions.with_columns(
        trace=pl.lit("client"), object_id=pl.when(ring).then(pl.lit(app)).otherwise(pl.lit("Web")), block=pl.lit("")
    )
    return pl.concat([actions, used.cast(dict(ACTION_SCHEMA))])


def feed_rows() -> list[tuple[str, str, str, float]]:
    """Eight stations of one feed: the first posts an item, the others 2, 4, ... 14 minutes later, for ten days."""
    items = range(40)
    return [
        (name, "share", f"item{item}-x", item * 21_600.0 + place * 120.0)
        for item in items
        for place, name in enumerate(RING)
    ]


def run(rows: list[tuple[str, str, str, float]], app: str = "", accounts: pl.DataFrame | None = None) -> RunResult:
    actions = actions_of(quiet_rows(1) + rows)
    tables = Tables(with_apps(actions, app).lazy() if app else actions.lazy())
    return detect(tables if accounts is None else Tables(tables.actions, accounts=accounts.lazy()), QUICK)


def tags(result: RunResult) -> dict[str, float]:
    told = result.frames["guards"].filter(pl.col("tag") != "")
    return dict(told.select("tag", "cap").iter_rows())


def test_stations_of_one_feed_are_tagged_capped_and_still_there():
    result = run(feed_rows(), "dlvr.it")
    assert tags(result) == {"disclosed network": 0.3, "mirrored publishing": 0.4}
    cluster = result.frames["clusters"].row(0, named=True)
    assert (cluster["size"], cluster["tier"], cluster["risk"]) == (7, "review", 0.3)
    listed = result.frames["members"]
    assert listed["account_id"].to_list() == RING
    assert listed.filter(pl.col("role") == "target")["account_id"].to_list() == RING[:1]  # it leads and never follows


def test_the_same_stations_created_in_one_week_are_not_disclosed():
    burst = pl.DataFrame(
        [{"account_id": name, "created_at": START - timedelta(days=30 + place % 5)} for place, name in enumerate(RING)],
        schema={name: ACCOUNT_SCHEMA[name] for name in ("account_id", "created_at")},
    )
    profiles = pl.concat([burst, pl.DataFrame(schema=dict(ACCOUNT_SCHEMA))], how="diagonal").select(
        list(ACCOUNT_SCHEMA)
    )
    assert "disclosed network" not in tags(run(feed_rows(), "dlvr.it", profiles))


def test_a_ring_is_an_alert_whatever_app_it_used():
    """A feed app alone changes nothing: its members take turns, with no steady lag."""
    result = run(ring_rows(2) + lives_of(ring_rows(2)), "dlvr.it")
    assert tags(result) == {}
    assert result.frames["clusters"]["tier"].to_list() == ["alert"]


def test_the_record_names_the_guards_that_had_no_ground():
    (note,) = [note for note in run(ring_rows(2)).record.notes if note.startswith("Not tried on any cluster")]
    assert "public figures" in note and "small language" in note
    assert "fan circle" not in note


def test_a_run_without_clusters_says_nothing_of_guards():
    assert not any("Not tried" in note for note in detect(Tables(actions_of(quiet_rows(0)).lazy()), QUICK).record.notes)


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_rows_changes_no_row_of_the_guards(seed: int):
    actions = with_apps(actions_of(quiet_rows(1) + feed_rows()), "dlvr.it")
    one, other = (
        detect(Tables(frame.lazy()), QUICK).frames["guards"]
        for frame in (actions, actions.sample(fraction=1, shuffle=True, seed=seed))
    )
    assert one.equals(other)
    order = [guard.name for guard in GUARDS]
    assert one["name"].to_list() == sorted(one["name"].to_list(), key=order.index)
