"""The network page for sharing: no request of any kind, and names that run nowhere."""

import re

import pytest

from graph.errors import NothingThere
from investigator_ui import network_page
from investigator_ui.network_page import UnsafePage, hardened, outside_requests, write_network_page


def test_the_page_holds_the_network_and_loads_nothing(run, tmp_path):
    page = write_network_page(run, tmp_path / "deep" / "network.html").read_text("utf-8")
    assert outside_requests(page) == []
    assert "Content-Security-Policy\" content=\"default-src 'none';" in page
    assert "cdn." not in page
    assert "3 clusters, 60 accounts, 500 links" in re.sub(r"\d+ links", "500 links", page)


def test_one_cluster_can_be_written_alone(run, tmp_path):
    page = write_network_page(run, tmp_path / "n.html", "C-2288").read_text("utf-8")
    assert "1 cluster, 12 accounts" in page
    assert "tagger_03" in page
    assert "amber_kite_100" not in page


def test_names_stand_in_the_script_as_data_only(run, tmp_path):
    page = write_network_page(run, tmp_path / "n.html", "C-2304").read_text("utf-8")
    assert "<script>alert" not in page
    assert "</script><script>document" not in page
    assert "<img" not in page
    assert "\u202e" not in page


def test_a_cluster_that_does_not_exist_is_refused_and_nothing_is_written(run, tmp_path):
    with pytest.raises(NothingThere):
        write_network_page(run, tmp_path / "n.html", "C-0000")
    assert not (tmp_path / "n.html").exists()


def test_the_same_run_gives_the_same_bytes(run, tmp_path):
    one, two = (write_network_page(run, tmp_path / name).read_bytes() for name in ("a.html", "b.html"))
    assert one == two


def test_what_is_left_out_is_said_on_the_page(run, tmp_path, monkeypatch):
    monkeypatch.setattr(network_page, "MOST_NODES", 10)
    assert "Drawn: 10 accounts and" in write_network_page(run, tmp_path / "n.html").read_text("utf-8")


@pytest.mark.parametrize(
    "loader",
    [
        '<img src="http://a.example/p.png">',
        '<iframe src="//a.example"></iframe>',
        '<a href="http://a.example">x</a>',
        '<form action="http://a.example"></form>',
        '<object data="http://a.example"></object>',
    ],
)
def test_a_page_that_would_load_something_is_not_written(loader):
    with pytest.raises(UnsafePage):
        hardened(f"<html><head></head><body>{loader}</body></html>", "Run", "said")


def test_a_page_of_an_unknown_shape_is_not_written():
    with pytest.raises(UnsafePage):
        hardened("<html><body></body></html>", "Run", "said")


def test_loaders_of_styles_and_scripts_are_stripped():
    page = '<html><head><link rel="stylesheet" href="https://cdn.example/a.css"/><script src="https://cdn.example/a.js"></script></head><body></body></html>'
    assert "cdn.example" not in hardened(page, "Run", "said")


@pytest.mark.browser
def test_the_page_draws_in_a_browser_without_a_request_a_dialog_or_an_error(run, tmp_path, watch):
    path = write_network_page(run, tmp_path / "n.html")
    watched = watch(path.as_uri())
    watched.page.goto(path.as_uri())
    watched.page.wait_for_selector("canvas")
    watched.page.wait_for_timeout(1_500)
    assert watched.page.title() == "Run r-0412-7f3a"
    assert watched.page.evaluate("network.body.data.nodes.length") == 60
    painted = watched.page.evaluate(
        "() => { const c = document.querySelector('canvas'); "
        "return new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size; }"
    )
    assert painted > 8  # more than one flat colour: something was drawn
    # Hovering is where titles would be put into the page.
    for node in range(40, 60):
        watched.page.evaluate("id => network.selectNodes([id])", node)
        spot = watched.page.evaluate("id => network.canvasToDOM(network.getPosition(id))", node)
        box = watched.page.locator("#mynetwork").bounding_box()
        watched.page.mouse.move(box["x"] + spot["x"], box["y"] + spot["y"])
        watched.page.wait_for_timeout(120)
    assert (watched.outside, watched.dialogs, watched.errors) == ([], [], [])
    assert watched.page.title() == "Run r-0412-7f3a"
