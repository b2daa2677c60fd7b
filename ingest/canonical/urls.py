"""Canonical URLs: one spelling for what leads to one page, without the ways in which links are tracked."""

import re
from collections.abc import Callable
from urllib.parse import quote, unquote_to_bytes

import polars as pl

from ingest.canonical.domains import registered_domains

# Parameters that say who follows a link or where it was found, not what it leads to. Sources: DETECTORS 2.1, and the
# documented click ids of the ad networks (Google, Meta, Microsoft, TikTok, Yandex, X, LinkedIn) and of mail senders.
_TRACKERS = (
    r"^(?i)(?:utm_[^=]*|mtm_[^=]*|pk_[^=]*|hsa_[^=]*|vero_[^=]*|oly_[^=]*|_hs[a-z]*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid"
    r"|msclkid|yclid|ysclid|ttclid|twclid|li_fat_id|igshid|igsh|mc_cid|mc_eid|_ga|_gl|mkt_tok|fb_action_ids"
    r"|fb_action_types|fb_source|fb_ref|action_object_map|action_type_map|ref|ref_src|ref_url|referrer|si|s_cid|smid|smtyp"
    r"|cmpid|cmp|ncid|ocid|ito|spm|xtor|wt_mc|wtmc|feature|share_id|amp|outputtype|amp;[^=]*)(?:=|$)"
)
_WHOLE = (
    r"^(?i)(?:(?P<scheme>https?):)?(?P<slashes>//)?(?P<user>[^/?#@\s]*@)?"
    r"(?P<host>\[[0-9a-f:.]+\]|[^/?#:@\[\]\s\\<>\"]+)(?::(?P<port>\d{1,5}))?(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?$"
)
_NAMED_HOST = r"^[^.].*\.(?:\p{L}{2,}|xn--[a-zA-Z0-9-]+)\.?$"  # a host that may stand without "http://"
_UNUSUAL = r"%|[^\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]"  # needs its percent signs looked at
_AMP_CACHE = r"^(?i)https?://(?:www\.)?(?:google\.[a-z.]{2,6}/amp|[a-z0-9-]+\.cdn\.ampproject\.org/[a-z])/s/"
_MOBILE_HOST = r"^(?:(?:www\d{0,2}|m|mobile|amp|touch)\.)+"
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

CANONICAL_SCHEMA = {"raw": pl.String, "url": pl.String, "host": pl.String, "domain": pl.String}


def canonical_urls(raw: pl.Series) -> pl.DataFrame:
    """Columns raw (distinct, not null), url (canonical, without scheme), host and domain (registered domain).

    What is no web address is kept byte for byte as `url`, with host and domain null. Canonical forms map to themselves.
    """
    distinct = raw.drop_nulls().unique().sort()
    frame = pl.DataFrame({"raw": distinct.cast(pl.String)})
    if not frame.height:
        return pl.DataFrame(schema=CANONICAL_SCHEMA)
    frame = frame.with_columns(_tidied(pl.col("raw")).alias("tidy"))
    frame = frame.with_columns(pl.col("tidy").str.extract_groups(_WHOLE).alias("part")).unnest("part")
    bare = pl.col("scheme").is_null() & pl.col("user").is_null() & pl.col("host").str.contains(_NAMED_HOST)
    is_web = pl.col("host").str.contains(r"[^.]") & (pl.col("slashes").is_not_null() | bare)
    web = frame.filter(is_web)
    # Spelled alike before anything is compared: parameters are sorted as they will stand.
    web = web.with_columns(
        _encoded(web["host"], _ascii_host), *[_encoded(web[name], _percent) for name in ("path", "query", "fragment")]
    )
    web = web.with_columns(_host(), _path(), _port(), _query(), _fragment())
    web = web.with_columns(pl.concat_str("host", "port", "path", "query", "fragment").alias("url"))
    web = web.join(registered_domains(web["host"]), on="host", how="left").select("raw", "url", "host", "domain")
    opaque = frame.filter(~is_web.fill_null(False)).select(
        "raw",
        pl.col("raw").alias("url"),
        pl.lit(None, pl.String).alias("host"),
        pl.lit(None, pl.String).alias("domain"),
    )
    return pl.concat([web, opaque]).sort("raw")


def _tidied(raw: pl.Expr) -> pl.Expr:
    tidy = raw.str.strip_chars().str.replace_all(r"&(?:amp;)+", "&")
    return tidy.str.replace(_AMP_CACHE, "https://")


def _host() -> pl.Expr:
    host = pl.col("host").str.to_lowercase().str.strip_chars_end(".")
    bare = host.str.replace(_MOBILE_HOST, "").str.replace(r"\.m\.wikipedia\.org$", ".wikipedia.org")
    return pl.when(bare.str.contains(".", literal=True)).then(bare).otherwise(host).alias("host")


def _path() -> pl.Expr:
    return pl.col("path").fill_null("").str.replace(r"(?:/amp|/)+$", "").alias("path")


def _port() -> pl.Expr:
    usual = pl.col("port").is_null() | pl.col("port").is_in(["80", "443"])
    return pl.when(usual).then(pl.lit("")).otherwise(":" + pl.col("port")).alias("port")


def _query() -> pl.Expr:
    parts = pl.col("query").str.split("&")
    kept = parts.list.eval(pl.element().filter((pl.element() != "") & ~pl.element().str.contains(_TRACKERS)).sort())
    joined = kept.list.join("&")
    return pl.when(joined.fill_null("") == "").then(pl.lit("")).otherwise("?" + joined).alias("query")


def _fragment() -> pl.Expr:
    """Dropped, but for "#!": with it, old sites told all their pages apart."""
    page = pl.col("fragment").str.starts_with("!").fill_null(False)
    return pl.when(page).then("#" + pl.col("fragment")).otherwise(pl.lit("")).alias("fragment")


def _encoded(values: pl.Series, spell: Callable[[str], str]) -> pl.Series:
    """`spell` on the few distinct values that hold unusual characters."""
    odd = values.filter(values.str.contains(_UNUSUAL)).unique()
    if not odd.len():
        return values
    return values.replace_strict(odd, pl.Series([spell(value) for value in odd], dtype=pl.String), default=values)


def _percent(part: str) -> str:
    """RFC 3986, section 6.2.2: escapes in capitals, unreserved characters unescaped, all else that is not allowed escaped."""

    def once(match: re.Match[str]) -> str:
        byte = unquote_to_bytes(match[0])
        return byte.decode("ascii") if byte[0] in _UNRESERVED else match[0].upper()

    escaped = quote(re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", part), safe="%/?#[]!$&'()*+,;=:@~-._")
    return re.sub(r"%[0-9A-Fa-f]{2}", once, escaped)


def _ascii_host(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
