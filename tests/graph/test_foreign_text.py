"""Foreign text on any surface: everything can be seen, nothing has a meaning."""

import re
import unicodedata
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.foreign_text import defang, show_markdown, show_text, spreadsheet_cell, xml_text

any_text = st.text(st.characters(exclude_categories=())) | st.text(
    st.sampled_from("ab:/.[]()*_`<>&!#|~$\\-+=1 \t\r\n\u200b\u202e\ufe0f\u0301☀@\ud800{}")
)


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("hello", "hello"),
        (None, ""),
        (12, "12"),
        ("ad\u200bmin", "ad⟨U+200B⟩min"),
        ("\u202enimda", "⟨U+202E⟩nimda"),
        ("a\nb\r\nc", "a⏎b⏎c"),
        ("a\x1b[31mred", "a⟨U+001B⟩[31mred"),
        ("nul\x00tab\t", "nul⟨U+0000⟩tab⟨U+0009⟩"),
        ("\ud800", "⟨U+D800⟩"),
        (b"caf\xe9", "caf⟨U+DCE9⟩"),
        ("line\u2028para\u2029", "line⟨U+2028⟩para⟨U+2029⟩"),
        ("\u3164", "⟨U+3164⟩"),
        ("☀\ufe0f a\ufe0f", "☀\ufe0f a⟨U+FE0F⟩"),
        ("аdmin ａｄｍｉｎ ünïcödé ✓", "аdmin ａｄｍｉｎ ünïcödé ✓"),
        ("e" + "\u0301" * 6, "e" + "\u0301" * 4 + "⟨U+0301⟩" * 2),
    ],
)
def test_what_cannot_be_seen_becomes_a_visible_escape(given_text: object, shown: str):
    assert show_text(given_text) == shown


def test_long_text_is_cut_and_says_so():
    assert show_text("abcdef", limit=6) == "abcdef"
    assert show_text("abcdefg", limit=6) == "abcde…"
    assert show_text("abc\u200bd", limit=6) == "abc…"  # never inside an escape
    assert show_text("abc", limit=0) == ""


@given(any_text, st.integers(0, 80))
def test_shown_text_is_one_visible_line_within_its_limit(text: str, limit: int):
    shown = show_text(text, limit)
    assert len(shown) <= limit
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp", "Cs", "Co"}]
    assert show_text(shown, limit) == shown
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("plain words, 12:30:45 and 3.14", r"plain words, 12\:30\:45 and 3.14"),
        ("<img src=x onerror=alert(1)>", r"&lt;img src=x onerror=alert\(1\)&gt;"),
        ("![x](http://127.0.0.1:9/b.png)", r"\!\[x\]\(hxxp\://127\[.\]0\[.\]0\[.\]1∶9/b.png\)"),
        ("[help](javascript:alert(1))", r"\[help\]\(javascript∶alert\(1\)\)"),
        (":red[verified]", r"∶red\[verified\]"),
        (":material/verified:", "∶material/verified∶"),
        (":material_verified:", r"∶material\_verified∶"),
        (":smile: :+1:", r"∶smile\: ∶+1∶"),
        ("1. one", r"1\. one"),
        ("- one", r"\- one"),
        ("# one $x$ ~~y~~ `z` **b**", r"\# one \$x\$ \~\~y\~\~ \`z\` \*\*b\*\*"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ("see https://ex.org/a.b?c=d.", r"see hxxps\://ex\[.\]org/a.b?c=d."),
        ("www.ex.org, me@ex.org, t.co/x", r"www\[.\]ex\[.\]org, me@ex\[.\]org, t\[.\]co/x"),
        ("    code", "\u00a0" * 4 + "code"),
    ],
)
def test_markdown_and_streamlit_find_nothing_to_obey(given_text: str, shown: str):
    assert show_markdown(given_text) == shown


def unescaped(markdown: str) -> str:
    """What a Markdown reader is left with as text: escapes and entities read."""
    plain = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@given(any_text)
@example("https://good.org@bad.org\\x")
@example(":1:100:")
def test_no_live_sign_survives_in_markdown(text: str):
    marked = show_markdown(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\](){}#|~$!]", marked)
    assert not re.search(r"[<>]", marked)
    assert not re.search(r":(?:material|streamlit|[A-Za-z_+-]|\d{3,})[\w/+-]*[:\[]", unescaped(marked))
    assert not re.search(r"https?:|www\.", unescaped(marked), re.IGNORECASE)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://ex.org/a.b", "hxxps://ex[.]org/a.b"),
        ("HTTP://EX.ORG", "hxxp://EX[.]ORG"),
        ("ex.org/a.b", "ex[.]org/a.b"),
        ("ftp://ex.org", "fxp://ex[.]org"),
        ("https://good.org@bad.org/", "hxxps://good[.]org@bad[.]org/"),
        ("https://bad。org", "hxxps://bad[.]org"),
        ("https:\\\\bad.org\\x", "hxxps:\\\\bad[.]org\\x"),
        ("", ""),
    ],
)
def test_a_defanged_link_reads_well_and_leads_nowhere(url: str, shown: str):
    assert defang(url) == shown


@given(any_text)
def test_defanging_twice_changes_nothing(text: str):
    assert defang(defang(text)) == defang(text)
    assert not re.search("https?:", defang(text), re.IGNORECASE)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1+1", "\r=1", "\n=1", "＝1+1", " =1+1"]
)
def test_a_cell_that_would_start_a_formula_gets_an_apostrophe(text: str):
    assert spreadsheet_cell(text) == "'" + text


@given(any_text)
def test_no_cell_starts_a_formula(text: str):
    cell = spreadsheet_cell(text)
    assert cell[:1] not in set("=+-@\t\r\n＝＋－＠")
    assert "\ufffd" in cell or cell.removeprefix("'") == text.removeprefix("'")
    cell.encode("utf-8")


@given(any_text)
def test_xml_text_is_read_back_by_an_xml_parser(text: str):
    element = Xml.Element("a")
    element.text = xml_text(text)
    back = Xml.fromstring(Xml.tostring(element, encoding="utf-8")).text or ""  # noqa: S314 - our own document
    assert back.replace("\r", "\n") == element.text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.real_data
def test_the_hostile_corpus_is_shown_harmless(shared):
    for name in ("markup_cells.csv", "lookalike_names.csv", "formula_cells.csv"):
        lines = (shared / "corpus" / name).read_text("utf-8").splitlines()
        for line in lines:
            marked = show_markdown(line)
            assert not re.search(r"<|https?:|\u202e|\u200b|(?<!\\)\[", marked), marked
            for cell in line.split(","):
                assert spreadsheet_cell(cell)[:1] not in set("=+-@\t＝")
