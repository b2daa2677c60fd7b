"""What became of the files: one account per file that adds up, and the totals."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """accept: nothing lost; partial: lines set aside or rows damaged; refuse: nothing of the file is stored."""

    ACCEPT = "accept"
    PARTIAL = "partial"
    REFUSE = "refuse"


COUNTS = ("read", "accepted", "quarantined", "duplicates", "blank", "warned")


@dataclass(frozen=True, slots=True)
class FileReport:
    """read = accepted + quarantined + duplicates + blank; `warned` of the accepted rows were damaged somewhere.

    `reasons` adds up to `quarantined`. `already`: the workspace holds this content; the counts are those of its first import.
    A refused file counts nothing, because nothing of it is stored; `message` and `hint` say why and what to do.
    """

    path: str
    outcome: Outcome
    read: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicates: int = 0
    blank: int = 0
    warned: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    message: str = ""
    hint: str = ""
    already: bool = False
    sha256: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """All files in the order in which they were read, and the version of the facts that they made."""

    files: tuple[FileReport, ...]
    facts_version: str
    strict: bool = False

    @property
    def totals(self) -> dict[str, int]:
        """Sums over what this import stored: files that were there already, and refused ones, add nothing."""
        new = [file for file in self.files if not file.already]
        sums = {name: sum(getattr(file, name) for file in new) for name in COUNTS}
        outcomes = {f"{outcome}_files": sum(file.outcome is outcome for file in self.files) for outcome in Outcome}
        return {"files": len(self.files), **outcomes, "already_files": len(self.files) - len(new), **sums}

    @property
    def exit_code(self) -> int:
        """2: a file was refused; 1: under strict, a file is partial; 0 otherwise."""
        outcomes = {file.outcome for file in self.files}
        if Outcome.REFUSE in outcomes:
            return 2
        return 1 if self.strict and Outcome.PARTIAL in outcomes else 0

    def as_json(self) -> dict[str, Any]:
        return {
            "files": [{**asdict(file), "outcome": str(file.outcome)} for file in self.files],
            "totals": self.totals,
            "facts_version": self.facts_version,
        }
