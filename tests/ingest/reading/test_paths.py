"""Paths: files, folders and patterns mean files, each once."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import BadExport
from ingest.reading.ahead import one_ahead
from ingest.reading.paths import export_files


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    for name in ("b.csv", "a.csv", "deep/c.csv", "deep/.hidden", ".git/x.csv", "odd[1].csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    return tmp_path


def names(exports: Path, *paths: str) -> list[str]:
    return [str(path.relative_to(exports)) for path in export_files([str(exports / path) for path in paths])]


def test_a_folder_means_all_its_files_but_hidden_ones(exports):
    assert names(exports, ".") == ["a.csv", "b.csv", "deep/c.csv", "odd[1].csv"]


def test_a_pattern_means_what_it_matches_sorted(exports):
    assert names(exports, "?.csv") == ["a.csv", "b.csv"]
    assert names(exports, "**/c.csv") == ["deep/c.csv"]


def test_a_name_that_looks_like_a_pattern_is_the_file_of_that_name(exports):
    assert names(exports, "odd[1].csv") == ["odd[1].csv"]


def test_named_order_is_kept_and_a_file_named_twice_comes_once(exports):
    assert names(exports, "b.csv", "a.csv", "*.csv") == ["b.csv", "a.csv", "odd[1].csv"]


@pytest.mark.parametrize("path", ["missing.csv", "*.parquet", "empty"])
def test_what_means_no_file_is_an_error(exports, path):
    (exports / "empty").mkdir()
    with pytest.raises(BadExport, match="no such file"):
        names(exports, "a.csv", path)


@given(st.lists(st.integers(), max_size=5))
def test_reading_ahead_changes_neither_items_nor_order(items):
    assert list(one_ahead(iter(items))) == items


def test_reading_ahead_passes_errors_on():
    def broken():
        yield 1
        raise BadExport("line 2 is broken")

    ahead = one_ahead(broken())
    assert next(ahead) == 1
    with pytest.raises(BadExport, match="line 2"):
        next(ahead)
