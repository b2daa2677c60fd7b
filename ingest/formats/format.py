"""A format: how to know it from a header, and its profile."""

from dataclasses import dataclass

from ingest.canonical.layout import Profile


@dataclass(frozen=True, slots=True)
class Format:
    """`marks`: each entry is a set of alternative column names; a header has the format when every entry is met.

    `needs`: further alternatives without which the file is refused by name; a header that meets `marks` and lacks one of
    `needs` is this format with a column missing, never another format.
    """

    profile: Profile
    marks: tuple[frozenset[str], ...]
    needs: tuple[frozenset[str], ...] = ()
    unless: frozenset[str] = frozenset()  # any of these columns: it is another format
    title: str = ""

    def is_in(self, columns: frozenset[str]) -> bool:
        return not self.unless & columns and all(mark & columns for mark in self.marks)

    def missing(self, columns: frozenset[str]) -> list[frozenset[str]]:
        return [need for need in (*self.marks, *self.needs) if not need & columns]


def one_of(*names: str) -> frozenset[str]:
    return frozenset(names)


def each_of(*names: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset([name]) for name in names)
