"""What the members did and when: the acts that are evidence in colour, everything else they did in grey."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from graph.fused import told_acts
from investigator_ui.views.names import object_name, trace_family
from investigator_ui.views.wording import count, plural

MOST_ACCOUNTS = 60
MOST_ACTS = 6_000


@dataclass(frozen=True, slots=True)
class Acts:
    """Rows for charts.timeline, and the sentence about what is not drawn ('' if nothing)."""

    rows: pl.DataFrame
    cap: str


def timeline_rows(
    members: pl.DataFrame, evidence: pl.DataFrame, actions: pl.LazyFrame, names: Mapping[str, str]
) -> Acts:
    """Takes MEMBER_SCHEMA and EVIDENCE_SCHEMA of one cluster and ACTION_SCHEMA; returns `account, at, family, object, together`.

    Rows of the most active members first. When not everything fits, acts outside the evidence are left out first.
    """
    sides = told_acts(evidence)
    drawn = (
        members.join(sides.group_by("account_id").len(), on="account_id", how="left")
        .sort(pl.col("len").fill_null(0), pl.col("account_id"), descending=[True, False])
        .head(MOST_ACCOUNTS)["account_id"]
        .to_list()
    )
    mine = sides.filter(pl.col("account_id").is_in(drawn)).with_columns(together=pl.lit(value=True))
    others = _other_acts(actions, mine, drawn, evidence)
    acts = pl.concat([mine, others])
    kept = acts.sort("together", "at", "account_id", descending=[True, False, False]).head(MOST_ACTS)
    place = {id_: index for index, id_ in enumerate(drawn)}
    rows = (
        kept.with_columns(place=pl.col("account_id").replace_strict(place, return_dtype=pl.Int64))
        .sort("place", "at", "trace", "object_id")
        .select(
            account=pl.col("account_id").map_elements(lambda id_: names.get(id_, id_), return_dtype=pl.String),
            at=pl.col("at"),
            family=pl.col("trace").map_elements(trace_family, return_dtype=pl.String),
            object=pl.struct("trace", "object_id").map_elements(
                lambda act: object_name(act["trace"], act["object_id"], names), return_dtype=pl.String
            ),
            together=pl.col("together"),
        )
    )
    return Acts(rows, _cap(len(drawn), members.height, kept.height, acts.height))


def _other_acts(actions: pl.LazyFrame, mine: pl.DataFrame, drawn: list[str], evidence: pl.DataFrame) -> pl.DataFrame:
    span = evidence.select(
        since=pl.min_horizontal(pl.col("left_at").min(), pl.col("right_at").min()),
        until=pl.max_horizontal(pl.col("left_at").max(), pl.col("right_at").max()),
    ).row(0)
    acts = (
        actions.filter(pl.col("account_id").is_in(drawn) & pl.col("at").is_between(*span))
        .select("account_id", "at", "trace", "object_id")
        .unique()
        .collect()
    )
    # One post leaves several traces at one moment; a moment that is evidence is not also "something else".
    return (
        acts.join(mine, on=["account_id", "at"], how="anti")
        .unique(["account_id", "at"])
        .with_columns(together=pl.lit(value=False))
    )


def _cap(accounts: int, members: int, acts: int, all_acts: int) -> str:
    said = []
    if accounts < members:
        said.append(f"{count(accounts)} of {plural(members, 'account')} are drawn, those with the most evidence first")
    if acts < all_acts:
        said.append(f"{count(acts)} of {plural(all_acts, 'act')} are drawn, acts outside the evidence left out first")
    return f"{'; '.join(said)}." if said else ""
