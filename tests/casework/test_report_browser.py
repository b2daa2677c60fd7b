"""The report opened in a real browser: nothing runs, nothing is asked for, nothing is blocked that should be drawn."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from casework.actors import Actor
from casework.decisions import decide, decisions
from casework.report import write_report
from casework.work_store import WorkStore
from graph.runs import StoredRun

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def page() -> Iterator[Page]:
    """A page in a fresh Chromium: the system's one where there is one, else the one that playwright brought."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM if CHROMIUM.exists() else None, args=FLAGS)
        yield browser.new_page(viewport={"width": 1100, "height": 900})
        browser.close()


def test_a_report_full_of_hostile_names_runs_nothing_and_asks_for_nothing(
    page: Page, run: StoredRun, store: WorkStore, ana: Actor, tmp_path: Path
) -> None:
    reason = "</style><script>alert(5)</script><img src=http://pixel.example/r.png onerror=alert(6)> [x](javascript:alert(7))"
    decide(store, run=run, cluster_id="c-ring", verdict="violating", reason=reason, actor=ana)
    at = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)
    report = write_report(run, "c-ring", decisions(store), tmp_path, generated_at=at)
    asked, dialogs, said = [], [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: said.append(message.text))  # a blocked style or script is told here
    address = (report.folder / "report.html").as_uri()
    page.goto(address)
    page.mouse.move(400, 600)
    for row in page.locator("tr").all()[:30]:
        row.hover()
    page.wait_for_timeout(300)
    assert (asked, dialogs, said) == ([address], [], [])
    assert page.title() == "Cluster c-ring · Flockwatch report"
    assert page.locator("figure svg[role=img]").count() == 3
    assert page.locator("bdi", has_text=reason).count() == 2  # above, and in the log
    assert page.locator("script, img, iframe, b:not(.head b)").count() == 0
    assert "rgb(51, 64, 143)" in page.locator(".head b").evaluate(
        "node => getComputedStyle(node).color"
    )  # our style is on
    for width in (1100, 700):  # wide tables scroll in themselves
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
