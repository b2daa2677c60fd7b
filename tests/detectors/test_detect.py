"""Whole runs on made-up worlds: rings are found, quiet worlds stay quiet, and the order of rows changes no byte."""

import itertools
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from detectors import Settings, Tables, detect
from detectors.chunks import Stopped
from graph.errors import FlockwatchError
from graph.results import RunResult
from graph.schemas import RUN_SCHEMAS, TEXT_SCHEMA
from tests.detectors.worlds import Row, actions_of, lives_of, quiet_rows, ring_rows

QUICK = Settings(replays=0)  # what replayed worlds are for is stated in tests/detectors/scan
RING = {f"ring{number:02d}" for number in range(8)}


def run(rows: list[Row], **said: object) -> RunResult:
    return detect(Tables(actions_of(rows).lazy()), Settings.model_validate({"replays": 0} | said))


@pytest.fixture(scope="module")
def ring_world() -> RunResult:
    return run(quiet_rows(1) + ring_rows(2))


def members(result: RunResult) -> set[str]:
    return set(result.frames["members"]["account_id"])


def test_a_planted_ring_is_found_and_nobody_else(ring_world: RunResult):
    assert members(ring_world) == RING
    assert ring_world.frames["clusters"]["size"].to_list() == [8]


@pytest.mark.parametrize("seed", range(6))
def test_a_quiet_world_gives_nothing(seed: int):
    result = run(quiet_rows(seed))
    assert result.frames["clusters"].is_empty()
    assert result.frames["edges"].height <= 1
    assert (result.frames["accounts"]["tier"] == "none").mean() > 0.99


def test_every_frame_has_its_schema(ring_world: RunResult):
    for name, schema in RUN_SCHEMAS.items():
        assert dict(ring_world.frames[name].schema) == dict(schema), name


def test_a_world_without_links_has_every_frame_too():
    result = run(quiet_rows(0))
    for name, schema in RUN_SCHEMAS.items():
        assert dict(result.frames[name].schema) == dict(schema), name


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_changes_no_byte(seed: int, ring_world: RunResult):
    rows = quiet_rows(1) + ring_rows(2)
    shuffled = actions_of(rows).sample(fraction=1, shuffle=True, seed=seed)
    again = detect(Tables(shuffled.lazy()), QUICK)
    for name in RUN_SCHEMAS:
        assert again.frames[name].equals(ring_world.frames[name]), name
        assert again.frames[name].write_ipc(None).getvalue() == ring_world.frames[name].write_ipc(None).getvalue(), name


def test_a_row_given_twice_counts_once(ring_world: RunResult):
    rows = actions_of(quiet_rows(1) + ring_rows(2))
    doubled = detect(Tables(pl.concat([rows, rows]).lazy()), QUICK)
    for name in RUN_SCHEMAS:
        assert doubled.frames[name].equals(ring_world.frames[name]), name


def test_every_account_that_acted_has_one_row_with_a_score(ring_world: RunResult):
    accounts = ring_world.frames["accounts"]
    acted = {row[0] for row in quiet_rows(1) + ring_rows(2)}
    assert accounts["account_id"].to_list() == sorted(acted)
    assert accounts["score"].is_between(0, 1).all()


def test_accounts_of_the_ring_rank_above_all_others_and_above_one_half(ring_world: RunResult):
    accounts = ring_world.frames["accounts"].with_columns(ring=pl.col("account_id").is_in(list(RING)))
    lowest = accounts.filter("ring")["score"].min()
    assert lowest > 0.5 > accounts.filter(~pl.col("ring"))["score"].max()


def test_an_account_that_shares_nothing_scores_zero():
    rows: list[Row] = [*quiet_rows(1), *((("hermit", "share", f"h{n}-own", 100.0 * n)) for n in range(20))]
    accounts = run(rows).frames["accounts"]
    assert accounts.filter(pl.col("account_id") == "hermit")["score"].to_list() == [0.0]


