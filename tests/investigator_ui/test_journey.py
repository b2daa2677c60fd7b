"""A journey through the served pages in a real Chromium: open, pick a cluster, read the evidence, decide, take the report."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from casework.decisions import decisions
from casework.work_store import open_work_store
from graph.workspace import Workspace
from investigator_ui.launch import start, stop

pytestmark = pytest.mark.browser
expect.set_options(timeout=60_000)
# A page opened by its path asks for its own address first; the answer 404 sends it to the root. Streamlit's, not ours.
_STREAMLITS_OWN = "Failed to load resource: the server responded with a status of 404"


@pytest.fixture
def served(own: Workspace) -> Iterator[str]:
    server, address = start(own.path, None)
    yield address
    stop(server)


def settled(page: Page) -> Page:
    """Wait until the run of the page is over and its head is drawn."""
    page.wait_for_selector("h3")
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_timeout(400)
    return page


def untouched(watched) -> bool:
    """Nothing went out, nothing ran, nothing failed."""
    ours = [error for error in watched.errors if not error.startswith(_STREAMLITS_OWN)]
    assert (watched.outside, watched.dialogs, ours) == ([], [], [])
    return True


def test_an_investigator_goes_from_the_queue_to_a_decision(
    served: str, own: Workspace, watch: Callable, tmp_path: Path
) -> None:
    watched = watch(served)
    page = watched.page
    page.goto(served)
    settled(page)
    expect(page.get_by_text("2 clusters", exact=True)).to_be_visible()
    page.get_by_role("button", name="Open").click()
    page.wait_for_url("**/cluster?cluster=C-2291*")
    settled(page)
    expect(page.get_by_text("Why flagged")).to_be_visible()
    expect(page.get_by_text("Could be innocent")).to_be_visible()
    expect(page.get_by_text("40 of 40 accounts · 451 links")).to_be_visible()
    expect(page.get_by_text("900 of 900 shared acts shown", exact=False)).to_be_visible()
    page.get_by_text("Timeline", exact=True).click()
    expect(page.get_by_text("Coloured: acts that are evidence", exact=False)).to_be_visible()
    assert "part=Timeline" in page.url

    page.get_by_text("Violating", exact=True).click()
    page.get_by_role("textbox", name="Reason").fill("One template, seven seconds apart, nine days long.")
    page.get_by_role("button", name="Save decision").dblclick()
    expect(page.get_by_text("Saved as decision 1: violating.")).to_be_visible()
    settled(page)
    expect(page.get_by_text("One template, seven seconds apart, nine days long.")).to_be_visible()
    with open_work_store(own) as store:
        assert [(one.cluster_id, str(one.verdict)) for one in decisions(store)] == [("C-2291", "violating")]

    with page.expect_download() as coming:
        page.get_by_role("button", name="Report").click()
    assert coming.value.suggested_filename == "report-r-0412-7f3a-C-2291.zip"
    content = Path(coming.value.path()).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        text = next(pack.read(name).decode() for name in pack.namelist() if name.endswith(".html"))
    assert "nine days long" in text
    assert untouched(watched)


def test_a_row_tick_stands_out_in_the_picture_and_opens_the_account(address: str, watch: Callable) -> None:
    watched = watch(address)
    page = watched.page
    page.goto(f"{address}/cluster?cluster=C-2291")
    settled(page)
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 16, box["y"] + 30 + 18)  # the tick of the first row
    expect(page.get_by_text("40 of 40 accounts · 451 links · 1 picked")).to_be_visible()
    expect(page.get_by_text("only acts of the picked accounts", exact=False)).to_be_visible()
    page.get_by_role("button", name="Open account amber_kite_100").click()
    page.wait_for_url("**/account?account=id-amber_kite_100*")
    settled(page)
    expect(page.get_by_text("34 other accounts", exact=True)).to_be_visible()
    assert untouched(watched)


def test_victims_are_found_by_their_kind_read_before_and_after_and_secured(
    served: str, own: Workspace, watch: Callable
) -> None:
    watched = watch(served)
    page = watched.page
    page.goto(served)
    settled(page)
    page.get_by_text("accounts in other hands", exact=True).click()
    expect(page.get_by_text("1 of 3 shown", exact=False)).to_be_visible()
    assert "kind=accounts+in+other+hands" in page.url
    page.get_by_role("button", name="Open").click()
    page.wait_for_url("**/cluster?cluster=C-2304*")
    settled(page)
    expect(page.get_by_role("heading", name="What ties it")).to_be_visible()
    expect(page.get_by_text("between 06 Nov 08:12:03 UTC, its last event before", exact=False)).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(4)  # signals, network, times, before and after
    settled(page)
    page.get_by_role("combobox", name="Account").press(
        "ArrowDown"
    )  # a click may miss while charts still take their place
    page.get_by_role("option").nth(3).click()
    expect(page.get_by_text("at or before 06 Nov 14:12:03 UTC", exact=False)).to_be_visible()
    settled(page)
    page.get_by_text("What changed, in 3 sentences").click()
    expect(page.get_by_text("<img src=x onerror=alert(7)>", exact=False).filter(visible=True).first).to_be_visible()

    page.get_by_text("Violating", exact=True).click()
    page.get_by_role("textbox", name="Reason").fill("One new device on all eight.")
    page.get_by_role("button", name="Save decision").click()
    expect(page.get_by_text("Nothing was saved: 8 of 8 members are victims.", exact=False)).to_be_visible()
    page.get_by_text("Secure the owners", exact=True).click()
    page.get_by_role("button", name="Save decision").click()
    expect(page.get_by_text("Saved as decision 1: secure the owners.")).to_be_visible()
    with open_work_store(own) as store:
        assert [(one.cluster_id, str(one.verdict)) for one in decisions(store)] == [("C-2304", "secure")]
    assert page.locator("img[src*='pixel']").count() == 0
    assert untouched(watched)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/?find=pixel", "<img src=x onerror=alert(6)>"),
        ("/cluster?cluster=C-2304", "<img src=x onerror=alert(6)>"),
        ("/cluster?cluster=C-2304&part=Texts", "<script>alert('name')</script>"),
        ("/cluster?cluster=C-2304&part=Timeline", "<img src=x onerror=alert(6)>"),
        ("/account?account=%3Cscript%3Ealert('name')%3C/script%3E", "<script>alert('name')</script>"),
        ("/cluster?cluster=%3Cimg%20src%3Dhttp%3A%2F%2Fpixel.example%2Fz.png%3E", "This run has no cluster"),
        ("/runs", "rows read"),
    ],
)
def test_hostile_words_are_shown_literally_and_obeyed_nowhere(
    address: str, watch: Callable, path: str, shown: str
) -> None:
    watched = watch(address)
    page = watched.page
    page.goto(address + path)
    settled(page)
    expect(page.get_by_text(shown, exact=False).filter(visible=True).first).to_be_visible()
    page.mouse.move(700, 500)
    page.mouse.wheel(0, 4_000)
    page.wait_for_timeout(1_000)
    assert "gone" not in page.title()
    assert page.locator("img[src*='pixel']").count() == 0
    assert untouched(watched)
