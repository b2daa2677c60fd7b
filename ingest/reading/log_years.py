"""The years of log lines that carry none: from the person, or the file's name, and counted on where December ends."""

import re
from dataclasses import dataclass

import polars as pl

from graph.errors import BadExport
from ingest.chunks import ReadingOptions

_DATED = re.compile(
    r"(?<!\d)(20\d{2})-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)"
)  # auth.log-20251214: when it was put away
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
_HALF_YEAR = 6  # months: two lines that are further apart in this order stand on both sides of a new year


@dataclass(slots=True)
class Years:
    """Counts the year on while lines come in order; `first` belongs to the first line without a year."""

    name: str
    options: ReadingOptions
    note: str = ""
    _year: int = 0
    _month: int = 0  # of the last line

    def of(self, months: pl.Series) -> pl.Series:
        """The year of each line of a stretch, null where the month is; raises BadExport when no year is known."""
        known = months.cast(pl.Int64).drop_nulls()
        if not known.len():
            return pl.Series("year", [None] * months.len(), dtype=pl.String)
        if not self._year:
            self._month = int(known[0])
            self._year = self._first_year(self._month)
        frame = months.cast(pl.Int64).alias("month").to_frame()
        before = pl.col("month").forward_fill().shift(1, fill_value=self._month).fill_null(self._month)
        step = pl.col("month") - before
        turned = (step < -_HALF_YEAR).cast(pl.Int64) - (step > _HALF_YEAR).cast(pl.Int64)
        years = frame.select((self._year + turned.fill_null(0).cum_sum()).alias("year"))["year"]
        self._year, self._month = int(years[-1]), int(known[-1])
        return years.cast(pl.String).zip_with(months.is_not_null(), pl.Series([None], dtype=pl.String))

    def _first_year(self, month: int) -> int:
        if self.options.year is not None:
            self.note = f"Its times carry no year: {self.options.year} was taken for the first line, as --year says."
            return self.options.year
        if dated := _DATED.search(self.name):
            # Put away at that date, so begun before: in the year before when its first month is later.
            year = int(dated[1]) - (month > int(dated[2]))
        elif named := _YEAR.search(self.name):
            year = int(named[1])
        else:
            raise BadExport(
                f"{self.name}: the times of this log carry no year.",
                "Say the year of its first line with --year, for instance --year 2025.",
            )
        self.note = (
            f"Its times carry no year: {year} was taken for the first line from the file's name; --year says another."
        )
        return year
