"""Bytes of a file, unpacked as they are asked for, within limits that a hostile archive cannot pass."""

import hashlib
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

import zstandard

from graph.errors import BadExport
from ingest.chunks import ReadingOptions

BLOCK = 2**20
_GZIP = b"\x1f\x8b"
_ZSTD = (b"\x28\xb5\x2f\xfd", *(bytes([low]) + b"\x2a\x4d\x18" for low in range(0x50, 0x60)))  # data, skippable frames
# Bytes fed at once, so that little comes out before the limits are looked at: deflate unpacks to at most 1,032 times its
# size, a zstd block of 4 bytes to 128 KiB.
_GZIP_FEED, _ZSTD_FEED = 16 * 2**10, 2**10
_ZSTD_WINDOW = 2**27  # bytes of history a frame may ask for; the command line tool's own limit
_FREE = 16 * 2**20  # bytes that may come out beyond the ratio: no harm, and a stretch of a sound table may pack well
_DAMAGED = "Download or export it again: nothing of it was stored."


def content_hash(path: Path) -> str:
    """SHA-256 of the file as it lies on disk, packed or not."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpacked(path: Path, options: ReadingOptions) -> Iterator[bytes]:
    """Blocks of the content, gzip and zstd (recognised by content, any number of members) unpacked.

    Raises BadExport when an archive is cut, damaged, followed by junk, or expands beyond the limits.
    """
    with open(path, "rb") as file:
        head = file.read(4)
        file.seek(0)
        if head.startswith((_GZIP, *_ZSTD)):
            kind = _GzipMember if head.startswith(_GZIP) else _ZstdMember
            if kind is _GzipMember and _tells_too_much(path, options):
                for _ in _within_limits(path, file, _members(path, file, kind), options):
                    pass  # a bomb, or cut so that its last bytes mean nothing: find out before any row is read
                file.seek(0)
            yield from _within_limits(path, file, _members(path, file, kind), options)
        else:
            while block := file.read(BLOCK):
                yield block


def _tells_too_much(path: Path, options: ReadingOptions) -> bool:
    """Whether the last bytes of a gzip file, the unpacked size of its last member (modulo 4 GiB), announce a bomb."""
    size = path.stat().st_size
    with open(path, "rb") as file:
        file.seek(-min(size, 4), os.SEEK_END)
        return int.from_bytes(file.read(4), "little") > size * options.max_expansion + _FREE


def _expands_too_much(path: Path, options: ReadingOptions) -> BadExport:
    return BadExport(
        f"{path.name} unpacks to more than {options.max_expansion} times its size ({path.stat().st_size:,} bytes packed).",
        "Such archives are made to fill memory; unpack it yourself if you trust it, and import the result.",
    )


def _within_limits(path: Path, file: BinaryIO, blocks: Iterator[bytes], options: ReadingOptions) -> Iterator[bytes]:
    """Stop as soon as more came out than what was read so far explains."""
    total = 0
    for block in blocks:
        total += len(block)
        if total > file.tell() * options.max_expansion + _FREE:
            raise _expands_too_much(path, options)
        if total > options.max_unpacked:
            raise BadExport(
                f"{path.name} unpacks to more than {options.max_unpacked:,} bytes.",
                "Split the export into smaller files.",
            )
        yield block


class _Member(Protocol):
    """One member (gzip) or frame (zstd) of an archive."""

    feed: int

    def blocks(self, packed: bytes) -> Iterator[bytes]: ...
    def rest(self) -> bytes | None:
        """What follows the end of the member; None while it has not ended."""
        ...


class _GzipMember:
    feed = _GZIP_FEED

    def __init__(self) -> None:
        self._unpack = zlib.decompressobj(wbits=31)

    def blocks(self, packed: bytes) -> Iterator[bytes]:
        while packed and not self._unpack.eof:
            yield self._unpack.decompress(packed, BLOCK)
            packed = self._unpack.unconsumed_tail
        # A full last block may leave output waiting inside although all input was taken.
        while not self._unpack.eof and (more := self._unpack.decompress(b"", BLOCK)):
            yield more

    def rest(self) -> bytes | None:
        return self._unpack.unused_data if self._unpack.eof else None


class _ZstdMember:
    feed = _ZSTD_FEED

    def __init__(self) -> None:
        self._unpack = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()

    def blocks(self, packed: bytes) -> Iterator[bytes]:
        yield self._unpack.decompress(packed)

    def rest(self) -> bytes | None:
        return self._unpack.unused_data if self._unpack.eof else None


def _members(path: Path, file: BinaryIO, kind: type[_GzipMember] | type[_ZstdMember]) -> Iterator[bytes]:
    magic = (_GZIP,) if kind is _GzipMember else _ZSTD
    member: _Member | None = None
    waiting = b""
    while True:
        waiting = waiting or file.read(kind.feed)
        if not waiting:
            break
        if member is None:
            waiting += file.read(4 - len(waiting)) if len(waiting) < 4 else b""
            if not waiting.strip(b"\0"):  # tape archives pad with zeros; gzip itself ignores them
                waiting = b""
                continue
            if not waiting.startswith(magic):
                raise BadExport(f"{path.name} holds other data after the end of the archive: it is damaged.", _DAMAGED)
            member = kind()
        try:
            yield from (block for block in member.blocks(waiting) if block)
        except (zlib.error, zstandard.ZstdError) as fault:
            raise BadExport(f"{path.name}: the download is incomplete or damaged ({fault}).", _DAMAGED) from fault
        rest = member.rest()
        waiting = rest or b""
        if rest is not None:
            member = None
    if member is not None:
        raise BadExport(f"{path.name}: the packed data end early, the download is incomplete or damaged.", _DAMAGED)
