"""Kinds of files are told from their content, and what is no table is refused by name."""

import pickle
from pathlib import Path

import pytest

from graph.errors import BadExport
from ingest.reading.kinds import Kind, kind_of


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.csv", b"id,text\n1,a\n", Kind.CSV),
        ("a.csv", b"\xef\xbb\xbfid,text\n", Kind.CSV),
        ("a.txt", "id,text\n".encode("utf-16"), Kind.CSV),
        ("a.csv", b"id,text\n1,a\x00b\n", Kind.CSV),
        ("a.csv", b'{"a": 1}\n', Kind.JSON_LINES),
        ("a.jsonl.gz", b'rubbish\n{"a": 1}\n', Kind.JSON_LINES),
        ("a.json", b' \n [{"a": 1}]', Kind.JSON_LIST),
        ("a", b"PAR1\x15\x04", Kind.PARQUET),
    ],
)
def test_the_content_tells_the_kind(name, head, kind):
    assert kind_of(Path(name), head) is kind


@pytest.mark.parametrize(
    ("name", "head", "said"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b" \r\n\t\n", "is empty"),
        ("a.csv", " \n".encode("utf-16"), "is empty"),
        ("a.csv", b"\x89PNG\r\n\x1a\n", "a PNG image"),
        ("a.csv", b"%PDF-1.7\n", "a PDF document"),
        ("a.csv", b"PK\x03\x04\x14\x00", "a ZIP archive or a spreadsheet"),
        ("a.csv", pickle.dumps({"a": 1}), "pickle"),
        ("a.csv", bytes(range(256)) * 4, "binary data"),
        ("a.csv", "id,text\n1,a\n2,b\n".encode("utf-16-le"), "UTF-16 without a byte order mark"),
        ("a.csv", b'<?xml version="1.0"?><a/>', "an XML or HTML file"),
        ("a.csv", b"<!DOCTYPE html>", "an XML or HTML file"),
        ("a.graphml", b"<graphml/>", "a graph file"),
        ("a.yaml", b"a: b\n", "a YAML file"),
        ("a.csv", b'detectors: !!python/object/apply:os.system ["x"]', "a YAML file"),
    ],
)
def test_what_is_no_table_is_named_and_refused(name, head, said):
    with pytest.raises(BadExport, match=said):
        kind_of(Path(name), head)


def test_an_encoding_that_the_person_names_explains_nul_bytes():
    assert kind_of(Path("a.csv"), "id,text\n1,a\n".encode("utf-16-le"), "utf-16-le") is Kind.CSV
