"""Work cut into chunks of bounded size, whose finished answers survive a stop."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from detectors.coding import I64, U32
from graph.errors import FlockwatchError

Progress = Callable[[int, int], None]  # (done, known), in one unit
Cancelled = Callable[[], bool]


class Stopped(FlockwatchError):
    """The person stopped the work between two chunks; what was finished stays in the scratch folder."""


def cut(sizes: I64, budget: int) -> list[tuple[int, int]]:
    """Consecutive spans [start, stop) of items whose sizes sum to at most `budget`; a larger item stands alone."""
    ends = np.cumsum(sizes)
    spans: list[tuple[int, int]] = []
    start = 0
    while start < len(sizes):
        before = int(ends[start - 1]) if start else 0
        stop = max(int(np.searchsorted(ends, before + budget, side="right")), start + 1)
        spans.append((start, stop))
        start = stop
    return spans


def fingerprint(parameters: tuple[int, ...], *arrays: npt.NDArray[np.generic]) -> str:
    """A name for exactly this input with exactly these parameters."""
    digest = hashlib.blake2b(repr(parameters).encode(), digest_size=16)
    for array in arrays:
        digest.update(repr((array.dtype.str, array.shape)).encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


class ChunkFiles:
    """Finished chunks, one file each, in a folder named after the fingerprint of the work; without a folder, none."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def load(self, number: int) -> U32 | None:
        """The chunk as it was saved, or None when it is absent or damaged (a kill can leave neither, a full disk can)."""
        if self.folder is None:
            return None
        try:
            table = np.load(self._file(number), allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        return np.asarray(table, dtype=np.uint32)

    def save(self, number: int, table: U32) -> None:
        """Write beside, then rename: a chunk file is whole or not there."""
        if self.folder is None:
            return
        part = self._file(number).with_suffix(".part")
        with part.open("wb") as file:
            np.save(file, table, allow_pickle=False)
        os.replace(part, self._file(number))

    def _file(self, number: int) -> Path:
        return Path(self.folder or ".") / f"chunk-{number:06d}.npy"
