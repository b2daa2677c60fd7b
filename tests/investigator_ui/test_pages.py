"""Each page through its router, without a browser: what it says, its empty states, and what it does with hostile words."""

import pytest

from graph.facts import current_facts
from graph.workspace import open_workspace


def words(page):
    """Everything a page says, in its order."""
    said = [*page.markdown, *page.caption, *page.error, *page.info, *page.success]
    return "\n".join(element.value for element in said)


def test_the_queue_opens_with_its_sentence_and_the_riskiest_cluster(built, open_page):
    page = open_page(built)
    assert not page.error
    assert "**2 clusters** of 52 accounts acted alike" in words(page)
    assert "**C-2291 · 40 accounts, shares**" in words(page)
    assert "412 seen · 13.3 expected" in words(page)
    assert page.dataframe[0].value["cluster_id"].to_list() == ["C-2291", "C-2304", "C-2288"]


def test_the_address_names_the_run(built, open_page, world):
    assert "**1 cluster** of 12 accounts" in words(open_page(built, run=world.EARLIER_RUN_ID))


def test_a_run_that_does_not_exist_is_refused_in_a_sentence(built, open_page):
    page = open_page(built, run="r-none")
    assert len(page.error) == 1
    assert page.error[0].value.startswith("There is no run")


def test_filters_come_from_the_address(built, open_page):
    assert open_page(built, tier="review").dataframe[0].value["cluster_id"].to_list() == ["C-2288"]
    rings = open_page(built, kind="accounts in other hands")
    assert rings.dataframe[0].value["cluster_id"].to_list() == ["C-2304"]
    assert open_page(built, find="bridge-toll").dataframe[0].value["cluster_id"].to_list() == ["C-2291"]


def test_nothing_ingested_no_run_nothing_flagged_and_filtered_away_are_four_texts(tmp_path, world, open_page):
    place = open_workspace(tmp_path / "w", create=True)
    assert "Nothing has been brought in yet" in words(open_page(place))
    world.publish_world_facts(place)
    assert current_facts(place).number == 1
    assert "No run yet" in words(open_page(place))
    world.save_world_run(place, "r-empty", ())
    assert "Nothing was flagged: good news" in words(open_page(place))
    world.save_world_run(place, world.RUN_ID, (world.TAGS,))
    assert "No cluster matches alert" in words(open_page(place, tier="alert"))


@pytest.mark.parametrize("page", ["cluster", "account", "runs", "trends", "explore"])
def test_every_page_stands_before_the_first_ingest(tmp_path, open_page, page):
    shown = open_page(open_workspace(tmp_path / "w", create=True), page)
    assert not shown.error
    assert "Nothing has been brought in yet" in words(shown)


def test_a_workspace_that_is_gone_is_told_in_a_sentence(tmp_path, open_page):
    place = open_workspace(tmp_path / "w", create=True)
    (place.path / "flockwatch.json").unlink()
    assert "There is no workspace at" in open_page(place).error[0].value


def test_the_cluster_page_gives_both_cases_and_the_people(built, open_page):
    page = open_page(built, "cluster", cluster="C-2291")
    assert not page.error
    said = words(page)
    assert "##### :material/manage_search: Why flagged" in said
    assert "##### :material/balance: Could be innocent" in said
    assert "2 of 4 still open" in said
    assert "40 of 40 accounts · 451 links" in said
    assert "900 of 900 shared acts shown" in said
    assert "##### :material/shield_person: Possible targets, not members" in said
    assert "1 account, not accused and counted nowhere" in said
    assert "1 bystander met the cluster" in said


def test_the_page_of_a_ring_tells_victims_as_victims_and_each_account_before_and_after(built, open_page):
    page = open_page(built, "cluster", cluster="C-2304")
    assert not page.error
    said = words(page)
    assert ":green-badge[:material/healing: probably taken over]" in said
    assert "The owners are victims: secure the accounts and contact them, do not suspend." in said
    assert "**Do not escalate on this alone**" in said
    for heading in ("What ties it", "When each account changed hands", "Before and after", "Decide"):
        assert heading in said
    assert "Shared most" not in said
    assert "It **was probably taken over** between 06 Nov 08:12:03 UTC" in said
    chosen = next(box for box in page.selectbox if str(box.key).startswith("before and after"))
    assert len(chosen.options) == 8
    page = chosen.select_index(3).run()
    assert not page.error
    assert "at or before 06 Nov 14:12:03 UTC" in words(page)  # the fourth has no event before