def test_every_link_counts_exactly_the_joint_acts_in_the_rows():
    rows = quiet_rows(1, accounts=100, objects=100, acts=2_000) + ring_rows(5, members=6)
    result = run(rows)
    when: dict[tuple[str, str], list[float]] = {}
    for account, _, item, at in rows:
        when.setdefault((account, item), []).append(at)
    items = {row[2] for row in rows}
    for edge in result.frames["edges"].iter_rows(named=True):
        gaps = [
            min(abs(a - b) for a, b in itertools.product(when[edge["left"], item], when[edge["right"], item]))
            for item in items
            if (edge["left"], item) in when and (edge["right"], item) in when
        ]
        close = [gap for gap in gaps if gap <= edge["window_seconds"]]
        assert edge["n"] == len(close)
        assert edge["min_gap_s"] == pytest.approx(min(close), abs=1e-6)
        assert edge["median_gap_s"] == pytest.approx(float(np.median(close)), abs=1e-6)


def test_the_evidence_of_a_link_is_all_there_with_both_times(ring_world: RunResult):
    edges, evidence = ring_world.frames["edges"], ring_world.frames["evidence"]
    widest = edges.group_by("left", "right", "trace").agg(pl.col("window_seconds").max(), pl.col("n").max())
    held = evidence.group_by("left", "right", "trace", "window_seconds").agg(pl.len().cast(pl.Int64).alias("n"))
    keys = ["left", "right", "trace", "window_seconds", "n"]
    assert held.select(keys).sort(keys).equals(widest.select(keys).sort(keys))
    gap = (evidence["right_at"] - evidence["left_at"]).dt.total_microseconds() / 1e6
    assert gap.to_list() == pytest.approx(evidence["gap_s"].to_list())
    assert (evidence["popularity"] >= 2).all()


def test_capped_evidence_is_told_and_keeps_the_least_popular_objects():
    rows = quiet_rows(1) + ring_rows(2, objects=20)
    result = run(rows, evidence_per_edge=3)
    most = result.frames["evidence"].group_by("left", "right", "trace").len()["len"].max()
    assert most == 3
    assert any("evidence table holds" in note for note in result.record.notes)


def test_left_is_always_smaller_than_right(ring_world: RunResult):
    for name in ("edges", "evidence"):
        frame = ring_world.frames[name]
        assert (frame["left"] < frame["right"]).all()


def test_a_cluster_explains_itself(ring_world: RunResult):
    cluster = ring_world.frames["clusters"].row(0, named=True)
    # They do nothing else, as the pages of one owner do: without a second sign that is for review.
    assert (cluster["tier"], cluster["risk"]) == ("review", 0.4)
    assert "mirrored publishing" in set(ring_world.frames["guards"]["tag"])
    assert cluster["title"] == "8 accounts, quick shares"
    assert cluster["sentence"].startswith("These accounts shared the same 12 posts, within 60 min of one another")
    assert "82 of their 82 acts had such company" in cluster["sentence"]
    assert "By chance: less than 1 in a million." in cluster["sentence"]
    assert set(ring_world.frames["signals"]["family"]) == {"overlap", "synchrony"}
    assert set(ring_world.frames["guards"]["name"]) == {
        "fan circle",
        "disclosed network",
        "mirrored publishing",
        "call to action",
        "one occasion",
        "popular objects",
        "activity",
    }


def test_a_ring_whose_members_have_lives_of_their_own_is_an_alert():
    rows = quiet_rows(1) + ring_rows(2) + lives_of(ring_rows(2))
    result = run(rows)
    assert members(result) == RING
    assert result.frames["clusters"]["tier"].to_list() == ["alert"]


def test_seen_lies_above_the_band_of_chance(ring_world: RunResult):
    signals = ring_world.frames["signals"]
    assert (signals["low"] <= signals["expected"]).all()
    assert (signals["expected"] <= signals["high"]).all()
    assert (signals["seen"] > signals["high"]).all()


