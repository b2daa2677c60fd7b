"""Make the sample world: an invented platform over 14 days, three planted operations, and the truth about both.

    python sample_data/make_world.py [--seed 2026] [--out sample_data]

Writes world/posts.csv.gz, world/accounts.csv, world/truth.csv and damaged/posts_damaged.csv below `--out`, prints what is
in them and how the naive baseline does. Exit 1 when the world has become too easy or lost its look-alikes. Needs polars
for that check alone; no network. The same seed gives the same bytes.
"""

import argparse
import sys
from pathlib import Path

import polars as pl
from world_maker.damaged import damaged_posts
from world_maker.files import write_world
from world_maker.naive import Naive, naive_scores, read_posts
from world_maker.world import build_world

SEED = 2026
# The naive baseline on real mixes: precision .28-.58, recall .13-.54. A world on which it does better than this is too easy.
NAIVE_PRECISION_AT_MOST = 0.50
NAIVE_RECALL_AT_MOST = 0.70


def make(out: Path, seed: int = SEED) -> list[Path]:
    """Write the world and the damaged file below `out`; returns the paths."""
    paths = write_world(build_world(seed), out / "world")
    damaged = out / "damaged" / "posts_damaged.csv"
    damaged.parent.mkdir(parents=True, exist_ok=True)
    damaged.write_bytes(damaged_posts(seed))
    return [*paths, damaged]


def quantiles(numbers: pl.Series) -> str:
    steps = (("median", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0))
    ordered = numbers.sort().to_list()
    return ", ".join(f"{name} {ordered[round(step * (len(ordered) - 1))]:,}" for name, step in steps)


def describe(folder: Path) -> list[str]:
    """Sentences about the tails and gaps of the world in `folder`, for comparison with real data."""
    posts = read_posts(folder)
    shares = posts.filter(kind="share").join(
        posts.select("post_id", first="at"), left_on="shared_post_id", right_on="post_id"
    )
    kinds = ", ".join(f"{count} {kind}" for kind, count in posts.group_by("kind").len().sort("kind").iter_rows())
    hours = sorted(posts.group_by(hour=pl.col("created_at").str.slice(11, 2)).len()["len"].to_list())
    return [
        f"{posts.height} posts ({kinds}) by {posts['account_id'].n_unique()} accounts",
        f"posts per account: {quantiles(posts.group_by('account_id').len()['len'])}",
        f"sharers per shared post: {quantiles(shares.group_by('shared_post_id').len()['len'])}",
        f"seconds from post to share: {quantiles(shares['at'] - shares['first'])}",
        f"busiest UTC hour has {hours[-1]} posts, quietest {hours[0]}",
    ]


def verdicts(naive: Naive) -> list[str]:
    """What is wrong with the world; empty when it is fit for use."""
    fooled_by = ("Brindle Wire", "petition hour")
    wrong = [
        f"the naive baseline is not fooled by the look-alike {campaign!r}"
        for campaign in fooled_by
        if not naive.caught[("organic", campaign)][0]
    ]
    if naive.precision > NAIVE_PRECISION_AT_MOST or naive.recall > NAIVE_RECALL_AT_MOST:
        wrong.append("the naive baseline does too well: the world is too easy")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the sample world of Flockwatch.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    asked = parser.parse_args()
    for path in make(asked.out, asked.seed):
        print(f"{path}  {path.stat().st_size:,} bytes")
    naive = naive_scores(asked.out / "world")
    print("", *describe(asked.out / "world"), sep="\n")
    print(
        f"\nnaive baseline (2 objects within 60 s): {naive.flagged} accounts, precision {naive.precision:.2f}, recall {naive.recall:.2f}, organic false positive rate {naive.false_positive_rate:.3f}"
    )
    for (label, campaign), (hit, size) in naive.caught.items():
        print(f"  {label:12} {campaign or '(no group)':24} {hit:4} of {size}")
    wrong = verdicts(naive)
    print(*(f"NOT FIT: {sentence}" for sentence in wrong), sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
