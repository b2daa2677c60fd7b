"""The times of a takeover, account by account: when it can have happened, first new post, came back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from graph.foreign_text import show_text
from graph.schemas import TIME, FrameSchema
from investigator_ui.views.wording import count, plural

MOST_ACCOUNTS = 60  # rows that a page still shows as rows
# How far before the first takeover the picture begins and how far after the last it ends: as long as what is looked at after one.
# Who slept longer reaches the left edge, who came back later is told in a sentence.
AROUND = timedelta(days=14)
MARKS: Mapping[str, str] = {
    "at": "first seen with what ties them",
    "first_act_at": "first post with something new",
    "recovered_at": "came back",
}
SPAN_ROWS: FrameSchema = {"account": pl.String, "since": TIME, "until": TIME}
MARK_ROWS: FrameSchema = {"account": pl.String, "mark": pl.String, "at": TIME}


@dataclass(frozen=True, slots=True)
class Times:
    """Rows for takeover_charts.takeover_times, the accounts in order, and the sentences about what is not drawn as it was."""

    spans: pl.DataFrame
    marks: pl.DataFrame
    order: list[str]
    cap: str
    note: str


def takeover_times(takeovers: pl.DataFrame, names: Mapping[str, str]) -> Times:
    """Takes TAKEOVER rows of one ring; who was taken first comes first."""
    drawn = takeovers.sort("at", "account_id").head(MOST_ACCOUNTS)
    told = drawn.with_columns(
        account=pl.col("account_id").map_elements(
            lambda id_: names.get(id_) or show_text(id_, 40), return_dtype=pl.String
        )
    )
    edge, end = pl.col("at").min() - AROUND, pl.col("at").max() + AROUND
    asleep = told.filter(pl.col("not_before").is_null() | (pl.col("not_before") < edge)).height
    late = told.filter(pl.col("recovered_at") > end).height
    since = pl.max_horizontal(pl.coalesce("not_before", edge), edge)
    marks = [told.select("account", mark=pl.lit(words), at=pl.col(name)) for name, words in MARKS.items()]
    kept = pl.concat(marks).drop_nulls("at")
    if drawn.height:
        kept = kept.filter(pl.col("at") <= drawn["at"].max() + AROUND)  # type: ignore[operator]
    cap = f"{count(drawn.height)} of {plural(takeovers.height, 'account')} are drawn, those taken over first."
    note = f" {plural(asleep, 'account')} had no event for longer: the bar reaches the left edge." if asleep else ""
    note += (
        f" {plural(late, 'account')} came back later than is drawn; the table of members has the day." if late else ""
    )
    return Times(
        told.select("account", since=since, until=pl.col("at")).select(*SPAN_ROWS),
        kept.select(pl.col(name).cast(kind) for name, kind in MARK_ROWS.items()),
        told["account"].to_list(),
        cap if drawn.height < takeovers.height else "",
        f"Bar: from the last event before to the first with what ties the ring; in between it changed hands.{note}",
    )
