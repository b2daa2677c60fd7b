"""Deciding, correcting, reading a text and taking a report away, through the page."""

import io
import json
import zipfile

import pytest
from streamlit.testing.v1 import AppTest

from casework.actors import local_actor
from casework.audit import verify
from casework.audit_log import audit_lines
from casework.decisions import decisions
from casework.work_store import open_work_store
from graph.facts import current_facts
from graph.runs import load_run
from graph.workspace import Workspace
from investigator_ui.views.report_download import report_file_name, report_zip
from tests.command_line import flockwatch


def taken(workspace: Workspace):
    with open_work_store(workspace) as store:
        return decisions(store)


def fill(page: AppTest, verdict: str | None, reason: str) -> AppTest:
    """Choose and write, without saving."""
    form = next(control for control in page.button_group if str(control.key).startswith("verdict "))
    if verdict:
        form.set_value([verdict] if isinstance(form.value, list) else verdict)
    next(area for area in page.text_area if str(area.key).startswith("reason ")).set_value(reason)
    return page


def save(page: AppTest) -> AppTest:
    return next(button for button in page.button if button.label == "Save decision").click().run()


def test_a_decision_is_kept_with_who_when_and_why(own, open_page):
    page = save(fill(open_page(own, "cluster", cluster="C-2291"), "violating", "One template, seven seconds apart."))
    assert not page.error
    assert page.success[0].value == "Saved as decision 1: violating."
    (kept,) = taken(own)
    assert (kept.cluster_id, str(kept.verdict), kept.reason) == (
        "C-2291",
        "violating",
        "One template, seven seconds apart.",
    )
    said = "\n".join(element.value for element in page.markdown)
    assert "**Decision 1**" in said
    assert "One template, seven seconds apart." in said
    assert kept.actor in said.replace("\\", "")


def test_saving_again_without_filling_the_form_decides_nothing(own, open_page):
    page = save(fill(open_page(own, "cluster", cluster="C-2291"), "violating", "Seen."))
    page = save(page.run())
    assert page.error[0].value.startswith("Nothing was saved")
    assert len(taken(own)) == 1


def test_the_same_click_delivered_twice_decides_once(own, open_page):
    page = fill(open_page(own, "cluster", cluster="C-2291"), "violating", "Seen.")
    key = page.session_state["decision key C-2291"]
    save(page)
    again = fill(open_page(own, "cluster", cluster="C-2291"), "violating", "Seen.")
    again.session_state["decision key C-2291"] = key
    save(fill(again.run(), "violating", "Seen."))
    assert len(taken(own)) == 1


@pytest.mark.parametrize(
    ("verdict", "reason", "said"),
    [
        (None, "Seen.", "Nothing was saved: no verdict was chosen."),
        ("unsure", "   ", "Nothing was saved. A decision needs a reason."),
    ],
)
def test_a_decision_without_a_verdict_or_a_reason_is_refused(own, open_page, verdict, reason, said):
    page = save(fill(open_page(own, "cluster", cluster="C-2291"), verdict, reason))
    assert page.error[0].value.startswith(said)
    assert taken(own) == []


def test_a_correction_is_another_entry_and_both_stay_in_the_log(own, open_page):
    page = save(fill(open_page(own, "cluster", cluster="C-2291"), "violating", "Seen."))
    fill(page, "not_violating", "It is a fan club: the owner told us.")
    page.checkbox[0].check()
    page = save(page)
    assert [(str(one.verdict), one.corrects is not None) for one in taken(own)] == [
        ("violating", False),
        ("not_violating", True),
    ]
    said = "\n".join(element.value for element in page.markdown)
    assert "corrects decision 1" in said
    assert "corrected" in said
    queue = open_page(own)
    assert dict(zip(queue.dataframe[0].value["cluster_id"], queue.dataframe[0].value["verdict"], strict=True))[
        "C-2291"
    ].tolist() == ["not violating"]


def test_a_hostile_reason_is_shown_and_not_obeyed(own, open_page):
    page = save(fill(open_page(own, "cluster", cluster="C-2291"), "unsure", "![x](http://pixel.example/r) :red[sure]"))
    said = "\n".join(element.value for element in page.markdown)
    assert "![x](" not in said
    assert ":red[sure]" not in said


