"""The traces: what accounts can do alike. One declaration each; extractors live in ingest, tests in detectors."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trace:
    """A kind of object that two accounts can both act on.

    `family` groups traces that repeat one another (shares | links | tags | text | infrastructure | social), so that
    two traces of one family count as one sign. `acted` completes "these accounts ... the same N `noun`".
    """

    name: str
    family: str
    acted: str
    noun: str
    title: str


_DECLARED = (
    Trace("content", "content", "posted or passed on", "contents", "same content"),  # text, share, media, url fused
    Trace("share", "shares", "shared", "posts", "shares"),
    Trace("fast_share", "shares", "shared within a minute of publication", "authors", "quick shares"),
    Trace("url", "links", "posted", "links", "same links"),
    Trace("domain", "links", "linked to", "sites", "same sites"),
    Trace("hashtag", "tags", "used", "hashtags", "same hashtags"),
    Trace("hashtag_sequence", "tags", "used in the same order", "hashtag sequences", "hashtag order"),
    Trace("mention", "social", "mentioned", "accounts", "same mentions"),
    Trace("reply", "social", "replied to", "posts", "same replies"),
    Trace("text", "text", "posted", "near-identical texts", "near-copied text"),
    Trace("media", "text", "posted", "pictures or videos", "same media"),
    Trace("follow", "social", "followed", "accounts", "same follows"),
    Trace("like", "social", "liked", "posts", "same likes"),
    Trace("client", "infrastructure", "posted from", "apps", "same app"),
    Trace("ip", "infrastructure", "came from", "network addresses", "same address"),
    Trace("device", "infrastructure", "used", "devices", "same device"),
    Trace("payment", "infrastructure", "paid with", "payment means", "same payment"),
    Trace("landing_page", "infrastructure", "led to", "landing pages", "same landing page"),
    Trace("signup", "infrastructure", "signed up in", "ten-minute spans", "created together"),
)

TRACES: Mapping[str, Trace] = {trace.name: trace for trace in _DECLARED}
