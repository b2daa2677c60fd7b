"""The bytes of a record as they came, by the line it starts on."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Originals:
    """Looks up `buffer[start:end]` by line (sorted), put back into the encoding of the file; a CR before the line end stays off."""

    buffer: bytes
    lines: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    as_it_came: Callable[[bytes], bytes] = bytes

    def __call__(self, line: int) -> bytes:
        at = int(np.searchsorted(self.lines, line))
        if at == self.lines.size or self.lines[at] != line:
            raise KeyError(f"no record starts at line {line}")
        return self.as_it_came(self.buffer[int(self.starts[at]) : int(self.ends[at])].removesuffix(b"\r"))
