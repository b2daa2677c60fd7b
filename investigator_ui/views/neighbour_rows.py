"""Whom an account interacted with, from the graph store's answer: what it did to each, and what each did to it."""

import polars as pl

from graph.answers import Interaction, Neighbour, Neighbourhood
from graph.foreign_text import show_text
from investigator_ui.views.wording import day, plural

_SHOWN = {"account": pl.String, "to": pl.String, "from": pl.String, "last": pl.String}


def neighbour_rows(near: Neighbourhood) -> pl.DataFrame:
    """One row per neighbour, strongest first: `account, to, from, last`; plain text, visible and harmless."""
    return pl.DataFrame([_row(near, one) for one in near.accounts if one.hops], schema=_SHOWN)


def neighbours_note(near: Neighbourhood) -> str:
    """'12 accounts, most interactions first'."""
    return f"{plural(sum(1 for one in near.accounts if one.hops), 'account')}, most interactions first"


def _row(near: Neighbourhood, one: Neighbour) -> dict[str, str]:
    id_ = one.account.account_id
    to = [tie for tie in near.interactions if tie.source == near.centre and tie.target == id_]
    back = [tie for tie in near.interactions if tie.target == near.centre and tie.source == id_]
    last = max((tie.last_at for tie in (*to, *back) if tie.last_at), default=None)
    return {
        "account": show_text(one.account.handle or id_, 40),
        "to": _said(to),
        "from": _said(back),
        "last": day(last) if last else "",
    }


def _said(ties: list[Interaction]) -> str:
    return ", ".join(f"{tie.n} × {tie.kind}" for tie in sorted(ties, key=lambda tie: (-tie.n, tie.kind)))
