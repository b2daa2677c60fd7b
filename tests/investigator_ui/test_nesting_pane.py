"""The pane 'Wider and finer': part of what, splits into what, which other clusters; names are shown and never obeyed."""

import polars as pl
import pytest

from graph.schemas import NESTING_SCHEMA
from investigator_ui.views.nesting_rows import joined_clusters, nesting_rows, nesting_sentence


def rows(*told: tuple[str, float, int, int, list[str]]) -> pl.DataFrame:
    """relation, resolution, size, shared, clusters of the cluster C-1."""
    return pl.DataFrame(
        [
            ("C-1", relation, resolution, f"G-{number}", size, shared, clusters)
            for number, (relation, resolution, size, shared, clusters) in enumerate(told)
        ],
        schema=dict(NESTING_SCHEMA),
        orient="row",
    )


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (
            rows(("coarser", 0.1, 30, 10, ["C-1", "C-2"]), ("finer", 2.0, 10, 10, ["C-1"])),
            "Part of a wider group of **30 accounts**, which holds all of its members and those of C-2: they may be one operation. "
            "It does not come apart at a finer look.",
        ),
        (
            rows(("coarser", 0.1, 14, 8, ["C-1"]), ("finer", 2.0, 6, 6, ["C-1"]), ("finer", 5.0, 4, 4, ["C-1"])),
            "Part of a wider group of **14 accounts**, which holds 8 of 10 of its members. "
            "At a finer look **6 members** stay together, with 4 members in none.",
        ),
        (
            rows(("coarser", 0.1, 10, 10, ["C-1"]), ("finer", 2.0, 4, 4, ["C-1"]), ("finer", 2.0, 6, 6, ["C-1"])),
            "A wider look joins nobody else to it. At a finer look it splits into **2 groups** of 6 and 4.",
        ),
        (
            rows(("finer", 2.0, 10, 10, ["C-1"]), ("finer", 5.0, 5, 5, ["C-1"]), ("finer", 5.0, 4, 4, ["C-1"])),
            "No wider group holds most of it. At a finer look it splits into **2 groups** of 5 and 4, with 1 member in none.",
        ),
        (rows(("coarser", 0.1, 10, 10, ["C-1"])), "A wider look joins nobody else to it. A finer look leaves no group of it together."),
    ],
)  # fmt: skip
def test_both_directions_are_said_with_their_sizes(told: pl.DataFrame, words: str):
    assert nesting_sentence(told, "C-1", 10) == words


def test_a_group_without_links_says_why_there_is_nothing():
    assert nesting_sentence(rows(), "C-1", 10).startswith("Neither a wider nor a finer look")
    assert nesting_rows(rows(), "C-1").is_empty()


def test_the_table_goes_from_the_widest_to_the_finest_and_names_the_others():
    told = rows(("finer", 5.0, 4, 4, ["C-1"]), ("coarser", 0.1, 30, 10, ["C-1", "C-2", "C-3"]))
    assert nesting_rows(told, "C-1").rows() == [("wider", 0.1, 30, 10, "C-2 and C-3"), ("finer", 5.0, 4, 4, "")]
    assert joined_clusters(told, "C-1") == ["C-2", "C-3"]


def test_names_of_clusters_are_shown_and_not_obeyed():
    told = rows(("coarser", 0.1, 30, 10, ["C-1", "![x](http://a.example)"]))
    assert "![x](" not in nesting_sentence(told, "C-1", 10)


def test_many_joined_clusters_are_counted():
    told = rows(("coarser", 0.1, 30, 10, ["C-1", *(f"D-{n}" for n in range(8))]))
    assert "D-0, D-1, D-2, D-3, D-4 and 3 more: they may be one operation" in nesting_sentence(told, "C-1", 10)


def test_the_cluster_page_says_what_it_is_part_of_and_splits_into(built, open_page, world):
    page = open_page(built, "cluster", cluster=world.BIG)
    assert not page.error
    said = "\n".join(element.value for element in page.markdown)
    assert "Part of a wider group of **51 accounts**, which holds all of its members and those of C-2304" in said
    assert "it splits into **2 groups** of 22 and 13, with 5 members in none" in said
    shown = next(table.value for table in page.dataframe if "look" in table.value.columns)
    assert shown["look"].to_list() == ["wider", "finer", "finer"]
    assert shown["accounts"].to_list() == [51, 22, 14]


def test_a_cluster_that_no_wider_group_holds_says_so(built, open_page, world):
    page = open_page(built, "cluster", cluster=world.TAGS)
    said = "\n".join(element.value for element in page.markdown)
    assert "No wider group holds most of it. It does not come apart at a finer look." in said
