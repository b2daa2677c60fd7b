"""How the members of clusters behave apart from what they share: like clocks, and created together. Signs, never clusters."""

from collections.abc import Sequence

import polars as pl

from detectors.automation import automation_signals
from detectors.guards.around import Facts
from detectors.rhythm import rhythms
from detectors.significance import I64
from detectors.signup import signup_signals


def manner_signals(facts: Facts, groups: Sequence[I64], everyone: pl.Series) -> list[pl.DataFrame]:
    """NUMBERED_SIGNAL frames: automation from the times of posts, sign-up bursts from the profiles; none without groups."""
    if not groups:
        return []
    named = [everyone.gather(group).to_list() for group in groups]
    posts = facts.posts.select("account_id", "at").collect()
    accounts = facts.accounts.select("account_id", "created_at").collect()
    told = []
    if not posts.is_empty():
        told.append(automation_signals(rhythms(posts), named))
    if not accounts.is_empty():
        told.append(signup_signals(accounts, named))
    return told
