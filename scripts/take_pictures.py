"""Take the pictures of the documents from a workspace made by `flockwatch demo` (made-up data).

python scripts/take_pictures.py WORKSPACE [RINGS]

RINGS is a workspace with accounts in other hands, made of `flockwatch generate --preset takeover` by ingest and detect; from it the
pictures of rings are taken.

When the workspace remembers a graph server (flockwatch ingest --graph), the pages that read it are taken, too, and then those
without it: give the login in FLOCKWATCH_NEO4J_USER and FLOCKWATCH_NEO4J_PASSWORD.
"""

import os
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from graph.runs import load_run
from graph.team_server import remembered
from graph.workspace import open_workspace
from investigator_ui.launch import start, stop

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
CHROMIUM = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def addresses(workspace: Path) -> dict[str, str]:
    """Picture name -> page of the riskiest cluster, its strongest member, and the lists."""
    run = load_run(open_workspace(workspace))
    cluster = run.frame("clusters")["cluster_id"][0]
    members = run.frame("members").sort("score", "account_id", descending=[True, False])
    account = members.filter(members["cluster_id"] == cluster)["account_id"][0]
    return {
        "queue": "/",
        "cluster": f"/cluster?cluster={cluster}",
        "account": f"/account?account={account}",
        "runs": "/runs",
    }


def ring_pages(page: Page, workspace: Path, address: str) -> None:
    """The riskiest ring of victims, its accounts before and after, and the page of the first account taken over."""
    run = load_run(open_workspace(workspace))
    clusters = run.frame("clusters")
    ring = clusters.filter(clusters["type"] == "compromised")["cluster_id"][0]
    page.goto(f"{address}/cluster?cluster={ring}")
    settle(page)
    page.screenshot(path=PICTURES / "ring.png")
    page.get_by_text("When each account changed hands").first.scroll_into_view_if_needed()
    page.mouse.move(245, 600)
    page.mouse.wheel(0, 430)
    time.sleep(4)
    page.screenshot(path=PICTURES / "before_after.png")
    takeovers = run.frame("takeovers").sort("at", "account_id")
    victim = takeovers.filter(takeovers["cluster_id"] == ring)["account_id"][0]
    page.goto(f"{address}/account?account={victim}")
    settle(page)
    page.screenshot(path=PICTURES / "victim.png")


def strongest(workspace: Path) -> tuple[str, str]:
    """The two strongest members of the riskiest cluster."""
    members = load_run(open_workspace(workspace)).frame("members").sort("score", "account_id", descending=[True, False])
    return members["account_id"][0], members["account_id"][1]


def server_pages(page: Page, workspace: Path, address: str) -> None:
    """Explore and the query desk on the team's server."""
    one, _ = strongest(workspace)
    page.goto(f"{address}/explore?centre={one}&hops=2")
    settle(page)
    page.screenshot(path=PICTURES / "explore.png")
    page.goto(f"{address}/query_desk?recipe=around-account")
    settle(page)
    page.get_by_label("account: the id of an account").fill(one)
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Answer to").wait_for(timeout=60_000)
    time.sleep(4)
    page.screenshot(path=PICTURES / "query_desk.png")


def banner_page(browser_page: Page, workspace: Path) -> None:
    """The pages as they are when nobody can log in to the server any more."""
    os.environ["FLOCKWATCH_NEO4J_PASSWORD"] = "not the password"  # noqa: S105 - to be refused
    server, address = start(workspace, None)
    try:
        browser_page.goto(address)
        settle(browser_page)
        browser_page.screenshot(path=PICTURES / "server_away.png")
    finally:
        stop(server)


def settle(page: Page) -> None:
    """Until Streamlit has nothing left to run and the charts are drawn."""
    page.wait_for_selector("h3", timeout=60_000)
    page.wait_for_function("document.querySelectorAll('[data-testid=stStatusWidget]').length === 0", timeout=60_000)
    time.sleep(5)


def main() -> None:
    workspace = Path(sys.argv[1])
    PICTURES.mkdir(exist_ok=True)
    server, address = start(workspace, None)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            for name, path in addresses(workspace).items():
                page.goto(address.rstrip("/") + path)
                settle(page)
                page.screenshot(path=PICTURES / f"{name}.png")
                if name == "cluster":
                    page.get_by_text("What exactly happened").first.scroll_into_view_if_needed()
                    page.mouse.move(245, 600)  # beside the tables, which would scroll instead of the page
                    page.mouse.wheel(0, 700)
                    time.sleep(4)
                    page.screenshot(path=PICTURES / "evidence.png")
            if remembered(open_workspace(workspace)) is not None:
                server_pages(page, workspace, address.rstrip("/"))
                banner_page(page, workspace)
            browser.close()
    finally:
        stop(server)
    if len(sys.argv) > 2:
        rings_of(Path(sys.argv[2]))


def rings_of(workspace: Path) -> None:
    server, address = start(workspace, None)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
            ring_pages(browser.new_page(viewport={"width": 1440, "height": 900}), workspace, address.rstrip("/"))
            browser.close()
    finally:
        stop(server)


if __name__ == "__main__":
    main()