def test_a_text_is_shown_only_with_a_reason_and_the_reading_is_logged_first(own, open_page):
    page = open_page(own, "cluster", cluster="C-2291", part="Texts")
    shows = [button for button in page.button if button.label == "Show"]
    assert len(shows) == 20
    assert all(button.disabled for button in shows)
    page = next(field for field in page.text_input if field.key == "reading reason").set_value("One template?").run()
    said = "\n".join(element.value for element in page.markdown)
    assert "council" not in said
    page = next(button for button in page.button if button.label == "Show").click().run()
    assert not page.error
    assert "\n".join(element.value for element in page.markdown).count("council") == 1
    with open_work_store(own) as store, store.reading() as connection:
        lines = list(audit_lines(connection))
        assert verify(store).ok
    assert len(lines) == 1
    assert b'"action":"read the text of a post"' in lines[0]
    assert b"council" not in lines[0]
    assert b"template" not in lines[0]


def test_the_report_is_one_zip_with_a_name_that_no_id_can_bend(own):
    run = load_run(own)
    with open_work_store(own) as store:
        content = report_zip(own, current_facts(own), run, "C-2304", store, local_actor())
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        names = pack.namelist()
        assert pack.testzip() is None
    assert any(name.endswith(".html") for name in names)
    assert any("MANIFEST" in name.upper() for name in names)
    assert not any(name.startswith("/") or ".." in name for name in names)
    assert report_file_name(run, "../../etc/x") == "report-r-0412-7f3a-------etc-x.zip"


def test_on_a_ring_of_victims_helping_comes_first_and_saves_as_such(own, open_page):
    page = open_page(own, "cluster", cluster="C-2304")
    form = next(control for control in page.button_group if str(control.key).startswith("verdict "))
    assert form.options[0] == "Secure the owners"
    said = "\n".join(element.value for element in page.markdown)
    assert "**The owners are victims: secure the accounts and contact them, do not suspend.**" in said
    page = save(fill(page, "secure", "New device on all eight within three hours."))
    assert not page.error
    assert page.success[0].value == "Saved as decision 1: secure the owners."
    (kept,) = taken(own)
    assert str(kept.verdict) == "secure"


def test_violating_on_victims_asks_for_a_second_thought_and_then_says_whom_it_does_not_mean(own, open_page):
    page = save(fill(open_page(own, "cluster", cluster="C-2304"), "violating", "One intruder."))
    assert page.error[0].value.startswith(
        "Nothing was saved: 8 of 8 members are victims. Their owners lost the accounts"
    )
    assert taken(own) == []
    page = fill(page, "violating", "One intruder.")
    next(box for box in page.checkbox if str(box.key).startswith("spared ")).check()
    page = save(page)
    assert not page.error
    (kept,) = taken(own)
    assert kept.note.endswith("8 of 8 members are victims and not meant")


def test_a_cluster_without_victims_is_decided_on_as_ever(own, open_page):
    page = open_page(own, "cluster", cluster="C-2291")
    form = next(control for control in page.button_group if str(control.key).startswith("verdict "))
    assert form.options == ["Violating", "Not violating", "Unsure", "Secure the owners"]
    assert not [box for box in page.checkbox if str(box.key).startswith("spared ")]


def test_a_terminal_secures_victims_and_asks_the_same_second_thought(own):
    said = ("decide", "C-2304", "--workspace", own.path, "--reason", "One new device.", "--key", "k")
    refused = flockwatch(*said, "--verdict", "violating")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "8 of 8 members are victims" in refused.stderr
    assert "--owners-spared" in refused.stderr
    assert taken(own) == []
    told = json.loads(flockwatch(*said, "--verdict", "violating", "--owners-spared", "--json").stdout)
    assert told["note"].endswith("8 of 8 members are victims and not meant")
    (first,) = taken(own)
    corrected = ("--verdict", "secure", "--corrects", first.decision_id)
    done = flockwatch("decide", "C-2304", "--workspace", own.path, "--reason", "Theirs.", *corrected)
    assert "C-2304, secure the owners" in done.stderr
    assert [str(one.verdict) for one in taken(own)] == ["violating", "secure"]


def test_the_list_in_a_terminal_tells_rings_apart(own):
    said = " ".join(flockwatch("clusters", "--workspace", own.path, "--kind", "compromised").stdout.split())
    assert "probably taken over" in said
    assert "The owners are victims: secure the accounts and contact them, do not suspend." in said
    together = flockwatch("clusters", "--workspace", own.path, "--kind", "coordinated").stdout
    assert "taken over" not in together
