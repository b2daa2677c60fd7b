"""Canonical URLs: one spelling for one page."""

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.canonical.urls import canonical_urls


def canonical(raw: str) -> tuple[str, str | None]:
    return canonical_urls(pl.Series([raw])).select("url", "domain").row(0)


@pytest.mark.parametrize(
    ("raw", "url", "domain"),
    [
        ("https://WWW.Example.com:443/a/b/?utm_source=x&b=2&a=1#top", "example.com/a/b?a=1&b=2", "example.com"),
        ("http://example.com/a/b?a=1&b=2", "example.com/a/b?a=1&b=2", "example.com"),
        ("https://ex.org/watch?v=Id1&si=abc&fbclid=1&gclid=2&igshid=3&ref=t", "ex.org/watch?v=Id1", "ex.org"),
        ("https://ex.org?a=1&amp;b=2", "ex.org?a=1&b=2", "ex.org"),
        ("http://m.bbc.co.uk/news/amp/", "bbc.co.uk/news", "bbc.co.uk"),
        ("https://www.google.com/amp/s/www.ex.org/a/amp", "ex.org/a", "ex.org"),
        ("https://www-ex-org.cdn.ampproject.org/c/s/www.ex.org/a", "ex.org/a", "ex.org"),
        ("https://en.m.wikipedia.org/wiki/X", "en.wikipedia.org/wiki/X", "wikipedia.org"),
        ("http://user:word@ex.net:8080/p", "ex.net:8080/p", "ex.net"),
        ("//cdn.ex.org/a", "cdn.ex.org/a", "ex.org"),
        ("http://t.co/KyxdvIvwFX", "t.co/KyxdvIvwFX", "t.co"),
        ("https://one.blogspot.com/2015", "one.blogspot.com/2015", "one.blogspot.com"),
        ("https://россия.рф/Путь", "xn--h1alffa9f.xn--p1ai/%D0%9F%D1%83%D1%82%D1%8C", "xn--h1alffa9f.xn--p1ai"),
        ("https://ex.org/%7euser/%d0%9f", "ex.org/~user/%D0%9F", "ex.org"),
        ("https://ex.org/?q=<b>x</b>", "ex.org?q=%3Cb%3Ex%3C/b%3E", "ex.org"),
        ("http://10.0.0.1/login", "10.0.0.1/login", "10.0.0.1"),
        ("http://[2001:db8::1]/x", "[2001:db8::1]/x", "[2001:db8::1]"),
        ("https://ex.org/#!/p/1", "ex.org#!/p/1", "ex.org"),
        ("ex.org/94", "ex.org/94", "ex.org"),
    ],
)
def test_the_canonical_form(raw: str, url: str, domain: str):
    assert canonical(raw) == (url, domain)


@pytest.mark.parametrize("raw", ["23678", "tw_123", "mailto:a@b.org", "javascript:alert(1)", "http://", "a b", "12.5"])
def test_what_is_no_web_address_is_kept_byte_for_byte(raw: str):
    assert canonical(raw) == (raw, None)


def test_each_address_stands_once_and_nothing_is_fetched():
    got = canonical_urls(pl.Series(["https://ex.org/a", None, "https://ex.org/a"]))
    assert got["raw"].to_list() == ["https://ex.org/a"]


hosts = st.sampled_from(
    ["ex.org", "www.ex.org", "m.ex.co.uk", "EX.org.", "münchen.de", "amp.www.a.b.com", "m.co", "localhost"]
)
letters = st.text(st.sampled_from("ab/%2fF&?=#!'\"й 京.,;:@|+~"), max_size=12)
addresses = st.builds(
    lambda scheme, host, rest: f"{scheme}{host}/{rest}",
    st.sampled_from(["http://", "https://", "//", ""]),
    hosts,
    letters,
)


@settings(deadline=None)
@example("Fex.org?&amp;.'&\u200bhttp://:")  # parameters are sorted as they will stand
@example("http://.//aa.b")  # a host of dots is none
@example("\u200bwww.a.bamp")  # the hidden character goes first, then "www."
@given(st.one_of(addresses, st.text(max_size=40)))
def test_the_canonical_form_is_its_own_canonical_form(raw: str):
    once = canonical(raw)[0]
    assert canonical(once)[0] == once


@settings(deadline=None)
@given(addresses)
def test_a_canonical_address_holds_no_space_and_no_markup(raw: str):
    url, domain = canonical(raw)
    assert domain is None or not set(url) & set(' <>"')
