"""Rings spliced into real histories: who is found from posts alone, and who with log-ins made up beside them.

    python -m tests.bench.takeover_transplants --shared DIR [--sets ira german fans] [--seeds 1 2 3]

Transplanted: the histories are real, the rings are not, and the log-ins are made (docs/generator.md). Prints counts and rates only.
"""

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from detectors.takeovers import find_takeovers
from detectors.worlds.takeovers import Transplant, Transplanted, drawn_transplants, transplanted, transplanted_access
from detectors.worlds.takeovers.made import posted_actions
from detectors.worlds.takeovers.rings import LEAST_EVENTS
from graph.schemas import ACCOUNT_SCHEMA, ACTION_SCHEMA, POST_SCHEMA, SESSION_SCHEMA
from ingest.canonical.addresses import block_of
from tests.bench.takeovers_bench import as_table, scored

_CODES = {"English": "en", "Russian": "ru", "German": "de", "Ukrainian": "uk"}


def ira(shared: Path, seed: int) -> pl.DataFrame:
    """Six in ten of the accounts of the collection. Its links are shortened, so that any site of a ring's own stands out."""
    rows = pl.scan_parquet(shared / "data" / "ira_2012_2016.parquet")
    text = pl.col("content")
    return rows.filter(pl.col("author_id").hash(seed) % 10 < 6).select(
        post_id=pl.col("row_id").cast(pl.String), account_id="author_id", at=pl.col("publish_date"), text=text,
        kind=pl.when(pl.col("retweet") == 1).then(pl.lit("share")).otherwise(pl.lit("post")),
        lang=pl.col("language").replace_strict(_CODES, default="und"), urls=text.str.extract_all(r"https?://[^\s…]+"),
        hashtags=text.str.to_lowercase().str.extract_all(r"#\w+"), mentions=text.str.to_lowercase().str.extract_all(r"@\w+"),
    ).collect()  # fmt: skip


def german(shared: Path, seed: int) -> pl.DataFrame:
    """All accounts: sites, links and hashtags of 15 Aug to 7 Sep 2021, no texts. The seed draws nothing."""
    rows = pl.read_parquet(shared / "data" / "german_elections_to_sep7.parquet").drop_nulls("post_id")
    link = pl.format("https://{}.example/{}", "domain_id", pl.col("url_id").fill_null("0"))
    return rows.group_by("post_id", maintain_order=True).agg(
        pl.col("account_id").first(), (pl.col("timestamp").first() * 1e6).cast(pl.Int64).alias("at"),
        link.drop_nulls().unique(maintain_order=True).alias("urls"),
        pl.col("hashtag_id").drop_nulls().unique(maintain_order=True).alias("hashtags"),
    ).with_columns(pl.col("at").cast(pl.Datetime("us")), kind=pl.lit("post"))  # fmt: skip


def fans(shared: Path, seed: int) -> pl.DataFrame:
    """A third of the fans of celebrities: times of posts and nothing else."""
    rows = pl.read_parquet(shared / "data" / "celebrity_fans_2016.parquet").with_row_index("row")
    account = pl.format("{}-{}", "celebrity", "node")
    kept = rows.filter((pl.col("node") != "1") & (account.hash(seed) % 3 == 0))
    at = pl.from_epoch(pl.col("time_raw").cast(pl.Int64, strict=False)).cast(pl.Datetime("us"))
    return kept.select(
        post_id=pl.col("row").cast(pl.String), account_id=account, at=at, kind=pl.lit("post")
    ).drop_nulls("at")


# How many rings, of how many accounts at most: as many as have the accounts with 20 posts over 14 days and five after them.
SIZES: Mapping[str, tuple[int, int]] = {"ira": (25, 48), "german": (8, 12), "fans": (12, 48)}
SETS: Mapping[str, Callable[[Path, int], pl.DataFrame]] = {"ira": ira, "german": german, "fans": fans}


def rings_for(posts: pl.DataFrame, seed: int, count: int, most: int, access: bool) -> tuple[Transplant, ...]:
    """Rings that bring only what the collection can show: no client where none is recorded, no text where there are none."""
    shown = {"client": "client", "domain": "urls", "text": "text"}
    blind = [
        tie for tie, column in shown.items() if column not in posts.columns or not posts[column].drop_nulls().len()
    ]
    drawn = drawn_transplants(count, seed, most, infrastructure=access)
    told = []
    for one in drawn:
        ties = tuple(tie for tie in one.ties if tie not in blind)
        usable = [tie for tie in ("device", "network") if access] + [tie for tie in shown if tie not in blind]
        told.append(replace(one, ties=ties if len(ties) >= min(2, len(usable)) else tuple(usable[:2])))
    return tuple(told)


def with_columns_of_posts(posts: pl.DataFrame) -> pl.DataFrame:
    return as_table(posts.with_columns(pl.col("at").dt.replace_time_zone("UTC")), POST_SCHEMA).collect()


def figures(name: str, shared: Path, seed: int, access: bool) -> dict[str, object]:
    posts = SETS[name](shared, seed)
    asked = rings_for(posts, seed, *SIZES[name], access)
    made = transplanted(with_columns_of_posts(posts), asked, seed)
    sessions = transplanted_access(made, asked, seed) if access else pl.DataFrame(schema=dict(SESSION_SCHEMA))
    started = time.perf_counter()
    found = find_takeovers(
        as_table(made.posts, POST_SCHEMA),
        as_table(sessions.with_columns(ip_block=block_of("ip")), SESSION_SCHEMA),
        as_table(posted_actions(made.posts), ACTION_SCHEMA),
        as_table(made.labels.select("account_id"), ACCOUNT_SCHEMA),
    )
    usable = made.posts.group_by("account_id").len().filter(pl.col("len") >= LEAST_EVENTS).height
    return {
        "set": name, "seed": seed, "log-ins": access, "posts": made.posts.height, "with_history": usable, "asked": len(asked),
        "seconds": round(time.perf_counter() - started, 1), **scored(found.rings, found.members, _labels(made)),
    }  # fmt: skip


def _labels(made: Transplanted) -> pl.DataFrame:
    return made.labels.with_columns(campaign=pl.lit(""))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    options = parser.parse_args(arguments)
    for name in options.sets:
        for seed in options.seeds:
            for access in (False, True):
                told = figures(name, options.shared, seed, access)
                print(json.dumps(told), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
