"""Times as exports spell them, read into UTC microseconds; what has no one clear reading stays unread, with the reason."""

from calendar import month_name
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from graph.schemas import TIME

# Nothing a social platform exports is older than this (corpus contract: 2004..tomorrow).
EARLIEST = datetime(2004, 1, 1, tzinfo=UTC)

# What follows the seconds: a fraction, a zone, both or neither.
_TAIL = r"^(?:[.,](\d{1,9})\d*)?\s?(Z|z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?(?: UTC)?$"
_EPOCH = r"^(\d{9,16})(?:\.(\d{1,9})\d*)?$"
_TWITTER = "%a %b %d %H:%M:%S %z %Y"  # Sun Mar 01 12:00:00 +0000 2026
_RFC_2822 = "%a, %d %b %Y %H:%M:%S %z"  # Sun, 01 Mar 2026 12:00:00 +0000
_PARTED = (  # 23-11-2016 18:40, 3/1/2026 9:05:00 PM, and 2019/01/04 10:12:00
    r"^(?P<first>\d{1,2}|\d{4})[/.-](?P<second>\d{1,2})[/.-](?P<third>\d{4}|\d{1,2})"
    r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second_of>\d{2}))?(?P<tail>[.,]\d{1,9})?\s?(?P<half>[AaPp][Mm])?)?$"
)


@dataclass(frozen=True, slots=True)
class TimeRules:
    """`day_order` None: a day and month that could be swapped are not guessed. `latest`: exclusive; None = tomorrow."""

    day_order: str | None = None  # "day" | "month": which comes first
    timezone: str = "UTC"
    whole_days: bool = False
    latest: datetime | None = None


def parse_times(values: pl.Series, rules: TimeRules) -> pl.DataFrame:
    """Columns at (TIME) and problem (one sentence part, null when read), one row per value; a null value has no problem."""
    frame = pl.DataFrame({"raw": values.str.strip_chars()}).with_row_index("row")
    read: list[pl.DataFrame] = []
    for reader in (_iso, _epoch, _named_months, _parted, _days):
        got = reader(frame, rules)
        read.append(got)
        frame = frame.join(got, on="row", how="anti") if got.height else frame
        if frame["raw"].null_count() == frame.height:
            break
    unread = frame.select("row", pl.lit(None, TIME).alias("at"), _unread().alias("problem"))
    everything = pl.concat([*read, unread], rechunk=True).sort("row")
    raw = pl.Series("raw", values)
    return everything.with_columns(raw).select(_in_range(rules))


def _in_range(rules: TimeRules) -> list[pl.Expr]:
    latest = rules.latest or datetime.now(UTC) + timedelta(days=1)
    early, late = pl.col("at") < EARLIEST, pl.col("at") >= latest
    problem = (
        pl.when(late)
        .then(pl.format("{} is in the future", "raw"))
        .when(early)
        .then(pl.format("{} is before 2004", "raw"))
        .otherwise("problem")
    )
    return [pl.when(~early & ~late).then("at").alias("at"), problem.alias("problem")]


def _unread() -> pl.Expr:
    day = pl.col("raw").str.contains(r"^\d{4}-\d{2}-\d{2}$")
    return (
        pl.when(day)
        .then(pl.format("{} has no time of day; a mapping file may allow whole days", "raw"))
        .when(pl.col("raw").is_not_null())
        .then(pl.format("'{}' is not a time", "raw"))
    )


def _found(rows: pl.DataFrame, at: pl.Expr, problem: pl.Expr | None = None) -> pl.DataFrame:
    """Rows that this reader settled: with a time, or with a problem of its own."""
    sentence = pl.lit(None, pl.String) if problem is None else problem
    settled = rows.select("row", at.cast(TIME).alias("at"), sentence.alias("problem"))
    return settled.filter(pl.col("at").is_not_null() | pl.col("problem").is_not_null())


def _iso(frame: pl.DataFrame, rules: TimeRules) -> pl.DataFrame:
    raw = pl.col("raw")
    full = raw.str.slice(10, 1).is_in(["T", " ", "t"]) & (raw.str.slice(4, 1) == "-")
    rows = frame.filter(full).with_columns(
        pl.when(raw.str.slice(16, 1) == ":")
        .then(raw.str.slice(11, 8))
        .otherwise(raw.str.slice(11, 5) + ":00")
        .alias("clock"),
        pl.when(raw.str.slice(16, 1) == ":").then(raw.str.slice(19)).otherwise(raw.str.slice(16)).alias("tail"),
    )
    # A first digit of 0-9 only: the parser would also take "+026" for a year.
    sound = raw.str.contains(r"^\d{4}") & pl.col("tail").str.contains(_TAIL)
    naive = (raw.str.slice(0, 10) + " " + pl.col("clock")).str.to_datetime(
        "%Y-%m-%d %H:%M:%S", strict=False, time_unit="us"
    )
    rows = rows.filter(sound).with_columns(naive.alias("naive"))
    return _placed(rows, rules)


def _placed(rows: pl.DataFrame, rules: TimeRules) -> pl.DataFrame:
    """Rows with `naive` and `tail` as moments: the fraction added, the offset taken off, zone-less times in the given zone."""
    plain = rows["tail"].is_in(["", "Z"]).all()
    zone = pl.lit("") if plain else pl.col("tail").str.extract(_TAIL, 2).fill_null("")
    if plain:
        zone = pl.col("tail")
        moment = pl.col("naive")
    else:
        fraction = pl.col("tail").str.extract(_TAIL, 1).str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64).fill_null(0)
        moment = pl.col("naive") + pl.duration(microseconds=fraction, time_unit="us")
    local = moment.dt.replace_time_zone(rules.timezone, ambiguous="null", non_existent="null").dt.convert_time_zone(
        "UTC"
    )
    zoned = (moment - _offset(zone)).dt.replace_time_zone("UTC")
    skipped = pl.when((zone == "") & local.is_null() & moment.is_not_null()).then(
        pl.format("{} has no one reading where the clocks change in " + rules.timezone, "raw")
    )
    return _found(rows, pl.when(zone == "").then(local).otherwise(zoned), skipped)


