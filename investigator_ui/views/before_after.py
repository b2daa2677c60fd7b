"""One account in other hands, before and after: its sentence, its strip, its habits and what was done with it."""

from typing import Any

import polars as pl
from scipy.stats import binomtest

from graph.foreign_text import show_markdown, show_text
from graph.schemas import FrameSchema
from graph.takeover_words import HABITS, deed_order, deed_title
from investigator_ui.views.names import object_name
from investigator_ui.views.takeovers import OWNER_SEEN, TakeoverFrames, share_words
from investigator_ui.views.wording import count, moment, percent, plural, span

# A count differs from that of the two weeks before when halves would be as uneven once in a hundred, the rate of the run's signs.
CHANGED = 0.01
_NOTHING_NEW = "Nothing new: "  # how the run begins the sentence of a habit that stayed


def story(row: dict[str, Any], *, victim: bool) -> str:
    """When the account changed hands and what speaks for an owner, as safe Markdown; takes a TAKEOVER row."""
    what = "was probably taken over" if victim else "changed its habits"
    since = row["not_before"]
    when = f"at or before {moment(row['at'])}"
    if since is not None:
        gap = span((row["at"] - since).total_seconds())
        when = f"between {moment(since)}, its last event before, and {moment(row['at'])} ({gap} later)"
    return f"It **{what}** {when}. {' '.join(_for_an_owner(row))}"


def _for_an_owner(row: dict[str, Any]) -> list[str]:
    """What was seen of an owner, sentence by sentence."""
    said = []
    stays = row["owner_stays"]
    if stays is not None:
        seen = "**The owner is still seen**" if stays >= OWNER_SEEN else "The owner is hardly seen any more"
        said.append(f"{seen}: {percent(stays)} of the devices and places after are those of before.")
    if row["failed"]:
        said.append(f"{plural(row['failed'], 'log-in')} failed in the two days before.")
    if row["fought"]:
        said.append(
            f"Somebody fought for it: passwords asked for or set anew, or sessions ended, {plural(row['fought'], 'time')} in three days."
        )
    if row["rekeyed"]:
        said.append(f"Address, telephone or second factor were changed {plural(row['rekeyed'], 'time')} in three days.")
    back = row["recovered_at"]
    said.append(
        f"**It came back** on {moment(back)}." if back is not None else "It did not come back in what was read."
    )
    return said


def takeover_strip(row: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Label, value and note; safe Markdown. Takes a TAKEOVER row."""
    return [
        ("Last event before", moment(row["not_before"]), ""),
        ("First seen with the ties", moment(row["at"]), ""),
        ("Owner's share after", share_words(row["owner_stays"]), "of devices and places"),
        (
            "New in what it does",
            f"{share_words(row['new_before'])} → {share_words(row['new_after'])}",
            "before and after",
        ),
        ("First new post", moment(row["first_act_at"]) if row["first_act_at"] else "none seen", ""),
        ("Came back", moment(row["recovered_at"]) if row["recovered_at"] else "not seen", ""),
        ("Speaks for a victim", f"{row['victim_index']:.2f}", "of 1"),
    ]


def first_act_words(row: dict[str, Any]) -> str:
    """The first post with something new in it, as safe Markdown; '' without one."""
    if not row["first_act"]:
        return ""
    later = span(max((row["first_act_at"] - row["at"]).total_seconds(), 0.0))
    return f"First post with something new in it: {show_markdown(row['first_act'], 300)}, {later} after."


HABIT_ROWS: FrameSchema = {
    "habit": pl.String,
    "usual": pl.String,
    "new": pl.String,
    "ties": pl.String,
    "before": pl.Int64,
    "after": pl.Int64,
}


def habit_rows(changes: pl.DataFrame) -> pl.DataFrame:
    """The habits of one account in the order of the run, usual -> new; plain text columns of HABIT_ROWS. Takes HABIT_CHANGE rows."""
    rows = [
        {
            "habit": HABITS.get(row["feature"]) or show_text(row["feature"], 40),
            "usual": _values(row["feature"], row["usual"], row["usual_shares"]),
            "new": _values(row["feature"], row["after"], row["after_shares"]) or "nothing new",
            "ties": ", ".join(_value(row["feature"], value) for value in row["ties"] or []),
            "before": row["before"],
            "after": row["since"],
        }
        for row in changes.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=dict(HABIT_ROWS))


def change_sentences(changes: pl.DataFrame) -> list[str]:
    """The sentences of the habits that changed, as safe Markdown; takes HABIT_CHANGE rows of one account."""
    return [
        show_markdown(said, 400)
        for said, new in changes.select("sentence", pl.col("after").list.len()).iter_rows()
        if said and new and not said.startswith(_NOTHING_NEW)
    ]


def _values(feature: str, values: list[str] | None, shares: list[float] | None) -> str:
    pairs = zip(values or [], shares or [], strict=False)
    return ", ".join(f"{_value(feature, value)} {percent(share)}" for value, share in pairs)


def _value(feature: str, value: str) -> str:
    if feature == "hour":
        return f"{show_text(value, 4)} h"
    return object_name({"topic": "hashtag", "text": "text"}.get(feature, feature), value)


DEED_ROWS: FrameSchema = {
    "what": pl.String,
    "before": pl.Int64,
    "after": pl.Int64,
    "changed": pl.Boolean,
    "words": pl.String,
}


def deed_rows(deeds: pl.DataFrame) -> pl.DataFrame:
    """What was done in the two weeks before and after, by kind; takes TAKEOVER_ACT rows of one account. Columns of DEED_ROWS."""
    told = sorted(deeds.select("what", "before", "after").iter_rows(), key=lambda row: deed_order(row[0]))
    rows = [
        {
            "what": show_text(deed_title(what), 40),
            "before": before,
            "after": after,
            "changed": _changed(before, after),
            "words": f"{count(before)} before · {count(after)} after",
        }
        for what, before, after in told
    ]
    return pl.DataFrame(rows, schema=dict(DEED_ROWS))


def _changed(before: int, after: int) -> bool:
    """Whether two spans of one length with one habit would be as uneven less than once in a hundred (exact binomial, two sides)."""
    return before + after > 0 and float(binomtest(after, before + after, 0.5).pvalue) < CHANGED


def panel_of(frames: TakeoverFrames, account_id: str) -> tuple[dict[str, Any], TakeoverFrames] | None:
    """The TAKEOVER row of the account and its frames; None where nothing is told of it."""
    mine = frames.of_account(account_id)
    return (mine.takeovers.row(0, named=True), mine) if mine.takeovers.height else None
