"""Possible targets and bystanders: accounts shown with a cluster and not in it, each with its sentence."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from graph.foreign_text import show_markdown
from investigator_ui.views.wording import plural

MOST = 20  # said one by one; more are counted


@dataclass(frozen=True, slots=True)
class Beside:
    """One account beside the cluster; `name` and `sentence` are safe Markdown."""

    account_id: str
    name: str
    sentence: str


def possible_targets(apart: pl.DataFrame, names: Mapping[str, str]) -> list[Beside]:
    """The targets in the given order; takes account_id, role, score, links, sentence."""
    rows = apart.filter(pl.col("role") == "target").select("account_id", "sentence")
    return [Beside(id_, show_markdown(names.get(id_, id_), 60), _said(sentence)) for id_, sentence in rows.iter_rows()]


def targets_note(apart: pl.DataFrame) -> str:
    """'3 accounts, counted nowhere'."""
    targets = apart.filter(pl.col("role") == "target").height
    return f"{plural(targets, 'account')}, not accused and counted nowhere"


def bystander_line(apart: pl.DataFrame) -> str:
    """How many others hardly belong; '' for none."""
    others = apart.filter(pl.col("role") == "bystander").height
    return (
        f"{plural(others, 'bystander')} met the cluster, with hardly a link to those who are in it." if others else ""
    )


def _said(sentence: str | None) -> str:
    """The sentence without its beginning, which names the cluster that the page is about."""
    whole = sentence or "The run gave no reason."
    return show_markdown(whole.split(", not a member. ", 1)[-1], 300)
