"""What the documents tell people to type exists; decisions keep their form."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

PROJECT = Path(__file__).parents[2]
PAGES = sorted(
    path for path in (*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), *(PROJECT / "sample_data").glob("*.md"))
)
CODE = re.compile(r"`flockwatch ([^`]+)`|^ {4,}flockwatch (.+)$", re.MULTILINE)


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.fixture(scope="module")
def commands() -> dict[str, Any]:
    """Name -> command of the command line, which loads them when they are asked for."""
    from investigator_ui.cli import app

    group: Any = typer.main.get_command(app)
    asking = group.make_context("flockwatch", ["--help"], resilient_parsing=True)
    return {name: group.get_command(asking, name) for name in group.list_commands(asking)}


def test_the_command_line_has_the_commands_of_the_design(commands: dict[str, Any]):
    assert {"demo", "ingest", "detect", "clusters", "explain", "decide", "report", "audit", "ui", "doctor"} <= set(
        commands
    )


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_and_option_in_the_documents_exists(page: Path, commands: dict[str, Any]):
    unknown = []
    for inline, block in CODE.findall(page.read_text("utf-8")):
        words = (inline or block).split("#")[0].split()
        command = commands.get(words[0])
        if len(words) > 1 and hasattr(command, "commands"):
            command = command.commands.get(words[1])
        if command is None:
            unknown.append(" ".join(words))
            continue
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        unknown += [
            f"{words[0]} {word}"
            for word in words
            if word.startswith("--") and word.split("=")[0] not in known | {"--help"}
        ]
    assert unknown == []


@pytest.mark.parametrize("number", range(1, 7))
def test_a_decision_has_the_four_headings_and_fits_a_page(number: int):
    (page,) = (PROJECT / "docs" / "decisions").glob(f"{number:04d}-*.md")
    text = page.read_text("utf-8")
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["## Context", "## Options", "## Choice", "## What would change our mind"]
    assert len(text.splitlines()) <= 60


def test_every_decision_stands_in_the_list():
    listed = (PROJECT / "docs" / "decisions" / "README.md").read_text("utf-8")
    assert [p.name for p in sorted((PROJECT / "docs" / "decisions").glob("0*.md")) if p.name not in listed] == []
