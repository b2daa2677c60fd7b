"""JSON lines and lists: nothing rounded, nothing lost, nothing twice; damaged records are set aside one by one."""

import json

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.errors import BadExport
from ingest.chunks import LINE, Chunk, ReadingOptions
from ingest.reading.encodings import utf8_text
from ingest.reading.json_quick import KeyTree, quick_record
from ingest.reading.json_records import BadRecord, careful_record
from ingest.reading.json_table import open_json
from ingest.reading.kinds import Kind
from ingest.reading.table import Table

OPTIONS = ReadingOptions()


def table(content: bytes, kind: Kind, options: ReadingOptions = OPTIONS, block: int = 2**20) -> Table:
    parts = (content[at : at + block] for at in range(0, len(content), block))
    return open_json(utf8_text(iter(parts), "t.jsonl", options), "t.jsonl", kind, options)


def lines(content: bytes, options: ReadingOptions = OPTIONS) -> Chunk:
    (chunk,) = table(content, Kind.JSON_LINES, options).stream
    return chunk


def elements(content: bytes) -> Chunk:
    (chunk,) = table(content, Kind.JSON_LIST).stream
    return chunk


def reasons(chunk: Chunk) -> list[tuple[int, str]]:
    return [(fault.line, fault.reason) for fault in chunk.faults]


def test_records_come_flat_with_every_digit_and_their_line():
    chunk = lines(
        b'{"ID": 5120000000000000001, "user": {"id_str": "7", "verified": true}, "tags": ["a", {"b": 1}]}\n'
        b"\n"
        b'{"id": 123456789012345678901234567890, "late": "x", "none": null, "empty": ""}\r\n'
    )
    assert chunk.frame.to_dicts() == [
        {"id": "5120000000000000001", "user.id_str": "7", "user.verified": "true", "tags": '["a",{"b":1}]',
         "late": None, "none": None, "empty": None, LINE: 1},
        {"id": "123456789012345678901234567890", "user.id_str": None, "user.verified": None, "tags": None,
         "late": "x", "none": None, "empty": None, LINE: 3},
    ]  # fmt: skip
    assert chunk.blank == 1
    assert chunk.original(3) == b'{"id": 123456789012345678901234567890, "late": "x", "none": null, "empty": ""}'


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b'{"a": 1', "bad_json"),
        (b"rubbish", "bad_json"),
        (b"[1]", "bad_json"),
        (b'{"a": 1} {"a": 2}', "bad_json"),
        (b'{"a": NaN}', "bad_json"),
        (b'{"a": -Infinity}', "bad_json"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "bad_json"),
        (b'{"a":' * 80 + b"1" + b"}" * 80, "bad_json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "bad_json"),
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (b'{"a": 1, "A ": 2}', "duplicate_key"),
        (b'{"a":1,"b":[{"c":1,"c":2}]}', "duplicate_key"),
        (b'{"a.b": 1, "a": {"b": 2}}', "duplicate_key"),
        (b'{"a":"\\":","a":"x"}', "duplicate_key"),
        (b'{"a" :1,"a" :2}', "duplicate_key"),
    ],
)
def test_a_bad_record_is_set_aside_and_its_neighbours_are_not(record, reason):
    chunk = lines(b'{"a":"before"}\n' + record + b'\n{"a":"after"}\n')
    assert chunk.frame["a"].to_list() == ["before", "after"]
    assert reasons(chunk) == [(2, reason)]
    assert chunk.faults[0].original == record


def test_a_number_with_a_fraction_or_an_exponent_is_told_from_a_whole_one():
    chunk = lines(b'{"id":1.0,"x":{"y":5e3}}\n{"id":2,"x":{"y":1}}\n')
    assert chunk.frame.drop(LINE).rows() == [("1.0", "5e3"), ("2", "1")]
    assert chunk.inexact == {"id": frozenset({1}), "x.y": frozenset({1})}


def test_a_byte_order_mark_between_joined_files_is_no_damage():
    chunk = lines(b'\xef\xbb\xbf{"a":"1"}\n\xef\xbb\xbf{"a":"2"}\n')
    assert (chunk.frame["a"].to_list(), chunk.faults) == (["1", "2"], ())


def test_broken_unicode_marks_the_cell_and_keeps_the_record():
    chunk = lines(b'{"a":"\\ud800x","b":"ok"}\n{"a":"caf\xe9","b":"\x01"}\n')
    assert chunk.frame.drop(LINE).rows() == [("�x", "ok"), ("caf�", "\x01")]
    assert chunk.damaged == {"a": frozenset({1, 2})}
    assert [(w.line, w.column, w.reason) for w in chunk.warnings] == [(1, "a", "encoding"), (2, "a", "encoding")]


