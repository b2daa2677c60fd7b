"""How often the alarm goes for accounts nobody took over, at a level that was set on others.

    python -m tests.bench.takeover_alarms [--events N] [--seeds 31 32 33] [--shared DIR]

The level is set on half of the accounts, drawn by a hash, and the alarms of the other half are counted, and the other way round: per
thousand account-months, with an exact 95 % interval of a Poisson count. Victims: the share that has an alarm within three days of the takeover
at that level. The IRA collection (`--shared`) is real, and not organic: nobody took its accounts over that anybody knew of.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from scipy.special import gammaincinv

from detectors.stages import Funnel
from detectors.takeovers.alarm import MONTHS_PER_ALARM, Excursions, alarms, level
from detectors.takeovers.histories import Facts, histories, of_accounts
from detectors.takeovers.surprises import surprises
from detectors.worlds.takeovers import TakeoverWorld, takeover_world
from detectors.worlds.takeovers.made import posted_actions
from graph.schemas import ACTION_SCHEMA, POST_SCHEMA, SESSION_SCHEMA
from ingest.canonical.addresses import block_of
from tests.bench.takeover_transplants import ira, with_columns_of_posts
from tests.bench.takeovers_bench import as_table


def of_world(world: TakeoverWorld) -> dict[str, object]:
    """Level set on organic accounts; their alarms and those of the victims."""
    sessions = world.sessions.with_columns(ip_block=block_of("ip"))
    facts = Facts(
        as_table(world.posts, POST_SCHEMA), as_table(sessions, SESSION_SCHEMA), as_table(world.actions, ACTION_SCHEMA)
    )
    read = histories(facts, Funnel())
    ids = read.names.account_ids
    organic = world.labels.filter(pl.col("label") == "organic")["account_id"]
    others = np.flatnonzero(~ids.is_in(organic.implode()).to_numpy())
    victims = world.labels.filter(pl.col("label") == "compromised")
    observed = of_accounts(facts, read.names, victims["account_id"].to_list())
    told = alarms(surprises(observed, read.population), level(read.excursions, others))
    named = told.with_columns(account_id=ids.gather(told["account"])).join(victims, on="account_id")
    near = (pl.col("alarm_at") - pl.col("taken_at")).dt.total_hours().is_between(-1, 72)
    return {**held_out(read.excursions, others), "victims_told": round(named.filter(near).height / victims.height, 3)}


def of_ira(shared: Path) -> dict[str, object]:
    posts = with_columns_of_posts(ira(shared, 31))
    facts = Facts(
        as_table(posts, POST_SCHEMA),
        pl.LazyFrame(schema=dict(SESSION_SCHEMA)),
        as_table(posted_actions(posts), ACTION_SCHEMA),
    )
    return held_out(histories(facts, Funnel()).excursions, np.empty(0, np.int64))


def held_out(seen: Excursions, others: np.ndarray) -> dict[str, object]:
    """Alarms per thousand months of each half of the accounts at the level set on the other half."""
    accounts = np.setdiff1d(seen.settled, others)
    half = pl.Series(accounts).hash(7).to_numpy() % 2 == 0
    count, months, heights = 0, 0.0, []
    for theirs in (accounts[half], accounts[~half]):
        told = level(seen, np.concatenate([others, theirs]))
        if told is None:
            return {"months": round(float(seen.months[np.isin(seen.settled, accounts)].sum())), "rate": None}
        heights.append(round(told.height, 1))
        count += int((seen.peak[np.isin(seen.account, theirs)] > told.height).sum())
        months += float(seen.months[np.isin(seen.settled, theirs)].sum())
    low, high = poisson_interval(count)
    scale = MONTHS_PER_ALARM / months
    interval = [round(low * scale, 2), round(high * scale, 2)]
    return {"months": round(months), "levels": heights, "alarms": count, "rate": round(count * scale, 2), "interval": interval}  # fmt: skip


def poisson_interval(count: int) -> tuple[float, float]:
    """Garwood's exact 95 % interval."""
    return float(gammaincinv(count, 0.025)) if count else 0.0, float(gammaincinv(count + 1, 0.975))


def measured(options: argparse.Namespace) -> Iterator[dict[str, object]]:
    for seed in options.seeds:
        yield {"world": seed, **of_world(takeover_world(events=options.events, seed=seed))}
    if options.shared:
        yield {"set": "ira", **of_ira(options.shared)}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=250_000)
    parser.add_argument("--seeds", type=int, nargs="*", default=[31, 32, 33])
    parser.add_argument("--shared", type=Path, default=None)
    for told in measured(parser.parse_args(arguments)):
        print(json.dumps(told), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
