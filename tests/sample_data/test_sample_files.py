"""The committed files are those that the makers make, small, and made of nothing real."""

import gzip
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest


@pytest.fixture(scope="module")
def remade(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The world made anew by the script, as a person would run it, and what the script said."""
    out = tmp_path_factory.mktemp("world")
    ran = subprocess.run(
        [sys.executable, str(sample / "make_world.py"), "--out", str(out)], capture_output=True, text=True, check=True
    )
    return out, ran.stdout


@pytest.mark.parametrize("name", ["world/accounts.csv", "world/truth.csv", "damaged/posts_damaged.csv"])
def test_a_plain_file_comes_out_byte_for_byte_again(sample: Path, remade: tuple[Path, str], name: str):
    assert (remade[0] / name).read_bytes() == (sample / name).read_bytes()


def test_the_packed_posts_hold_the_same_bytes_again(sample: Path, remade: tuple[Path, str]):
    again, committed = (folder / "world" / "posts.csv.gz" for folder in (remade[0], sample))
    assert gzip.decompress(again.read_bytes()) == gzip.decompress(committed.read_bytes())


def test_packing_is_free_of_time_and_name_and_gives_the_same_bytes_twice(sample: Path):
    from world_maker.files import packed

    committed = (sample / "world" / "posts.csv.gz").read_bytes()
    content = gzip.decompress(committed)
    assert packed(content) == packed(content)
    assert committed[3] == 0, "flags: no file name, no comment"
    assert committed[4:8] == b"\0\0\0\0", "modification time"


def test_another_seed_gives_another_world_that_is_as_hard(tmp_path: Path):
    from make_world import make, verdicts
    from world_maker.naive import naive_scores

    for seed in (1, 2):
        make(tmp_path / str(seed), seed)
        assert verdicts(naive_scores(tmp_path / str(seed) / "world")) == []
    one, two = ((tmp_path / seed / "world" / "accounts.csv").read_bytes() for seed in ("1", "2"))
    assert one != two


def test_the_sample_is_about_two_megabytes(sample: Path):
    size = sum(path.stat().st_size for folder in ("world", "damaged") for path in (sample / folder).iterdir())
    assert 1_500_000 < size <= 2_200_000


def test_every_domain_is_one_that_nobody_can_register(sample: Path, posts: pl.DataFrame):
    damaged = (sample / "damaged" / "posts_damaged.csv").read_text("utf-8")
    texts = [*posts["text"].drop_nulls(), *posts["urls"].explode().drop_nulls(), damaged]
    hosts = {host for text in texts for host in re.findall(r"https?://([^/\s\"]+)", text)}
    assert len(hosts) > 12
    assert {host for host in hosts if not host.endswith(".example")} == set()
    bare = re.compile(r"\b[\w-]+\.(?:com|net|org|io|info|ly|me|co|us|ru|de|br|jp|in)\b", re.IGNORECASE)
    assert [text for text in texts if bare.search(text)] == []


def test_countries_are_codes_that_no_country_has(sample: Path):
    accounts = pl.read_csv(sample / "world" / "accounts.csv", infer_schema=False)
    assert set(accounts["country"]) == {"XE", "XN", "XP", "XJ", "XR", "XH"}


def test_the_damaged_file_holds_the_damage_it_promises(sample: Path):
    lines = (sample / "damaged" / "posts_damaged.csv").read_bytes().decode().split("\n")
    assert (lines.pop(), len(lines)) == ("", 1 + 130 + 5 + 1 + 1)  # header, sound, bad, repeated, blank
    assert lines.count("") == 1
    assert len(lines) - len(set(lines)) == 1
    for fault in ("2026-02-31T", "03/04/2026 10:00", "u10\u200b03", "1.23E+17", "\0"):
        assert sum(fault in line for line in lines) == 1
    assert sum(line.count(",") == 3 for line in lines if line) == 1
    assert 5 / 137 < 0.05, "under the share of bad rows at which a file is refused"


def test_the_readme_states_what_the_script_prints(sample: Path, remade: tuple[Path, str]):
    """Figures written by hand go stale; these may not."""
    readme = (sample / "README.md").read_text("utf-8")
    found = re.search(r"baseline .*: (\d+) accounts, precision 0(\.\d+), recall 0(\.\d+), .* rate 0(\.\d+)", remade[1])
    assert found
    assert all(figure in readme for figure in found.groups())
    posts = re.search(r"(?m)^(\d+) posts", remade[1])
    assert posts
    assert f"{int(posts[1]):,} posts" in readme
    for line in remade[1].splitlines():
        if grouped := re.match(
            r"  \w+ +(copypasta ring|link farm|fast-share ring|Brindle Wire|petition hour) +\d+ of (\d+)", line
        ):
            assert re.search(rf"\| {grouped[1]} \| \w+ \| {grouped[2]} \|", readme)
