"""The invented workspace of the pages, built once and copied where a test writes, and a way to run a page without a browser."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from streamlit.testing.v1 import AppTest

import investigator_ui
from graph.facts import Facts, current_facts
from graph.runs import StoredRun, load_run
from graph.workspace import Workspace, open_workspace
from investigator_ui.launch import WORKSPACE_VARIABLE, start, stop

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


@pytest.fixture(scope="session")
def address(built: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The served pages of the invented workspace, started from a folder that has nothing to do with the project."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("elsewhere"))
        server, served = start(built.path, None)
    yield served
    stop(server)


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


@dataclass
class Watched:
    """A page of a real Chromium and everything that went wrong or went out while it was open."""

    page: Page
    outside: list[str] = field(default_factory=list)  # requests to any other place than `address`
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)  # console errors and uncaught exceptions


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium of the system, or the one playwright brought."""
    named = os.environ.get("FLOCKWATCH_CHROMIUM", "")
    found = next(
        (path for name in (named, "chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))),
        None,
    )
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def watch(chromium: Browser) -> Iterator[Callable[[str], Watched]]:
    """watch(address) opens a fresh page that notes every request that does not go to `address`."""
    contexts = []

    def opened(address: str) -> Watched:
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        watched = Watched(page)
        inside = (address, address.replace("http://", "ws://"), "data:", "blob:")
        page.on(
            "request", lambda request: None if request.url.startswith(inside) else watched.outside.append(request.url)
        )
        page.on("websocket", lambda ws: None if ws.url.startswith(inside) else watched.outside.append(ws.url))
        page.on("dialog", lambda dialog: (watched.dialogs.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda said: watched.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: watched.errors.append(str(fault)))
        return watched

    yield opened
    for context in contexts:
        context.close()
