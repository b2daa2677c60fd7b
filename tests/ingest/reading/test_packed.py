"""Packed files: unpacked within limits, and refused when cut, damaged or followed by junk."""

import gzip
import io
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import BadExport
from ingest.chunks import ReadingOptions
from ingest.reading.packed import unpacked

CONTENT = b"".join(b"%d,some text\n" % number for number in range(20_000))


def pack_zstd(content: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(content)


def read(path: Path, packed: bytes, options: ReadingOptions | None = None) -> bytes:
    path.write_bytes(packed)
    return b"".join(unpacked(path, options or ReadingOptions()))


@pytest.mark.parametrize("pack", [gzip.compress, pack_zstd], ids=["gzip", "zstd"])
class TestBothKinds:
    def test_content_comes_back_whatever_the_suffix(self, pack, tmp_path):
        assert read(tmp_path / "a.csv", pack(CONTENT)) == CONTENT

    def test_two_members_are_one_content_and_zero_padding_is_nothing(self, pack, tmp_path):
        assert read(tmp_path / "a", pack(CONTENT) + pack(b"") + pack(b"more")) == CONTENT + b"more"
        assert read(tmp_path / "a", pack(CONTENT) + b"\0" * 700) == CONTENT

    @pytest.mark.parametrize("length", [5, 17, 1000, -1])
    def test_a_cut_file_is_refused(self, pack, tmp_path, length):
        with pytest.raises(BadExport, match="incomplete or damaged"):
            read(tmp_path / "a", pack(CONTENT)[:length])

    def test_junk_behind_the_end_is_refused(self, pack, tmp_path):
        with pytest.raises(BadExport, match="after the end"):
            read(tmp_path / "a", pack(CONTENT) + b"junk")
        with pytest.raises(BadExport, match="after the end"):
            read(tmp_path / "a", pack(CONTENT) + b"j")

    def test_more_than_the_allowed_expansion_is_refused_before_it_is_unpacked(self, pack, tmp_path):
        path, size = tmp_path / "a", 0
        path.write_bytes(pack(b"\0" * 100_000_000)[:-4] + b"\1\0\0\0")  # a gzip file may lie about its size
        with pytest.raises(BadExport, match="more than 200 times its size"):
            for block in unpacked(path, ReadingOptions()):
                size += len(block)
        assert size <= 200 * path.stat().st_size + 16 * 2**20

    def test_more_than_the_allowed_size_is_refused(self, pack, tmp_path):
        with pytest.raises(BadExport, match="more than 1,000 bytes"):
            read(tmp_path / "a", pack(CONTENT), ReadingOptions(max_unpacked=1000))


def test_a_flipped_bit_in_a_gzip_file_is_noticed(tmp_path):
    packed = bytearray(gzip.compress(CONTENT))
    packed[len(packed) // 2] ^= 4
    with pytest.raises(BadExport, match="incomplete or damaged"):
        read(tmp_path / "a", bytes(packed))


@given(st.lists(st.binary(max_size=50), max_size=4), st.integers(1, 9))
def test_gzip_members_of_any_size_come_back(tmp_path_factory, parts, level):
    path = tmp_path_factory.mktemp("gz") / "a"
    assert read(path, b"".join(gzip.compress(part, level) for part in parts)) == b"".join(parts)


def test_a_zstd_stream_without_a_size_in_its_head_is_read(tmp_path):
    out = io.BytesIO()
    with zstandard.ZstdCompressor().stream_writer(out, closefd=False) as writer:
        writer.write(CONTENT)
    assert read(tmp_path / "a", out.getvalue()) == CONTENT
