"""The invented workspace of the pages, built once and copied where a test writes, and a way to run a page without a browser."""

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from streamlit.testing.v1 import AppTest

import investigator_ui
from graph.facts import Facts, current_facts
from graph.runs import StoredRun, load_run
from graph.workspace import Workspace, open_workspace
from investigator_ui.launch import WORKSPACE_VARIABLE

OpenPage = Callable[..., AppTest]
APP = Path(investigator_ui.__file__).with_name("app.py")


@pytest.fixture(scope="session")
def world() -> ModuleType:
    """tests/investigator_ui/world.py: the invented world and its names."""
    path = Path(__file__).with_name("world.py")
    spec = importlib.util.spec_from_file_location("flockwatch_pages_world", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def built(world: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The invented workspace; tests read it and leave it as it is."""
    place: Workspace = world.build_world(tmp_path_factory.mktemp("pages") / "workspace")
    return place


@pytest.fixture
def own(built: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the invented workspace that a test may write to."""
    shutil.copytree(built.path, tmp_path / "workspace")
    return open_workspace(tmp_path / "workspace")


@pytest.fixture
def run(built: Workspace) -> StoredRun:
    return load_run(built)


@pytest.fixture
def facts(built: Workspace) -> Facts:
    return current_facts(built)


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenPage]:
    """open_page(workspace, "cluster", cluster="C-2291") runs that page through the router; a failure would stand in `.error`."""

    def opened(workspace: Workspace, page: str = "", **address: str) -> AppTest:
        monkeypatch.setenv(WORKSPACE_VARIABLE, str(workspace.path))
        tested = AppTest.from_file(str(APP), default_timeout=120)
        for name, value in address.items():
            tested.query_params[name] = value
        if page:
            tested.switch_page(f"screens/{page}.py")
        return tested.run()

    return opened
