"""Row hashes: equal rows agree, other rows do not, whatever the order and number of the columns."""

from hashlib import blake2b

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunks import LINE
from ingest.reading.row_hash import row_hash, row_keys

CELLS = st.one_of(st.none(), st.text(alphabet="ab:;=1\x1f", max_size=4).filter(bool))


def frame(**columns: list[str | None]) -> pl.DataFrame:
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def test_the_hash_of_a_row_is_written_down_once_and_for_all():
    spelled = b"1:a=1:x;1:b=1:y;"
    assert (
        row_hash(frame(a=["x"], b=["y"])).to_list()
        == [blake2b(spelled, digest_size=16).hexdigest()]
        == ["49786a38d92daf4e32c66aee90694be0"]
    )


def test_column_order_empty_columns_and_the_line_number_play_no_part():
    one = frame(a=["x"], b=["y"])
    other = frame(b=["y"], c=[None], a=["x"]).with_columns(pl.lit(7).alias(LINE))
    assert row_hash(one).to_list() == row_hash(other).to_list()
    assert [k.tolist() for k in row_keys(one)] == [k.tolist() for k in row_keys(other)]


def test_a_cell_that_moves_to_another_column_is_another_row():
    assert row_hash(frame(a=["x", None], b=[None, "x"])).n_unique() == 2


def test_a_frame_of_line_numbers_alone_has_a_hash_too():
    only_lines = pl.DataFrame({LINE: [2, 3]})
    assert row_hash(only_lines).n_unique() == 1
    assert [len(k) for k in row_keys(only_lines)] == [2, 2]


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=30), st.integers(0, 2**64 - 1))
def test_hashes_agree_exactly_when_the_rows_do(rows, secret):
    table = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String, "a:b": pl.String}, orient="row")
    lasting = row_hash(table).to_list()
    quick = list(zip(*(half.tolist() for half in row_keys(table, secret)), strict=True))
    for hashes in (lasting, quick):
        assert len(set(zip(hashes, rows, strict=True))) == len(set(rows)) == len(set(hashes))
