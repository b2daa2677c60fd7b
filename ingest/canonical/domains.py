"""Registered domains of hosts, from the suffix list that comes with tldextract; nothing is fetched."""

from functools import cache

import polars as pl
import tldextract

# Hosts that only lead on: every shortened link is on one of them, so sharing the host says nothing about the site.
SHORTENERS = frozenset({
    "t.co", "bit.ly", "goo.gl", "ow.ly", "buff.ly", "tinyurl.com", "is.gd", "dlvr.it", "ift.tt", "fb.me", "wp.me", "j.mp",
    "amzn.to", "lnkd.in", "trib.al", "shar.es", "ln.is", "cutt.ly", "rb.gy", "rebrand.ly", "t.cn", "url.cn", "dwz.cn",
    "vk.cc", "clck.ru", "su.pr", "tr.im", "adf.ly", "fw.to", "po.st",
})  # fmt: skip


@cache
def _extractor() -> tldextract.TLDExtract:
    # Private suffixes count: each blog on blogspot.com is a site of its own.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def registered_domains(hosts: pl.Series) -> pl.DataFrame:
    """Columns host (distinct) and domain: "news.bbc.co.uk" -> "bbc.co.uk"; an address or unknown suffix is its own domain."""
    distinct = hosts.drop_nulls().unique().sort().alias("host")
    extract = _extractor()
    domains = [extract(host).top_domain_under_public_suffix or host for host in distinct]
    return pl.DataFrame({"host": distinct, "domain": pl.Series(domains, dtype=pl.String)})