def test_links_outside_clusters_make_linked_accounts():
    trio = [row for row in ring_rows(2) if row[0] in {"ring00", "ring01", "ring02"}]
    accounts = run(quiet_rows(1) + trio).frames["accounts"]
    linked = accounts.filter(pl.col("tier") == "linked")
    assert set(linked["account_id"]) == {"ring00", "ring01", "ring02"}
    assert linked["reasons"].list.len().min() > 0


def test_near_copies_of_a_text_count_as_one_object():
    draw = np.random.default_rng(0)
    letters = list("abcdefghijklmnopqrstuvwxyz")
    words = [" ".join("".join(draw.choice(letters, 6)) for _ in range(12)) for _ in range(12)]
    rows: list[Row] = [(account, "text", item, at) for account, _, item, at in quiet_rows(1)]
    texts = []
    for row in ring_rows(2):
        number = int(row[2].removeprefix("r").split("-")[0])
        print_ = f"{row[2]}-{row[0]}"  # a fingerprint of its own for each copy
        texts.append((print_, f"{words[number]} says {row[0]}"))
        rows.append((row[0], "text", print_, row[3]))
    known = pl.DataFrame(texts, schema=dict(TEXT_SCHEMA), orient="row")
    result = detect(Tables(actions_of(rows).lazy(), texts=known.lazy()), QUICK)
    assert members(result) == RING
    assert result.frames["clusters"]["traces"].to_list() == [["text"]]


def test_the_run_id_follows_from_facts_settings_and_seed():
    tables = Tables(actions_of(ring_rows(2)).lazy())
    ids = [
        detect(tables, QUICK, facts_version="a").record.run_id,
        detect(
            tables, QUICK.model_copy(update={"traces": tuple(reversed(QUICK.traces))}), facts_version="a"
        ).record.run_id,
        detect(tables, QUICK, facts_version="b").record.run_id,
        detect(tables, QUICK, facts_version="a", seed=1).record.run_id,
        detect(tables, Settings(q=0.05, replays=0), facts_version="a").record.run_id,
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4
    assert all(run_id.startswith("R-") and len(run_id) == 12 for run_id in ids)


def test_what_was_not_tested_is_told(ring_world: RunResult):
    notes = " ".join(ring_world.record.notes)
    (told,) = (note for note in ring_world.record.notes if note.startswith("There are no actions of the traces"))
    assert {"text", "url", "ip"} <= set(told.replace(",", "").split())
    assert "share" not in told.split(" so ")[0].replace(",", "").split()
    assert "fewer than 3 different objects" in notes


def test_the_stages_are_a_funnel_with_times(ring_world: RunResult):
    names = [stage.name for stage in ring_world.stages]
    assert names[0] == "read actions"
    assert "pairs: share within 60 s" in names
    assert all(stage.seconds >= 0 for stage in ring_world.stages)


def test_a_run_can_be_stopped():
    with pytest.raises(Stopped):
        detect(Tables(actions_of(ring_rows(2)).lazy()), QUICK, cancelled=lambda: True)


def test_progress_is_told():
    told: list[tuple[str, int, int]] = []
    detect(Tables(actions_of(ring_rows(2)).lazy()), QUICK, progress=lambda *step: told.append(step))
    assert ("clusters", 1, 1) in told
    assert all(0 <= done <= total for _, done, total in told)


def test_actions_without_a_time_are_refused():
    rows = actions_of(ring_rows(2)).with_columns(at=pl.lit(None, pl.Datetime("us", "UTC")))
    with pytest.raises(FlockwatchError):
        detect(Tables(rows.lazy()), QUICK)


def test_no_actions_at_all_give_an_empty_run():
    result = run([])
    assert all(frame.is_empty() for frame in result.frames.values())


def test_data_until_is_exclusive(ring_world: RunResult):
    last = actions_of(quiet_rows(1) + ring_rows(2))["at"].max()
    assert ring_world.record.data_until == last + timedelta(microseconds=1)  # type: ignore[operator]
