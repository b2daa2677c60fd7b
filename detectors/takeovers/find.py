"""Rings of accounts taken over by one actor, from the facts to what became of each victim."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.stages import Funnel
from detectors.takeovers.adoption import entities
from detectors.takeovers.aftermath import VICTIM_SCHEMA, victims
from detectors.takeovers.alarm import Level, alarms, level
from detectors.takeovers.changes import changes
from detectors.takeovers.couples import couples
from detectors.takeovers.habits import FEATURES, TOLD_BY
from detectors.takeovers.histories import AT_ONCE, Facts, histories, of_accounts
from detectors.takeovers.kinds import kinds, victim_index
from detectors.takeovers.population import Names
from detectors.takeovers.rings import Ring, rings
from detectors.takeovers.signs import NONE, Signs, signs
from detectors.takeovers.stuffing import stuffed
from detectors.takeovers.surprises import surprises
from detectors.takeovers.ties import Tested, tested_figures, ties, uses
from graph.schemas import TIME, FrameSchema

RING_SCHEMA: FrameSchema = {
    "ring": pl.Int64,
    "type": pl.String,  # compromised | farm | managed | owner_run | undetermined, see kinds.py
    "size": pl.Int64,
    "victim_index": pl.Float64,  # 0..1, median of the members
    "changed": pl.Float64,  # how many times as much of what they do is new; median of the members
    "sentence": pl.String,
    # Share of the pairs of members that acted together, before and after; null when fewer than two showed a site or a text.
    "pairs_before": pl.Float64,
    "pairs_after": pl.Float64,
}
SIGN_SCHEMA: FrameSchema = {
    "ring": pl.Int64,
    "feature": pl.String,
    "value": pl.String,
    "other_feature": pl.String,  # of a couple; null for a single new thing
    "other_value": pl.String,
    "accounts": pl.Int64,  # of the ring, that show it
    "since": TIME,  # the first of them
    "until": TIME,  # and the last
    "adopted": pl.Int64,  # accounts that took it up within the window that was tested; of a couple both; null for guessed passwords
    "broke": pl.Int64,  # of these, how many broke with their other habits; null for a couple
    "expected": pl.Float64,  # how many of them would by chance
    "p": pl.Float64,
    "q": pl.Float64,
}
MEMBER_SCHEMA: FrameSchema = {
    "account_id": pl.String,
    **{name: kind for name, kind in VICTIM_SCHEMA.items() if name != "account"},
    "victim_index": pl.Float64,
    # The first time it left its own habits by more than all but one of a thousand account-months do, and the last event at which it
    # had not; null when it never did, or when there were too few months to say.
    "alarm_not_before": TIME,
    "alarm_at": TIME,
}


@dataclass(frozen=True)
class Takeovers:
    """`rings` (RING_SCHEMA), `members` (MEMBER_SCHEMA) and `signs` (SIGN_SCHEMA), sorted; equal facts give equal frames.
    Of the members also `uses` (ties.USE_SCHEMA) and `changes` (changes.CHANGE_SCHEMA), of the values `ties` (ties.TIE_SCHEMA), the
    first two with account_id for account. `alarm`: the level of the alarms, None when there were too few months of accounts outside of rings to set one.
    """

    rings: pl.DataFrame
    members: pl.DataFrame
    signs: pl.DataFrame
    uses: pl.DataFrame
    ties: pl.DataFrame
    changes: pl.DataFrame
    alarm: Level | None = None


def find_takeovers(
    posts: pl.LazyFrame,
    sessions: pl.LazyFrame,
    actions: pl.LazyFrame,
    accounts: pl.LazyFrame,
    *,
    q: float = 0.01,
    seed: int = 0,
    at_once: int = AT_ONCE,
    funnel: Funnel | None = None,
) -> Takeovers:
    """Takes the canonical tables (graph.schemas), any of which may be empty; the order of their rows changes nothing.

    `at_once`: rows of the tables that are held together; it changes nothing but memory and time.
    `q`: false discoveries among the signs, Benjamini-Hochberg over all that could have been told.
    """
    funnel = funnel or Funnel()
    # Others would only be read, part by part, and left out: ten million shares cost 16 s.
    facts = Facts(posts, sessions, actions.filter(pl.col("trace").is_in(list(TOLD_BY))))
    with funnel.step("habits", 0) as step:
        read = histories(facts, funnel, at_once)
        names, taken = read.names, read.taken
        step.rows_in, step.rows_out = read.observations, taken.account.size
    with funnel.step("taken up together", taken.account.size) as step:
        guessed = stuffed(names, sessions, taken)
        single, joint = entities(names, taken), couples(names, read.daily, taken)
        told = signs(taken, single, joint, guessed, q)
        step.rows_out = told.value.size
    with funnel.step("rings", told.value.size) as step:
        groups = rings(told, names, seed)
        step.rows_out = len(groups)
    members = [names.account_ids[code] for group in groups for code in group.members.tolist()]
    inside = pl.col("account_id").is_in(pl.Series(members, dtype=pl.String).implode())
    with funnel.step("victims", len(members)):
        observed = of_accounts(facts, names, members)
        seen = victims(observed, groups, sessions.filter(inside).collect(), accounts.filter(inside).collect())
        inside_rings = np.concatenate([np.empty(0, np.int64), *(group.members for group in groups)])
        above = level(read.excursions, inside_rings)
        gone = alarms(surprises(observed, read.population), above)
        seen = seen.with_columns(victim_index(seen)).join(gone, on="account", how="left", maintain_order="left")
    kind = kinds(observed, names, groups, told, seen)
    with funnel.step("before and after", len(members)) as step:
        used = uses(names, groups, told, taken)
        tied, changed = ties(names, read.daily, taken, used), changes(observed, groups)
        step.rows_out = changed.height
    rows = [
        (
            number,
            one.type,
            group.members.size,
            one.victim_index,
            one.changed,
            one.sentence,
            one.pairs_before,
            one.pairs_after,
        )
        for number, (group, one) in enumerate(zip(groups, kind, strict=True))
    ]
    return Takeovers(
        pl.DataFrame(rows, schema=dict(RING_SCHEMA), orient="row"),
        _named(names, seen).select(pl.col(name).cast(dtype) for name, dtype in MEMBER_SCHEMA.items()),
        pl.DataFrame(
            _sign_rows(names, groups, told, tested_figures(single, joint)), schema=dict(SIGN_SCHEMA), orient="row"
        ),
        _named(names, used),
        tied,
        _named(names, changed),
        above,
    )


def _named(names: Names, rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with account_id in the place of account."""
    ids = names.account_ids.gather(rows["account"]).cast(pl.String).alias("account_id")
    return rows.insert_column(1, ids).drop("account")


