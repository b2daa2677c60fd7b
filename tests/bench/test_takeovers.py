"""The benches of accounts in other hands run as documented, on worlds too small for figures."""

import json

import pytest

from tests.bench import takeover_rivals, takeovers_bench


def test_ours_stands_beside_both_rivals(capsys: pytest.CaptureFixture[str]):
    assert takeover_rivals.main(["--events", "12000", "--seeds", "1"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["method"].split()[0] for row in rows] == [
        "ours",
        "COMPA",
        *["EvilCohort"] * len(takeover_rivals.ADDRESSES),
    ]
    assert len({row["accounts"] for row in rows}) == 1
    assert all(0 <= row["fpr"] <= 1 for row in rows)


def test_worlds_are_scored_with_either_kind_of_data_alone(capsys: pytest.CaptureFixture[str]):
    for only in ([], ["--posts-only"], ["--sessions-only"]):
        assert takeovers_bench.main(["--events", "12000", "--seeds", "1", *only]) == 0
    assert capsys.readouterr().out.count("Scores(seed=1") == 3
