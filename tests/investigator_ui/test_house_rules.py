"""What the pages may not do: call unsafe parts of Streamlit, draw in views, or take a name that belongs to somebody else."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import investigator_ui
from graph.traces import TRACES
from investigator_ui.palette import DARK, LIGHT

PACKAGE = Path(investigator_ui.__file__).parent
OURS = {"graph", "ingest", "detectors", "casework", "investigator_ui"}


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))


def test_no_file_beside_the_app_is_named_like_a_package_or_a_standard_module():
    """The folder of the app comes first on the path while it runs."""
    taken = (OURS | set(sys.stdlib_module_names)) - {"__init__"}
    assert [path.name for path in PACKAGE.glob("*.py") if path.stem in taken] == []
    assert [path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name in taken] == []


def test_no_page_draws_raw_html_or_script():
    forbidden = {"unsafe_allow_html", "unsafe_allow_javascript"}
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword):
                assert node.arg not in forbidden, path
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert (node.value.id, node.attr) not in {("st", "html"), ("st", "iframe"), ("components", "html")}, (
                    path
                )
                assert (node.value.id, node.attr) != ("st", "components"), path


def test_views_and_charts_know_nothing_of_streamlit():
    quiet = [
        *PACKAGE.glob("views/*.py"),
        PACKAGE / "charts.py",
        PACKAGE / "takeover_charts.py",
        PACKAGE / "palette.py",
        PACKAGE / "network_page.py",
    ]
    for path in quiet:
        assert "streamlit" not in {
            name for node in ast.walk(ast.parse(path.read_text("utf-8"))) for name in imported(node)
        }


def imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    return {(node.module or "").split(".")[0]} if isinstance(node, ast.ImportFrom) else set()


def test_pages_hold_no_functions_and_no_types():
    for path in PACKAGE.glob("screens/*.py"):
        made = [
            node
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
        ]
        assert made == [], path


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_marks_and_words_stand_out_from_their_ground(colours):
    marks = [colours.tier["alert"], colours.tier["linked"], *colours.role.values(), *colours.trace.values()]
    assert min(contrast(mark, colours.paper) for mark in marks) >= 2.9  # the bystander grey is the palest, 2.97
    assert min(contrast(ink, colours.paper) for ink in (colours.ink, colours.soft)) >= 4.5
    assert min(contrast(chip, "#FFFFFF") for chip in colours.role_chip.values()) >= 4.4


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_family_of_traces_has_a_colour_and_a_chip(colours):
    families = {trace.family for trace in TRACES.values()}
    assert families <= set(colours.trace)
    assert families <= set(colours.trace_chip)


def test_the_logo_is_made_of_paths_alone():
    for name in ("logo.svg", "mark.svg"):
        drawn = (PACKAGE / "assets" / name).read_text("utf-8")
        assert "<text" not in drawn
        assert "href" not in drawn
        assert drawn.count("http") == 1  # the name of the SVG language itself
