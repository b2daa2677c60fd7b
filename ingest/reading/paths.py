"""Which files a person meant: files, folders and glob patterns, each file once, in a fixed order."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path

from graph.errors import BadExport

_PATTERN_SIGNS = frozenset("*?[")


def export_files(paths: Sequence[str | Path]) -> list[Path]:
    """Every file meant by `paths`: a folder means all files below it (hidden ones left out), a pattern what it matches.

    Files keep the order in which they were named; what stems from one folder or pattern is sorted.
    Raises BadExport when a path or a pattern means no file at all.
    """
    found: dict[Path, None] = {}
    for path in paths:
        files = list(_meant(Path(path).expanduser()))
        if not files:
            raise BadExport(
                f"{path}: there is no such file.",
                "Check the spelling; folders and patterns like exports/*.csv work too.",
            )
        found.update(dict.fromkeys(files))
    return list(found)


def _meant(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(_below(path))
    elif path.exists():
        yield path
    elif any(_PATTERN_SIGNS & set(part) for part in path.parts):
        fixed = list(takewhile(lambda part: not _PATTERN_SIGNS & set(part), path.parts))
        pattern = str(Path(*path.parts[len(fixed) :]))
        yield from sorted(match for match in Path(*fixed).glob(pattern) if match.is_file())


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path