def _sign_rows(names: Names, groups: Sequence[Ring], told: Signs, tested: Tested) -> list[Mapping[str, object]]:
    rows: list[Mapping[str, object]] = []
    for number, group in enumerate(groups):
        inside = set(group.members.tolist())
        for sign in sorted(group.signs.tolist(), key=lambda one: (told.p[one], told.value[one], told.other[one])):
            feature, value = names.values.row(int(told.value[sign]))
            other = names.values.row(int(told.other[sign])) if told.other[sign] != NONE else (None, None)
            who, at = told.members(sign)
            when = at[np.isin(who, group.members)]
            key = int(told.value[sign]), int(told.other[sign]), float(told.p[sign])
            adopted, broke, expected = tested.get(key, (None, None, None))
            rows.append(
                {
                    "ring": number,
                    "feature": FEATURES[feature].name,
                    "value": value,
                    "other_feature": None if other[0] is None else FEATURES[other[0]].name,
                    "other_value": other[1],
                    "accounts": len(inside & set(who.tolist())),
                    "since": int(when.min()),
                    "until": int(when.max()),
                    "adopted": adopted,
                    "broke": broke,
                    "expected": expected,
                    "p": float(told.p[sign]),
                    "q": float(told.q[sign]),
                }
            )
    return rows
