"""How the members of clusters behave apart from what they share: posting rhythm, reply swarms, sign-up. Signs, never clusters."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from detectors.automation import automation_signals
from detectors.co_rhythm import apart_from, co_rhythm_signals
from detectors.common_acts import common_acts
from detectors.guards.around import Facts
from detectors.rhythm import rhythm_actions, rhythms
from detectors.significance import I64
from detectors.signup import signup_signals
from detectors.swarm_signs import swarm_signals
from graph.traces import TRACES

_ANSWERS = [trace.name for trace in TRACES.values() if trace.evidence == TRACES["reply_author"].evidence]


def manner_signals(facts: Facts, groups: Sequence[I64], everyone: pl.Series) -> list[pl.DataFrame]:
    """NUMBERED_SIGNAL frames; none without groups.

    Automation (like clocks, in the same five minutes, created together) from posts and profiles, lockstep from swarms of
    replies. What the members share already speaks for other signs: neither the hours around it nor the posts that
    carry it count for the rhythm and the swarms.
    """
    if not groups:
        return []
    named = [everyone.gather(group).cast(pl.String).to_list() for group in groups]
    common = common_acts(facts.tested, _who(groups, everyone))
    posts = facts.posts.select("account_id", "at").collect()
    accounts = facts.accounts.select("account_id", "created_at").collect()
    told = []
    if not posts.is_empty():
        told.append(automation_signals(rhythms(posts), named))
        told.append(co_rhythm_signals(_rhythm_apart(posts, common), named))
    if not accounts.is_empty():
        told.append(signup_signals(accounts, named))
    told.append(swarm_signals(_replies_apart(facts.actions, common), named))
    return told


def _who(groups: Sequence[I64], everyone: pl.Series) -> pl.DataFrame:
    number = np.repeat(np.arange(len(groups)), [group.size for group in groups])
    return pl.DataFrame({"cluster": number, "account_id": everyone.gather(np.concatenate(groups)).cast(pl.String)})


def _rhythm_apart(posts: pl.DataFrame, common: pl.DataFrame) -> pl.DataFrame:
    return rhythm_actions(apart_from(posts, common).with_columns(post_id=pl.lit(None, pl.String)))


def _replies_apart(actions: pl.LazyFrame, common: pl.DataFrame) -> pl.DataFrame:
    """The answers to authors, without those whose post carries a text, link or share that two members have in common.

    Answers to one post stay: they speak for the same family, of which the strongest sign counts.
    """
    said = actions.filter(pl.col("trace") == "reply_author").select("account_id", "object_id", "at", "post_id")
    other = common.filter(~pl.col("trace").is_in(_ANSWERS)).drop_nulls("post_id")
    return said.unique().collect().join(other, on=["account_id", "post_id"], how="anti")
