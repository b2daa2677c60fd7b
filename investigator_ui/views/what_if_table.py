"""What would change a cluster, as a table: each question with the risk, tier and accounts that would be left."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from graph.foreign_text import show_markdown, show_text
from investigator_ui.views.names import trace_title
from investigator_ui.views.wording import count, percent, plural

MEMBERS_LISTED = 12  # members without whom most risk goes; `explain --json` holds all

_ROW = {"question": pl.String, "risk": pl.Float64, "tier": pl.String, "accounts": pl.String, "change": pl.String}


def what_if_rows(answers: Mapping[str, Any], cluster: Mapping[str, Any], names: Mapping[str, str]) -> pl.DataFrame:
    """question, risk, tier, accounts, change; in the order asked, members last: those who change most come first."""
    once: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in answers["counterfactuals"]:  # rows about objects come once per sign of the run
        once.setdefault((row["what"], row.get("account", row["what"] == "without the trace" and row["trace"])), row)
    members = [row for row in once.values() if "account" in row]
    others = [row for row in once.values() if "account" not in row]
    members.sort(key=lambda row: (row["risk"], row["size"]))
    told = [_row(row, cluster, names) for row in [*others, *members[:MEMBERS_LISTED]]]
    return pl.DataFrame(told, schema=_ROW, orient="row")


def _row(
    row: Mapping[str, Any], cluster: Mapping[str, Any], names: Mapping[str, str]
) -> tuple[str, float, str, str, str]:
    accounts = f"{count(row['size'])} of {count(cluster['size'])}" if row["size"] else "no cluster left"
    return _question(row, names), row["risk"], row["tier"], accounts, _change(row["risk"], cluster["risk"])


def _question(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if "account" in row:
        return f"Without {names.get(row['account']) or show_text(row['account'], 40)}"
    if row["what"] == "without the trace":
        return f"Without {trace_title(row['trace'])}"
    words = row["what"].replace("top 1 objects", "strongest object").replace("top", "strongest")
    return show_text(words[:1].upper() + words[1:], 60)


def _change(now: float, before: float) -> str:
    if abs(now - before) < 0.005:
        return "no change"
    if not before:
        return "higher"
    share = percent(abs(now - before) / before)
    return f"{share} lower" if now < before else f"{share} higher"


def minimal_sentence(answers: Mapping[str, Any]) -> str:
    """What the cluster stands on, as safe Markdown; where nothing could be asked, why."""
    if answers["minimal"] is None:
        return show_markdown(answers["note"], 300)
    return show_markdown(answers["minimal"]["sentence"], 300)


def deletion_line(answers: Mapping[str, Any]) -> str:
    """Whether the objects listed as strongest are those the score rests on; '' where nothing could be asked."""
    test = answers["deletion"]
    if test is None:
        return ""
    shown = plural(test["shown"], "strongest object")
    fallen = percent(max(test["drop"], 0.0))
    if test["passed"]:
        return f"Without the {shown} the risk falls by {fallen}: the list is what the score rests on."
    return (
        f"Without the {shown} the risk falls by {fallen} only: the evidence is spread over "
        f"{plural(test['of'], 'object')}, and {count(test['needed'])} must go before four fifths of the risk do."
    )
