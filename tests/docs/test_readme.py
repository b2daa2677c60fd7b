"""The documents are under test: every command is in the README with a help text, and what they link to exists."""

import re
from pathlib import Path

import pytest
import typer.main

from investigator_ui.cli import HOMES, app

HERE = Path(__file__).parents[2]


@pytest.mark.parametrize("name", HOMES)
def test_every_command_has_help_and_stands_in_the_readme(name):
    command = typer.main.get_group(app).get_command(None, name)
    assert command.help
    assert re.search(rf"`flockwatch {name}\b", (HERE / "README.md").read_text("utf-8")), f"{name} is not in the README"


@pytest.mark.parametrize(
    "page", sorted(str(p.relative_to(HERE)) for p in [*HERE.glob("*.md"), *HERE.glob("docs/**/*.md")])
)
def test_links_between_documents_lead_somewhere(page):
    text = (HERE / page).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert ((HERE / page).parent / target).exists(), f"{page} links to {target}"


def test_no_document_names_a_path_of_a_machine():
    for page in [*HERE.glob("*.md"), *HERE.glob("docs/**/*.md")]:
        assert not re.search(r"(?<![\w.])/(?:work|tmp|home|root|opt)/\w", page.read_text("utf-8")), page.name
