"""User agents told apart by family: browser, system and kind of device, without versions, from the rules of ua-parser.

A browser brings itself up to date, so a new version is no new habit and no sign of another hand; the family is.
Everything is read from the rules that come with the library; nothing is fetched.
"""

from functools import cache, lru_cache

import polars as pl
from ua_parser import Domain
from ua_parser.loaders import load_lazy_builtins
from ua_parser.regex import Resolver  # Rust's regex: time linear in the text, whatever a stranger wrote

LONGEST = 1024  # characters looked at: browsers stay below 600, and what follows is not for us
_CACHED = (
    100_000  # user agents kept between stretches of a file: some 50 MB, 150 MB when all are as long as they may be
)
FAMILIES = ("ua_family", "os_family", "device_kind")
_Families = tuple[str | None, str | None, str | None]

_HANDHELD = ("iOS", "Android", "Windows Phone", "KaiOS", "BlackBerry OS", "Firefox OS", "Tizen", "HarmonyOS")
_TABLETS = ("iPad", "Tablet", "Kindle", "Silk/", "PlayBook")
_DESKTOPS = ("Windows", "Mac OS X", "Linux", "Ubuntu", "Fedora", "Debian", "Chrome OS", "FreeBSD", "OpenBSD", "Red Hat")


def with_families(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with ua_family, os_family and device_kind of `user_agent`; each distinct user agent is read once."""
    distinct = frame["user_agent"].drop_nulls().unique().sort()
    read = [_families(text[:LONGEST]) for text in distinct]
    found = pl.DataFrame(read, schema=dict.fromkeys(FAMILIES, pl.String), orient="row")
    found = found.with_columns(distinct.alias("user_agent"))
    return frame.join(found, on="user_agent", how="left", maintain_order="left")


@cache
def _rules() -> Resolver:
    return Resolver(load_lazy_builtins())


@lru_cache(_CACHED)
def _families(text: str) -> _Families:
    found = _rules()(text, Domain.ALL)
    browser = found.user_agent.family if found.user_agent else None
    system = found.os.family if found.os else None
    robot = found.device is not None and found.device.family == "Spider"
    return browser, system, "bot" if robot else _kind(system, text)


def _kind(system: str | None, text: str) -> str | None:
    """Android's makers say "Mobile" on telephones and leave it out on tablets; "iPad" and "Tablet" are said outright."""
    if system is None:
        return None
    if any(word in text for word in _TABLETS):
        return "tablet"
    if system == "Android":
        return "mobile" if "Mobile" in text or "Android 2." in text else "tablet"
    if system in _HANDHELD:
        return "mobile"
    return "desktop" if system.startswith(_DESKTOPS) else None
