"""The seal of a folder: one list of SHA-256 sums that covers every file in it, and the check of that list."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MANIFEST = "MANIFEST.sha256"
_LINE = re.compile(r"([0-9a-f]{64})  ([^/\\\n]+)")


@dataclass(frozen=True, slots=True)
class SealedFile:
    """One file of a sealed folder; `path` is relative to the folder."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SealCheck:
    """Does the folder still hold what was sealed? `wrong` has one sentence per difference."""

    ok: bool
    files: int
    wrong: tuple[str, ...]
    said: str


def seal(folder: Path) -> tuple[SealedFile, ...]:
    """Write the manifest (the form of `sha256sum`) over the files of `folder`; returns them and the manifest, sorted."""
    sealed = [SealedFile(name, _sha256(folder / name)) for name in _names(folder)]
    (folder / MANIFEST).write_text("".join(f"{file.sha256}  {file.path}\n" for file in sealed), "utf-8")
    return tuple(sorted([*sealed, SealedFile(MANIFEST, _sha256(folder / MANIFEST))], key=lambda file: file.path))


def check_seal(folder: Path) -> SealCheck:
    """Compare every file with the manifest: changed, missing and added files are each named. Follows no link."""
    if not (folder / MANIFEST).is_file():
        said = f"There is no {MANIFEST} in {folder}: it is not a sealed report, or the seal was removed."
        return SealCheck(False, 0, (said,), said)
    lines = (folder / MANIFEST).read_text("utf-8", "replace").splitlines()
    wrong = tuple(_differences(folder, lines))
    said = f"{len(lines)} files, each as sealed." if not wrong else f"Not as sealed: {wrong[0]}"
    return SealCheck(not wrong, len(lines), wrong, said)


def _differences(folder: Path, lines: list[str]) -> Iterator[str]:
    listed: set[str] = set()
    for number, line in enumerate(lines, start=1):
        found = _LINE.fullmatch(line)
        if found is None or found[2] in listed:
            yield f"Line {number} of the manifest is damaged."
            continue
        listed.add(found[2])
        path = folder / found[2]
        if path.is_symlink() or not path.is_file():
            yield f"{found[2]} is missing."
        elif _sha256(path) != found[1]:
            yield f"{found[2]} was changed."
    for name in sorted(set(_names(folder)) - listed):
        yield f"{name} was added after sealing."


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != MANIFEST)


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
