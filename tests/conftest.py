"""What every test may ask for: the real data beside the project, a fresh workspace, and an honest way to leave things out."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from graph.workspace import Workspace, open_workspace
from tests.command_line import flockwatch
from tests.graph.neo4j_server import TestServer, running_server

SKIPPED = {name.strip() for name in os.environ.get("FLOCKWATCH_SKIP", "").split(",") if name.strip()}
NEEDS = {
    "real_data": "data",
    "browser": "browser",
    "neo4j": "neo4j",
}  # mark -> the word in FLOCKWATCH_SKIP that leaves it out

# A loaded machine is slow, not wrong: no deadline. In CI the same examples each time, so that red means a change; at a desk new ones.
settings.register_profile("flockwatch", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("flockwatch")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, aloud, only what FLOCKWATCH_SKIP names: a missing component is a failure, not a skip."""
    for item in items:
        for mark, word in NEEDS.items():
            if word in SKIPPED and item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=f"left out aloud by FLOCKWATCH_SKIP={word}"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data, reference answers and hostile files beside the project."""
    folder = Path(os.environ.get("FLOCKWATCH_SHARED", Path(__file__).parents[2] / "shared"))
    if not folder.is_dir():
        pytest.fail(f"{folder} is missing: name the data folder with FLOCKWATCH_SHARED, or FLOCKWATCH_SKIP=data")
    return folder


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    """One real Neo4j for the whole session; who kills it starts it again."""
    with running_server(tmp_path_factory.mktemp("neo4j") / "home") as server:
        yield server


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A new, empty workspace."""
    return open_workspace(tmp_path / "workspace", create=True)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """The workspace of `flockwatch demo` and what the command said: the one whole run of the sample world, shared by all."""
    folder = tmp_path_factory.mktemp("demo") / "workspace"
    done = flockwatch("demo", "--workspace", folder, "--json")
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)
