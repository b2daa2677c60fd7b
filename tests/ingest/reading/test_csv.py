"""CSV: the quick lane and the careful lane agree on sound tables, and damaged lines are told apart."""

import csv
import io
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.errors import BadExport
from ingest.chunks import LINE, Chunk, ReadingOptions
from ingest.reading.csv_careful import read_carefully
from ingest.reading.csv_layout import Layout, word_columns
from ingest.reading.csv_proof import prove
from ingest.reading.csv_table import open_csv
from ingest.reading.encodings import utf8_text

OPTIONS = ReadingOptions()


def chunks(content: bytes, options: ReadingOptions = OPTIONS, block: int = 7) -> list[Chunk]:
    parts = (content[at : at + block] for at in range(0, len(content), block))
    return list(open_csv(utf8_text(iter(parts), "t.csv", options), "t.csv", options).stream)


def read(content: bytes, options: ReadingOptions = OPTIONS) -> Chunk:
    (chunk,) = chunks(content, options, block=2**20)
    return chunk


def rows(chunk: Chunk) -> list[tuple[object, ...]]:
    return chunk.frame.drop(LINE).rows()


def reasons(chunk: Chunk) -> list[tuple[int, str]]:
    return [(fault.line, fault.reason) for fault in chunk.faults]


def test_a_sound_table_comes_with_its_physical_lines():
    chunk = read(b'A , b,c\n1,"x\ny",3\r\n4,,"a ""q"""\n')
    assert chunk.frame.to_dicts() == [
        {"a": "1", "b": "x\ny", "c": "3", LINE: 2},
        {"a": "4", "b": None, "c": 'a "q"', LINE: 4},
    ]
    assert chunk.original(2) == b'1,"x\ny",3'
    assert (chunk.faults, chunk.warnings, chunk.blank) == ((), (), 0)


CELL = st.text(alphabet='ab," \n\r\té日;|', max_size=5).filter(lambda cell: not cell.endswith("\r"))