def test_a_cell_over_the_limit_is_cut_in_both_lanes():
    chunk = lines(b'{"a":"xxxxxx"}\n{"a":"yyyyyy","b":1.5}\n{"a":"z"}\n', ReadingOptions(max_cell=4))
    assert chunk.frame["a"].to_list() == ["xxxx", "yyyy", "z"]
    assert sorted(w.line for w in chunk.warnings) == [1, 2]


def test_only_wanted_columns_are_kept_after_the_sample():
    source = table(b'{"a":"1","b":{"c":"2","d":1.5}}\n' * 3, Kind.JSON_LINES)
    assert source.columns == ("a", "b.c", "b.d")
    assert source.sample().height == 3
    (chunk,) = source.chunks(frozenset({"a", "b.c"}))
    assert chunk.frame.columns == ["a", "b.c", LINE]


def test_a_line_over_the_limit_or_too_many_keys_refuse_the_file():
    with pytest.raises(BadExport, match="line 2 is longer than 50 bytes"):
        lines(b'{"a":1}\n{"a":"' + b"x" * 60 + b'"}', ReadingOptions(max_line=50))
    with pytest.raises(BadExport, match="1,001 different keys"):
        lines(orjson.dumps({f"k{at}": at for at in range(1001)}))


VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False),
        st.text(alphabet='a":\\\n\té😀\x00', max_size=6),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text('aB.": \\', max_size=3), inner, max_size=3)),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.text('aB.": \\', max_size=3), VALUES, max_size=4), st.booleans(), st.booleans())
@example({"a": -0.0, "b": 2**64}, True, True)
def test_what_the_quick_lane_accepts_the_careful_lane_reads_alike(value, compact, ascii_only):
    raw = json.dumps(value, separators=(",", ":") if compact else None, ensure_ascii=ascii_only).encode()
    quick = quick_record(raw, KeyTree())
    if quick is not None:
        texts = {
            name: {int: str, bool: lambda b: "true" if b else "false"}.get(type(v), lambda s: s)(v)
            for name, v in quick.items()
        }
        assert texts == careful_record(raw).cells


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "A"]), st.text(alphabet='a":\\,', max_size=3)), max_size=4))
def test_no_repeated_key_passes_the_quick_lane(pairs):
    raw = ("{" + ",".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in pairs) + "}").encode()
    repeats = len({key.casefold() for key, _ in pairs}) < len(pairs)
    if repeats:
        assert quick_record(raw, KeyTree()) is None
        with pytest.raises(BadRecord, match="stands twice"):
            careful_record(raw)


def test_a_list_gives_its_elements_by_number():
    chunk = elements(b' [ {"a":"x,]}\\""},\n {"a":[1,{"b":"]"}]}\n ]\n')
    assert chunk.frame.rows() == [('x,]}"', 1), ('[1,{"b":"]"}]', 2)]
    assert chunk.original(2) == b'{"a":[1,{"b":"]"}]}'
    assert chunk.faults == ()


@pytest.mark.parametrize(
    ("content", "good", "faults"),
    [
        (b"[]", 0, []),
        (b'[{"a":1},]', 1, []),
        (b'[{"a":1},{"a":2', 1, [(2, "bad_json")]),
        (b'[{"a":1},{"a":2}', 2, [(3, "bad_json")]),
        (b'[{"a":1},', 1, [(2, "bad_json")]),
        (b'[{"a":1},7,,{"a":2}]', 2, [(2, "bad_json"), (3, "bad_json")]),
        (b'[{"a":1},{"a":"2},{"a":3},{"a":4}]', 3, [(2, "bad_json")]),
        (b'[{"a":1}] and more', 1, [(2, "bad_json")]),
    ],
)
def test_a_damaged_list_loses_only_the_damaged_elements(content, good, faults):
    chunk = elements(content)
    assert (chunk.frame.height, reasons(chunk)) == (good, faults)


@given(st.lists(st.dictionaries(st.sampled_from("ab"), VALUES, min_size=1, max_size=2), max_size=5), st.integers(1, 9))
def test_a_list_and_lines_of_the_same_records_read_alike(records, block):
    as_list = list(table(json.dumps(records).encode(), Kind.JSON_LIST, block=block).stream)
    as_lines = list(table("".join(json.dumps(r) + "\n" for r in records).encode(), Kind.JSON_LINES, block=block).stream)
    assert [row for c in as_list for row in c.frame.to_dicts()] == [row for c in as_lines for row in c.frame.to_dicts()]
