"""Damaged tables for the fuzzer: sound and hostile seeds, bits flipped, parts cut, spliced and repeated; seeded."""

import gzip
import random
from collections.abc import Sequence
from pathlib import Path

from ingest.chunks import LINE, ReadingOptions
from ingest.known import Known
from ingest.reading.encodings import utf8_text
from ingest.reading.kinds import HEAD, Kind, kind_of
from ingest.reading.open_table import open_table
from ingest.reading.packed import content_hash, unpacked
from ingest.report import FileReport
from ingest.staging import FileJob, stage_file

OPTIONS = ReadingOptions()
SMALL = 100_000  # bytes; larger seeds only slow the fuzzer down
TOKENS = (b'"', b'""', b",", b"\n", b"\r", b"\r\n", b"\n\n", b"\0", b"\xff", b"\xed\xa0\x80", b"\t", b";", b"{", b"}", b"[", b"]",
          b'":', b"\\", b"\\ud800", b"1e5", b"NaN", b" ", b"\xef\xbb\xbf", b"\xe2\x80\x8b", b'"a":1,', b"account_id")  # fmt: skip

SOUND_CSV = b"".join(
    b'%d,p%d,2026-03-01T12:00:%02dZ,post,https://ex.org/%d,"text %d, with ""quotes""\nand a second line"\n'
    % (n % 7, n, n % 60, n % 5, n)
    for n in range(40)
)
SOUND = {
    "sound.csv": b"account_id,post_id,created_at,action,object,text\n" + SOUND_CSV,
    "sound.tsv": b"account_id\tobject_id\ttimestamp\n"
    + b"".join(b"a%d\to%d\t17723664%02d\n" % (n, n % 3, n) for n in range(40)),
    "sound.jsonl": b"".join(
        b'{"account_id":"%d","post_id":"%d","created_at":"2026-03-01T12:00:00Z","action":"share","object":"o%d","user":{"n":[%d,{"a":1}]}}\n'
        % (n, n, n % 4, n)
        for n in range(40)
    ),
}


def seeds(corpus: Path | None) -> dict[str, bytes]:
    """Name -> content: the sound ones, a packed one, and the small files of the corpus when it is at hand."""
    found = {**SOUND, "sound.csv.gz": gzip.compress(SOUND["sound.csv"], mtime=0)}
    if corpus is not None:
        files = (path for path in sorted(corpus.iterdir()) if path.suffix != ".md" and path.name != "manifest.json")
        found |= {path.name: path.read_bytes() for path in files if 0 < path.stat().st_size < SMALL}
    return found


def mutated(content: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """The content after one to six small accidents."""
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(damaged) + 1)
        until = min(len(damaged), at + chance.choice((1, 3, 30, 300)))
        match chance.randrange(7):
            case 0 if damaged:
                damaged[at % len(damaged)] ^= 1 << chance.randrange(8)
            case 1:
                del damaged[at:until]
            case 2:
                damaged[at:at] = chance.choice(TOKENS)
            case 3:
                damaged[at:at] = damaged[at:until]
            case 4:
                other = chance.choice(others)
                start = chance.randrange(len(other))
                damaged[at:until] = other[start : start + chance.choice((5, 50, 500))]
            case 5:
                damaged[at:until] = chance.choice(TOKENS) * chance.choice((1, 2, 50))
            case _:
                del damaged[at:]
    return bytes(damaged)


def survive(path: Path, folder: Path) -> FileReport:
    """Read the file as the reading process would; raises BadExport, or returns an account in which every line has a place."""
    report, _ = stage_file(FileJob(path, content_hash(path), folder, OPTIONS, None, True), Known([]), lambda _: None)
    expected, seen = physical_lines(path), placed_lines(path)
    if expected is not None and seen != expected:
        raise AssertionError(f"{expected} lines, {seen} of them accounted for")
    if report.read != report.accepted + report.quarantined + report.duplicates + report.blank:
        raise AssertionError(f"the account does not add up: {report}")
    return report


def physical_lines(path: Path) -> int | None:
    """Lines below the header, counted without any reader; None where that is not plain (JSON list, UTF-16, quoted header)."""
    content = b"".join(unpacked(path, OPTIONS))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    kind = kind_of(path, content[:HEAD])
    if kind not in (Kind.CSV, Kind.JSON_LINES):
        return None
    text = b"".join(utf8_text(iter([content]), path.name, OPTIONS).blocks)
    if kind is Kind.CSV:
        header, _, text = text.lstrip(b" \t\r\n\x0b\x0c").partition(b"\n")
        if b'"' in header or header.lower().startswith(b"sep="):
            return None
    return text.count(b"\n") + (text != b"" and not text.endswith(b"\n"))


def placed_lines(path: Path) -> int:
    """Physical lines of all records, faults and blanks of the reader's chunks."""
    _, table = open_table(path, OPTIONS)
    placed = 0
    for chunk in table.stream:
        placed += sum(chunk.original(line).count(b"\n") + 1 for line in chunk.frame[LINE])
        placed += sum(fault.original.count(b"\n") + 1 for fault in chunk.faults) + chunk.blank
    return placed
