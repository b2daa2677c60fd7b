"""Lines of system logs: what stands in front of the message (time, host, program, process), in the four common styles."""

import re

import polars as pl

_FRONT = r"^(?:<\d{1,3}>)?"  # the priority, when the log came over the network
_BSD = (  # Dec 10 06:55:46 host sshd[24200]: message (RFC 3164; some write the year behind the day)
    _FRONT + r"(?P<month>[A-Z][a-z]{2}) {1,2}(?P<day>\d{1,2})(?: (?P<year>\d{4}))? "
    r"(?P<clock>\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?) (?P<host>\S+) (?P<rest>.*)$"
)
_ISO = (  # 2025-12-10T06:55:46.123456+01:00 host sshd[24200]: message (rsyslog, journalctl -o short-iso)
    _FRONT + r"(?P<time>\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?) "
    r"(?P<host>\S+) (?P<rest>.*)$"
)
_NEW = (  # <38>1 2025-12-10T06:55:46Z host sshd 24200 - - message (RFC 5424)
    r"^<\d{1,3}>1 (?P<time>\S+) (?P<host>\S+) (?P<program>\S+) (?P<pid>\S+) \S+ (?:-|\[[^\]]*\]) ?(?P<message>.*)$"
)
_REST = r"^(?P<program>[^\s\[\]:]+)(?:\[(?P<pid>\d+)\])?:(?: (?P<message>.*))?$"
_MONTHS = {
    name: f"{number:02}"
    for number, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1
    )
}
_ASIDE = r"^\s|^-- .*$"  # the rest of a message over many lines; what journalctl says between boots

_LOOKED_AT = 20  # lines by which a log is told
_LINE = re.compile(
    rb"(?:<\d{1,3}>)?(?:1 )?(?:[A-Z][a-z]{2} {1,2}\d{1,2}(?: \d{4})? \d{2}:\d{2}:\d{2}|\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2})"
    rb"[^\s,;]* \S+ (?:[^\s\[\]:,;]+(?:\[\d+\])?:|\S+ \S+ \S+ [-\[])"
)


def looks_like_log(text: bytes) -> bool:
    """Whether most of the first whole lines have a time, a host and a program in front."""
    lines = [line for line in text.split(b"\n")[: _LOOKED_AT * 2] if line.strip() and not line.startswith(b"-- ")]
    lines = lines[:_LOOKED_AT]
    return sum(_LINE.match(line) is not None for line in lines) * 2 > len(lines)


def split_lines(texts: pl.Series) -> pl.DataFrame:
    """One row per line: month, day, clock, year or time; host, program, pid, message; `aside` for lines of no record.

    A line that is none of the styles has no host. Nothing here knows the year of a time that lacks it.
    """
    bsd, iso, new = (
        pl.col("text").str.extract_groups(style).alias(name) for name, style in (("b", _BSD), ("i", _ISO), ("n", _NEW))
    )
    frame = texts.alias("text").to_frame().select("text", bsd, iso, new)
    b, i, n = (pl.col(name).struct for name in "bin")
    frame = frame.with_columns(pl.coalesce(b.field("rest"), i.field("rest")).str.extract_groups(_REST).alias("r"))
    r = pl.col("r").struct
    rest = pl.coalesce(b.field("rest"), i.field("rest"))
    return frame.select(
        b.field("month").replace_strict(_MONTHS, default=None, return_dtype=pl.String).alias("month"),
        b.field("day").str.zfill(2).alias("day"),
        b.field("year").alias("year"),
        b.field("clock").alias("clock"),
        pl.coalesce(i.field("time"), n.field("time")).alias("time"),
        pl.coalesce(b.field("host"), i.field("host"), n.field("host")).alias("host"),
        pl.coalesce(r.field("program"), n.field("program")).alias("program"),
        pl.coalesce(r.field("pid"), n.field("pid")).alias("pid"),
        pl.coalesce(r.field("message"), n.field("message"), rest).alias("message"),
        pl.col("text").str.contains(_ASIDE).alias("aside"),
    )