def test_the_account_page_of_a_victim_accuses_nobody(built, open_page, world):
    page = open_page(built, "account", account=world.CLUSTERS[world.HOSTILE][0])
    assert not page.error
    said = words(page)
    assert "##### :material/healing: Probably taken over" in said
    assert ":green-badge[:material/healing: role victim]" in said
    assert "the owner is a victim: secure and contact, do not suspend" in said
    assert ":red-badge" not in said


def test_a_cluster_that_is_no_ring_has_no_panel_of_takeovers(built, open_page):
    said = words(open_page(built, "cluster", cluster="C-2291"))
    assert "changed hands" not in said
    assert "Shared most" in said


@pytest.mark.parametrize("part", ["Evidence", "Timeline", "Texts", "What would change it", "Method"])
@pytest.mark.parametrize("cluster", ["C-2291", "C-2304"])
def test_every_part_of_what_happened_draws(built, open_page, cluster, part):
    assert not open_page(built, "cluster", cluster=cluster, part=part).error


def test_a_cluster_that_does_not_exist_is_not_found_and_not_obeyed(built, open_page):
    page = open_page(built, "cluster", cluster="![x](http://a.example/p)")
    assert not page.error
    assert "This run has no cluster" in words(page)
    assert "![x]" not in words(page)


def test_the_account_page_gives_both_cases(built, open_page):
    page = open_page(built, "account", account="id-amber_kite_100")
    assert not page.error
    said = words(page)
    assert "### amber\\_kite\\_100" in said
    assert "##### :material/balance: Could be innocent" in said
    assert "34 accounts beyond chance" in said
    assert "8 accounts, most interactions first" in said


def test_the_account_page_says_when_there_is_no_graph(tmp_path, world, open_page):
    place = open_workspace(tmp_path / "w", create=True)
    world.publish_world_facts(place)
    world.save_world_run(place, world.RUN_ID, (world.BIG,))
    page = open_page(place, "account", account="id-amber_kite_100")
    assert not page.error
    assert "Interacted with" in words(page)


def test_an_account_nobody_knows_is_not_found(built, open_page):
    assert "Nothing is known of nobody" in words(open_page(built, "account", account="nobody"))


def test_the_runs_page_gives_the_account_of_every_file(built, open_page):
    page = open_page(built, "runs")
    assert not page.error
    assert "**50,440** rows read = **50,412** accepted + **14** set aside" in words(page)
    assert "3 objects that more than 200 accounts touched" in words(page)


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("", {}),
        ("", {"kind": "accounts in other hands"}),
        ("cluster", {"cluster": "C-2304"}),
        ("cluster", {"cluster": "C-2304", "part": "Texts"}),
        ("cluster", {"cluster": "C-2304", "part": "Timeline"}),
        ("account", {"account": "<script>alert('name')</script>"}),
        ("runs", {}),
        ("trends", {"by": "share"}),
        ("explore", {"search": "<"}),
        ("explore", {"centre": "<script>alert('name')</script>", "hops": "2"}),
        ("explore", {"centre": "![x](http://a.example/p)"}),
        ("explore", {"question": "Path between two", "from": "<script>alert('name')</script>", "to": "id-reader_01"}),
        ("explore", {"question": "Behind an object", "trace": "hashtag_sequence", "object": "<svg/onload=alert(5)>"}),
        ("explore", {"question": "Shared by several", "ids": "<script>alert('name')</script>\nid-reader_01"}),
    ],
)
def test_hostile_words_reach_no_markdown_unescaped(built, open_page, page, address):
    shown = open_page(built, page, **address)
    assert not shown.error
    said = words(shown) + "\n".join(button.label for button in shown.button)
    assert "![x](" not in said
    assert "<script" not in said
    assert "<img" not in said
    assert ":red[verified]" not in said
    assert "http://pixel" not in said


def test_a_fault_of_ours_is_an_incident_and_never_a_traceback(built, open_page, monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret path")

    monkeypatch.setattr("investigator_ui.views.cluster_list.queue_rows", broken)
    page = open_page(built)
    assert page.error[0].value.startswith("This page could not be drawn. Nothing was changed.")
    assert "Incident" in page.error[0].value
    assert "secret" not in words(page)
    assert not page.exception
