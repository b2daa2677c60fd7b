"""docs/library.md runs as it stands: every block, in order, and prints what stands below it."""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "library.md"
BLOCK = re.compile(r"^```(python|output)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[tuple[int, str, str | None]]:
    """(line of the page, code, expected output or None), in the order of the page."""
    text = PAGE.read_text("utf-8")
    found: list[tuple[int, str, str | None]] = []
    for block in BLOCK.finditer(text):
        if block[1] == "python":
            found.append((text[: block.start(2)].count("\n"), block[2], None))
        else:
            line, code, _ = found.pop()
            found.append((line, code, block[2]))
    return found


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[tuple[str | None, str]], Path]:
    """The names the page leaves behind, (expected, printed) per block, and the folder it ran in."""
    place = tmp_path_factory.mktemp("notebook")
    (place / "sample_data").symlink_to(PROJECT / "sample_data")
    names: dict[str, Any] = {}
    outputs = []
    with contextlib.chdir(place):
        for line, code, expected in blocks():
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                # Empty lines in front, so that a traceback names the line of the page.
                exec(compile("\n" * line + code, str(PAGE), "exec"), names)  # noqa: S102 - our own page
            outputs.append((expected, said.getvalue()))
    return names, outputs, place


def test_the_page_has_an_example_of_every_step():
    steps = (
        "ingest_files(",
        "current_facts(",
        "detect(",
        "explain(",
        "evaluate(",
        "co_action_pairs(",
        "decide(",
        "write_report(",
    )
    code = "".join(code for _, code, _ in blocks())
    assert [step for step in steps if step not in code] == []


def test_blocks_print_what_stands_below_them(ran: tuple[Any, list[tuple[str | None, str]], Path]):
    promised = [(expected, printed) for expected, printed in ran[1] if expected is not None]
    assert len(promised) >= 5
    assert [printed for _, printed in promised] == [expected for expected, _ in promised]


def test_every_other_block_that_prints_says_something(ran: tuple[Any, list[tuple[str | None, str]], Path]):
    silent = [
        (line, code)
        for (line, code, _), (expected, printed) in zip(blocks(), ran[1], strict=True)
        if expected is None and "print(" in code and not printed.strip()
    ]
    assert silent == []


def test_the_first_cluster_of_the_sample_world_is_a_planted_one(ran: tuple[dict[str, Any], Any, Path]):
    """The page decides that it is violating; on an innocent group that would be a lie in print."""
    names = ran[0]
    inside = names["known"].filter(names["pl"].col("cluster_id") == names["first"])
    assert set(inside["label"]) == {"coordinated"}


def test_all_three_operations_are_found_and_innocent_groups_too_as_the_page_says(ran: tuple[dict[str, Any], Any, Path]):
    campaigns = set(ran[0]["known"]["campaign"].drop_nulls())
    assert {"copypasta ring", "link farm", "fast-share ring"} <= campaigns
    assert any(campaign.startswith("fans of") for campaign in campaigns)


def test_the_report_lies_where_the_page_put_it(ran: tuple[Any, Any, Path]):
    pages = list((ran[2] / "reports").glob("*/*.html"))
    assert len(pages) == 1
    assert pages[0].stat().st_size > 10_000


def test_the_run_of_the_page_beats_the_naive_baseline_on_precision_and_recall(ran: tuple[dict[str, Any], Any, Path]):
    """.23 and .63 are the baseline's figures on the sample world (sample_data/README.md, kept true by its own test)."""
    figures = ran[0]["figures"]
    assert figures["precision"] > 0.23
    assert figures["recall"] > 0.63