@given(
    st.integers(2, 4).flatmap(
        lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=12)
    ),
    st.sampled_from([",", "\t", ";", "|"]),
    st.sampled_from(["\n", "\r\n"]),
)
@example([["a,b", "\n\n,"], ["", ""]], ",", "\n")
@example([["", "", ";", ""], ["\n", "", "", "\n"]], ",", "\n")
def test_both_lanes_read_what_a_csv_writer_wrote(table, delimiter, line_end):
    """Each in its own way: what the proof lets through is read alike by Polars, the careful lane and Python's reader."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=line_end).writerows(table)
    text = out.getvalue().encode()
    names = tuple(f"c{at}" for at in range(len(table[0])))
    layout = Layout("t.csv", delimiter.encode(), names, names)
    layout = replace(layout, words=word_columns(text, layout, OPTIONS))
    careful = read_carefully(text, 0, len(text), 1, layout, OPTIONS, at_end=True)
    header = delimiter.join(names).encode() + line_end.encode()
    quick = read(header + text)
    assert rows(quick) == [tuple(row) for row in careful.rows]
    assert quick.frame[LINE].to_list() == [line + 1 for line in careful.lines]
    assert [quick.original(line + 1) for line in careful.lines] == [
        text[start:end].removesuffix(b"\r") for start, end in zip(careful.starts, careful.ends, strict=True)
    ]
    assert (
        quick.frame.height + len(quick.faults) + quick.blank == len(careful.rows) + len(careful.faults) + careful.blank
    )
    proof = prove(np.frombuffer(text, np.uint8), layout, OPTIONS)
    if proof is not None and delimiter != "\t":
        expected = list(csv.reader(io.StringIO(text.decode(), newline=""), delimiter=delimiter))
        assert rows(quick) == [tuple(cell or None for cell in row) for row in expected]


@given(st.binary(max_size=80), st.integers(1, 9))
@example(b'a,"\n"b,c\n', 1)
def test_any_bytes_are_accounted_for_wherever_the_blocks_end(body, block):
    """Whatever stands below the header: the size of the blocks changes nothing, and no line is in two places or in none."""
    content = b"a,b\n" + body
    whole, pieces = chunks(content, block=2**20), chunks(content, block=block)
    assert [rows(c) for c in whole if c.frame.height] == [rows(c) for c in pieces if c.frame.height]
    assert [reasons(c) for c in whole] == [reasons(c) for c in pieces]
    lines = body.replace(b"\r", b"\n") if b"\n" not in content[:4] else body
    expected = lines.count(b"\n") + (not lines.endswith(b"\n") and lines != b"")
    for chunk in whole:
        spans = [chunk.original(line).count(b"\n") + 1 for line in chunk.frame[LINE]]
        faults = [fault.original.count(b"\n") + 1 for fault in chunk.faults]
        assert sum(spans) + sum(faults) + chunk.blank == expected


def test_a_quote_that_swallows_rows_is_set_aside_line_by_line():
    chunk = read(b'id,at,text\n1,t,a\n2,t,"hey\n3,t,b\n4,t,bye"\n5,t,c\n')
    assert [row[0] for row in rows(chunk)] == ["1", "5"]
    assert reasons(chunk) == [(line, "suspicious_multiline") for line in (3, 4, 5)]
    assert chunk.faults[1].original == b"3,t,b"


def test_a_poem_with_commas_is_no_hidden_row():
    chunk = read(b'id,at,text\n1,t,a\n2,t,"roses are red, violets, blue\nand so, we sing, and more\nend, of, it"\n')
    assert (len(rows(chunk)), chunk.faults) == (2, ())


def test_a_quote_that_never_closes_costs_one_line():
    chunk = read(b'id,at,text\n1,t,"hey\n2,t,b\n3,t,"c, d"\n')
    assert [row[0] for row in rows(chunk)] == ["2", "3"]
    assert reasons(chunk) == [(2, "unterminated_quote")]


def test_quotes_that_were_not_doubled_are_kept_with_a_warning():
    chunk = read(b'id,text,at\n1,"say "hi" now",t\n2,5" wide,t\n')
    assert rows(chunk) == [("1", 'say "hi" now', "t"), ("2", '5" wide', "t")]
    assert [(w.line, w.reason) for w in chunk.warnings] == [(2, "quoting")]


def test_lines_with_another_number_of_fields_blank_lines_and_headers_are_told_apart():
    chunk = read(b"id,text\n1,a\n2\n \t \n3,b,c\nID, Text\n\n4,d")
    assert [row[0] for row in rows(chunk)] == ["1", "4"]
    assert reasons(chunk) == [(3, "field_count"), (5, "field_count"), (6, "repeated_header")]
    assert chunk.blank == 2
    assert chunk.frame[LINE].to_list() == [2, 8]


def test_files_joined_with_their_marks_repeat_the_header():
    one = "\ufeffid,text\n1,a\n".encode()
    chunk = read(one + one.replace(b"1", b"2"))
    assert rows(chunk) == [("1", "a"), ("2", "a")]
    assert reasons(chunk) == [(3, "repeated_header")]


def test_bytes_that_do_not_decode_mark_the_cell_and_keep_the_row():
    chunk = read(b"id,text\n1,caf\xe9\n2,ok\n")
    assert rows(chunk) == [("1", "caf�"), ("2", "ok")]
    assert chunk.damaged == {"text": frozenset({2})}
    assert [(w.line, w.column, w.reason, w.original) for w in chunk.warnings] == [(2, "text", "encoding", b"caf\xe9")]


def test_a_cell_over_the_limit_is_cut_at_a_character():
    chunk = read("id,text\n1,ééé\n".encode(), ReadingOptions(max_cell=5))
    assert rows(chunk) == [("1", "éé")]
    assert [(w.line, w.reason) for w in chunk.warnings] == [(2, "cell_limit")]
    assert chunk.damaged == {"text": frozenset({2})}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding(encoding):
    chunk = read("id,text\n1,né\n".encode(encoding))
    assert chunk.frame.columns == ["id", "text", LINE]
    assert rows(chunk) == [("1", "né")]


def test_half_a_utf16_pair_is_damage_and_the_original_is_utf16_again():
    chunk = read("id,text\n1,a".encode("utf-16") + b"\x00\xd8" + "\n".encode("utf-16-le"))
    assert chunk.damaged == {"text": frozenset({2})}
    assert chunk.warnings[0].original == "a".encode("utf-16-le") + b"\x00\xd8"


def test_a_bare_cr_ends_a_line_only_in_a_file_without_lf():
    assert rows(read(b"id,text\r1,a\r2,b")) == [("1", "a"), ("2", "b")]
    assert rows(read(b"id,text\n1,a\rb\n")) == [("1", "a\rb")]


def test_a_named_encoding_is_used_when_there_is_no_mark():
    assert rows(read(b"id,text\n1,caf\xe9\n", ReadingOptions(encoding="latin-1"))) == [("1", "café")]


def test_a_spreadsheet_may_name_its_delimiter():
    assert read(b"sep=;\nid;text\n1;a,b\n").frame.to_dicts() == [{"id": "1", "text": "a,b", LINE: 3}]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id,ID \n1,2\n", "two columns are both named id"),
        (b" \n\n", "is empty"),
        (b'id,"text\n1,2\n', "a quote opens in the header"),
        (b"a," * 1001 + b"b\n", "1,002 columns"),
    ],
)
def test_a_header_that_cannot_be_used_refuses_the_file(content, said):
    with pytest.raises(BadExport, match=said):
        read(content)


def test_a_line_over_the_limit_refuses_the_file():
    with pytest.raises(BadExport, match=r"t\.csv, line 3 is longer than 50 bytes"):
        chunks(b"id,text\n1,a\n2," + b"x" * 60 + b"\n", ReadingOptions(max_line=50))


def test_an_unnamed_column_gets_a_name_by_its_place():
    assert read(b",text\n0,a\n").frame.columns == ["unnamed_1", "text", LINE]


def test_a_multi_line_cell_may_cross_blocks():
    body = b"".join(b'%d,"line one\nline two %d"\n' % (n, n) for n in range(3000))
    whole = pl.concat([c.frame for c in chunks(b"id,text\n" + body, block=1000)])
    assert whole.height == 3000
    assert whole[LINE].to_list() == list(range(2, 6002, 2))
