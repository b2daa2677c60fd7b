"""The traces: what accounts can do alike. One declaration each says all a run needs; docs/traces.md shows the same table."""

from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_TIMED = 6 * 3600  # seconds; wider windows make too many pairs and go the untimed route (DETECTORS 2.2)

_POSTS = "ingest.canonical.post_actions.post_actions"
_ADS = "ingest.canonical.ads.ad_tables"
_REACTIONS = "ingest.canonical.activity.reactions"
_MINUTE, _TEN_MINUTES, _HOUR, _DAY, _WEEK, _MONTH = 60, 600, 3600, 86_400, 7 * 86_400, 30 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A kind of object that two accounts can both act on.

    `family` groups traces that repeat one another (content | shares | links | tags | text | infrastructure | social),
    so that two traces of one family count as one sign. `acted` completes "these accounts ... the same N `noun`".
    `evidence` is the family of evidence that it speaks for in the risk (overlap | lockstep | text | infrastructure |
    automation). `windows`: the spans in seconds within which acting alike says something, shortest first; None = at any
    time. `weight` in the fusion of traces. `block`: what the object belongs to, in words ("" = nothing); `source`: the
    block publishes the object, so that its fans meet on it without agreement. `default`: tested unless a run says
    otherwise. `min_shared`: distinct objects from which a pair is tested. `alone`: may make a cluster without another
    trace. `extractor`: the function that makes its actions.
    Windows and blocks: DETECTORS 2.1, with the minute of section 9 for what a rotating pool posts; weights and min_shared:
    2.3; hashtags and mentions off by default: section 9, change 3.
    """

    name: str
    family: str
    acted: str
    noun: str
    title: str
    evidence: str = "overlap"
    windows: tuple[int | None, ...] = (_MINUTE, _TEN_MINUTES, _HOUR)
    weight: float = 1.0
    block: str = ""
    source: bool = False
    default: bool = True
    min_shared: int = 3
    alone: bool = True
    extractor: str = _POSTS

    @property
    def timed_windows(self) -> tuple[int, ...]:
        """The windows that the windowed projection can serve, in seconds."""
        return tuple(window for window in self.windows if window is not None and window <= LONGEST_TIMED)

    @property
    def slow(self) -> bool:
        """Whether acting alike at any time, or days apart, says something too: the untimed route."""
        return any(window is None or window > LONGEST_TIMED for window in self.windows)


def _infrastructure(name: str, acted: str, noun: str, title: str, **said: object) -> Trace:
    """Two shared means are enough: unlike topics, they are not shared by taste (DETECTORS 2.3)."""
    usual: dict[str, object] = {
        "family": "infrastructure",
        "evidence": "infrastructure",
        "windows": (_WEEK, _MONTH),
        "weight": 2.0,
        "min_shared": 2,
    }
    return Trace(name=name, acted=acted, noun=noun, title=title, **(usual | said))  # type: ignore[arg-type]


_DECLARED = (
    # What a post passes on, by its most specific name: texts, shares, media and links of one post are one act.
    Trace(name="content", family="content", acted="posted or passed on", noun="contents", title="same content",
          windows=(_MINUTE, _TEN_MINUTES, _HOUR), weight=1.5, block="that of the text, share, picture or link",
          extractor="detectors.content.content_actions"),
    # Addresses, devices, payment and landing pages together: two of them shared are one sign (DETECTORS 4, shared address).
    _infrastructure("means", "used", "addresses, devices or means of payment", "same means", windows=(_MONTH,),
                    extractor="detectors.means.means_actions"),
    Trace(name="share", family="shares", acted="shared", noun="posts", title="shares",
          windows=(10, _MINUTE, _TEN_MINUTES, _HOUR, None), block="the shared author; in activity logs the site", source=True),
    # Off: fans with alerts on do the same, and its object is the author, so that no block can explain them (DETECTORS 7).
    Trace(name="fast_share", family="shares", acted="shared within a minute of publication", noun="authors",
          title="quick shares", windows=(_MINUTE, _TEN_MINUTES, _HOUR), default=False),
    Trace(name="url", family="links", acted="posted", noun="links", title="same links",
          windows=(_MINUTE, _TEN_MINUTES, _HOUR, _DAY), block="the registered domain", source=True),
    # Off: a site says less than the link, and everybody links to the large ones.
    Trace(name="domain", family="links", acted="linked to", noun="sites", title="same sites",
          windows=(_MINUTE, _TEN_MINUTES, _HOUR, _DAY), default=False),
    Trace(name="hashtag", family="tags", acted="used", noun="hashtags", title="same hashtags", weight=0.5, default=False),
    Trace(name="hashtag_sequence", family="tags", acted="used in the same order", noun="hashtag sequences",
          title="hashtag order", windows=(_MINUTE, _TEN_MINUTES, _HOUR, _DAY), block="the first tag"),
    Trace(name="mention", family="social", acted="mentioned", noun="accounts", title="same mentions", evidence="lockstep",
          windows=(_TEN_MINUTES, _HOUR), weight=0.5, default=False),
    Trace(name="reply", family="social", acted="replied to", noun="posts", title="same replies", evidence="lockstep",
          windows=(_TEN_MINUTES, _HOUR), block="the answered author; on Reddit the community", source=True),
    # Off: whoever answers the same three celebrities is no ring; it feeds the test for reply swarms.
    Trace(name="reply_author", family="social", acted="replied to", noun="authors", title="same answered authors",
          evidence="lockstep", windows=(_TEN_MINUTES, _HOUR), weight=0.5, default=False),
    Trace(name="text", family="text", acted="posted", noun="near-identical texts", title="near-copied text",
          evidence="text", windows=(_MINUTE, _TEN_MINUTES, _HOUR, _DAY, _WEEK), weight=1.5, block="the language"),
    # Off: it needs a model that the user names (docs/traces.md), and by construction joins 1 in 10,000 random pairs of texts.
    Trace(name="paraphrase", family="text", acted="said in other words", noun="things", title="same in other words",
          evidence="text", windows=(_TEN_MINUTES, _HOUR, _DAY), block="the language", default=False,
          extractor="detectors.paraphrase_actions.paraphrase_actions"),
    Trace(name="media", family="text", acted="posted", noun="pictures or videos", title="same media", evidence="text",
          windows=(_HOUR, _DAY), block="who posted the earliest copy (after near copies are joined)", source=True),
    Trace(name="follow", family="social", acted="followed", noun="accounts", title="same follows", evidence="lockstep",
          windows=(_HOUR, _DAY), extractor=_REACTIONS),
    Trace(name="like", family="social", acted="liked", noun="posts", title="same likes", evidence="lockstep",
          windows=(_HOUR, _DAY), block="in activity logs the site", source=True, extractor=_REACTIONS),
    # Off: half the world posts from one of two apps.
    _infrastructure("client", "posted from", "apps", "same app", weight=1.0, default=False),
    _infrastructure("ip", "came from", "network addresses", "same address", block="the network number (ASN), else the /24 or /48"),
    _infrastructure("device", "used", "devices", "same device"),
    _infrastructure("payment", "paid with", "payment means", "same payment", extractor=_ADS),
    _infrastructure("landing_page", "led to", "landing pages", "same landing page", block="the registered domain", extractor=_ADS),
    # Off, and never alone: an account is created once, so two accounts cannot repeat it.
    _infrastructure("signup", "signed up in", "ten-minute spans", "created together", evidence="automation",
                    windows=(_TEN_MINUTES,), weight=0.5, min_shared=1, block="the day", default=False, alone=False,
                    extractor="detectors.signup.signup_actions"),
    # Off: being awake together needs its block; measured only as a sign of clusters that other traces found.
    Trace(name="rhythm", family="social", acted="posted in", noun="five-minute spans", title="same rhythm",
          evidence="automation", windows=(5 * _MINUTE,), weight=0.5, block="the hour of the week", default=False, alone=False,
          extractor="detectors.rhythm.rhythm_actions"),
)  # fmt: skip

TRACES: Mapping[str, Trace] = {trace.name: trace for trace in _DECLARED}
DEFAULT_TRACES: tuple[str, ...] = tuple(trace.name for trace in _DECLARED if trace.default)
