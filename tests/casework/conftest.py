"""What the tests of casework share: the invented run in a fresh workspace, its work store, and a person."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from casework.actors import LOCAL_ROLE, Actor
from casework.work_store import WorkStore, open_work_store
from graph.runs import StoredRun
from graph.workspace import Workspace


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """tests/sample_run.py: the invented run and its names."""
    return _load(Path(__file__).parents[1] / "sample_run.py")


@pytest.fixture
def run(workspace: Workspace, sample: ModuleType) -> StoredRun:
    """The invented run, stored."""
    stored: StoredRun = sample.save_sample_run(workspace)
    return stored


@pytest.fixture
def store(workspace: Workspace) -> Iterator[WorkStore]:
    """An empty work store in the workspace."""
    opened = open_work_store(workspace)
    yield opened
    opened.close()


@pytest.fixture
def ana() -> Actor:
    """A person who works alone."""
    return Actor("ana", LOCAL_ROLE)