def _offset(zone: pl.Expr) -> pl.Expr:
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    hours = zone.str.extract(r"^[+-](\d{2})", 1).cast(pl.Int64).fill_null(0)
    minutes = zone.str.extract(r"^[+-]\d{2}:?(\d{2})$", 1).cast(pl.Int64).fill_null(0)
    return pl.duration(minutes=sign * (hours * 60 + minutes), time_unit="us")


def _epoch(frame: pl.DataFrame, rules: TimeRules) -> pl.DataFrame:  # noqa: ARG001 - one signature for all readers
    """Seconds, milliseconds or microseconds since 1970, told apart by magnitude: the years 2004 to 2100 do not overlap."""
    rows = frame.filter(pl.col("raw").str.contains(_EPOCH))
    whole = pl.col("raw").str.extract(_EPOCH, 1).cast(pl.Int64)
    unit = pl.when(whole < 10**11).then(10**6).when(whole < 10**14).then(10**3).otherwise(1)
    fraction = pl.col("raw").str.extract(_EPOCH, 2).str.pad_end(9, "0").str.slice(0, 9).cast(pl.Int64).fill_null(0)
    return _found(rows, (whole * unit + fraction * unit // 10**9).cast(pl.Datetime("us")).dt.replace_time_zone("UTC"))


def _named_months(frame: pl.DataFrame, rules: TimeRules) -> pl.DataFrame:  # noqa: ARG001
    rows = frame.filter(pl.col("raw").str.contains(r"^[A-Z][a-z]{2},? "))
    raw = pl.col("raw").str.replace(r" (?:GMT|UTC|Z)$", " +0000")
    read = [
        raw.str.to_datetime(style, strict=False, time_unit="us", time_zone="UTC") for style in (_TWITTER, _RFC_2822)
    ]
    return _found(rows, pl.coalesce(read))


def _parted(frame: pl.DataFrame, rules: TimeRules) -> pl.DataFrame:
    """Numbers with slashes, dots or dashes; which is the day must be told, or plain because one of them is past 12 or both agree."""
    rows = frame.filter(pl.col("raw").str.contains(_PARTED))
    rows = rows.with_columns(pl.col("raw").str.extract_groups(_PARTED).alias("part")).unnest("part")
    first, second, third = (pl.col(name).cast(pl.Int64) for name in ("first", "second", "third"))
    year_first = pl.col("first").str.len_chars() == 4
    rows = rows.filter(year_first != (pl.col("third").str.len_chars() == 4)).filter(
        pl.col("hour").is_not_null() | rules.whole_days
    )
    day_leads, month_leads = rules.day_order == "day", rules.day_order == "month"
    clear = year_first | (first > 12) | (second > 12) | (first == second) | pl.lit(rules.day_order is not None)
    day_is_first = (first > 12) | (pl.lit(day_leads) & (second <= 12)) | (~pl.lit(month_leads) & (first == second))
    year = pl.when(year_first).then(first).otherwise(third)
    month = pl.when(year_first | day_is_first).then(second).otherwise(first)
    day = pl.when(year_first).then(third).when(day_is_first).then(first).otherwise(second)
    half = pl.col("half").str.to_lowercase()
    hour = pl.col("hour").cast(pl.Int64).fill_null(0)
    turned = pl.when(half == "pm").then(hour % 12 + 12).when(half == "am").then(hour % 12).otherwise(hour)
    naive = pl.format(
        "{}-{}-{} {}:{}:{}",
        year,
        month,
        day,
        turned,
        pl.col("minute").fill_null("0"),
        pl.col("second_of").fill_null("0"),
    )
    rows = rows.with_columns(
        pl.when(clear).then(naive).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us").alias("naive"),
        pl.col("tail").fill_null(""),
        clear.alias("clear"),
        pl.when(~clear).then(_two_readings(first, second)).alias("two_ways"),
    )
    unclear = rows.filter(~pl.col("clear")).select(
        "row", pl.lit(None, TIME).alias("at"), pl.col("two_ways").alias("problem")
    )
    return pl.concat([_placed(rows.filter("clear"), rules), unclear])


def _two_readings(first: pl.Expr, second: pl.Expr) -> pl.Expr:
    names = dict(enumerate(month_name))
    month = [number.replace_strict(names, default=None, return_dtype=pl.String) for number in (first, second)]
    return pl.format("{} could be {} or {}; pass --dayfirst or --monthfirst", "raw", *month)


def _days(frame: pl.DataFrame, rules: TimeRules) -> pl.DataFrame:
    """2020-10-23 alone, as its midnight, where the mapping allows it."""
    if not rules.whole_days:
        return frame.head(0).select("row", pl.lit(None, TIME).alias("at"), pl.lit(None, pl.String).alias("problem"))
    rows = frame.filter(pl.col("raw").str.contains(r"^\d{4}-\d{2}-\d{2}$"))
    naive = pl.col("raw").str.to_datetime("%Y-%m-%d", strict=False, time_unit="us")
    return _placed(rows.with_columns(naive.alias("naive"), pl.lit("").alias("tail")), rules)
