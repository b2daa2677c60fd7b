"""The baseline that everybody can write, and how it does on a world: a world on which it shines is too easy."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

WINDOW_SECONDS = 60
MIN_SHARED = 2


@dataclass(frozen=True, slots=True)
class Naive:
    """What flagging every account of a naive pair gives. `caught` counts flagged accounts per (label, campaign)."""

    flagged: int
    precision: float
    recall: float
    false_positive_rate: float
    caught: dict[tuple[str, str], tuple[int, int]]


def read_posts(folder: Path) -> pl.DataFrame:
    """posts.csv.gz as written, every cell as text, with `at` as seconds since 1970."""
    posts = pl.read_csv(folder / "posts.csv.gz", infer_schema=False)
    return posts.with_columns(at=pl.col("created_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ").dt.epoch("s"))


def touched(posts: pl.DataFrame) -> pl.DataFrame:
    """account_id, object, at: the shared post, the page behind a link (without its query), the text without case and links."""
    page = pl.col("urls").str.json_decode(pl.List(pl.String)).list.first().str.replace(r"\?.*$", "")
    words = (
        pl.col("text")
        .str.replace_all(r"https?://\S+|[#@]\w+", "")
        .str.to_lowercase()
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )
    objects = {
        "share": pl.when(pl.col("kind") == "share").then(pl.col("shared_post_id")),
        "url": page,
        "text": pl.when(words.str.len_chars() >= 20).then(words),
    }
    return pl.concat(
        posts.select("account_id", "at", object=pl.format(f"{trace} {{}}", named)).drop_nulls()
        for trace, named in objects.items()
    )


def naive_pairs(touches: pl.DataFrame) -> pl.DataFrame:
    """left, right, shared: accounts that touched at least MIN_SHARED objects within WINDOW_SECONDS of one another."""
    bucketed = touches.with_columns(bucket=pl.col("at") // WINDOW_SECONDS)
    later = pl.concat([bucketed, bucketed.with_columns(pl.col("bucket") - 1)])
    return (
        bucketed.join(later, on=("object", "bucket"), suffix="_other")
        .filter(
            pl.col("account_id") < pl.col("account_id_other"),
            (pl.col("at") - pl.col("at_other")).abs() <= WINDOW_SECONDS,
        )
        .group_by(left="account_id", right="account_id_other")
        .agg(shared=pl.col("object").n_unique())
        .filter(pl.col("shared") >= MIN_SHARED)
        .sort("left", "right")
    )


def naive_scores(folder: Path) -> Naive:
    """Precision, recall and organic false positive rate of the baseline on the world in `folder`, counted in accounts."""
    pairs = naive_pairs(touched(read_posts(folder)))
    flagged = set(pairs["left"]) | set(pairs["right"])
    truth = pl.read_csv(folder / "truth.csv", infer_schema=False).with_columns(
        flagged=pl.col("account_id").is_in(flagged)
    )
    groups = (
        truth.group_by("label", pl.col("campaign").fill_null(""))
        .agg(pl.col("flagged").sum(), pl.len())
        .sort("label", "campaign")
    )
    caught = {(label, campaign): (hit, size) for label, campaign, hit, size in groups.iter_rows()}
    right = sum(hit for (label, _), (hit, _) in caught.items() if label == "coordinated")
    planted = sum(size for (label, _), (_, size) in caught.items() if label == "coordinated")
    wrong = len(flagged) - right
    return Naive(len(flagged), right / max(1, len(flagged)), right / planted, wrong / (truth.height - planted), caught)
