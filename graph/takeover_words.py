"""What accounts in other hands are called, on the pages and in reports alike: kinds of rings, habits, what was done, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

COMPROMISED = "compromised"  # the kind of the clusters, and the type of those whose members are victims
VICTIM, CHANGED = "victim", "changed"  # roles of their members: an owner lost the account; nobody says from whom


@dataclass(frozen=True, slots=True)
class RingType:
    """One type of ring: `chip` in lists and heads, `what` of it in a sentence after 'N accounts', `care` what is to be done."""

    chip: str
    what: str
    care: str


RING_TYPES: Mapping[str, RingType] = MappingProxyType(
    {
        COMPROMISED: RingType(
            "probably taken over",
            "were probably taken over",
            "The owners are victims: secure the accounts and contact them, do not suspend.",
        ),
        "farm": RingType(
            "may have been sold",
            "changed hands, and no owner was seen or fought for them since: they may have been sold",
            "Ask the earlier owners first: an owner who was away looks the same.",
        ),
        "managed": RingType(
            "handed over",
            "are reached in another way and do what they always did: they may have been handed over to an agency or a colleague",
            "Nothing is to be done unless an owner says otherwise.",
        ),
    }
)
UNDETERMINED = RingType(
    "changed hands, cannot tell",
    "changed their habits together, and the data do not say whose they are",
    "Ask the owners before anything else is done.",
)

# A habit, called as it stands before its value. Some are traces as well; these words are those of one account.
HABITS: Mapping[str, str] = MappingProxyType(
    {
        "device": "device",
        "client": "app",
        "country": "country",
        "asn": "provider",
        "network": "addresses",
        "domain": "links to",
        "text": "text",
        "mention": "mentions",
        "topic": "tags",
        "lang": "language",
        "kind": "kinds of posts",
        "hour": "hours (UTC)",
    }
)
# What rings are tied by and no coordinated cluster is: there is no trace of that name.
TIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "asn": ("same provider", "infrastructure"),
        "network": ("same addresses", "infrastructure"),
        "country": ("same country", "infrastructure"),
    }
)
# Kinds of posts and of access, in the order of a list: what the intruder did, then how the account was reached and fought over.
DEEDS: Mapping[str, str] = MappingProxyType(
    {
        "post": "posts",
        "share": "shares",
        "reply": "replies",
        "quote": "quotes",
        "login": "log-ins",
        "login_failed": "failed log-ins",
        "reset_requested": "new passwords asked for",
        "reset_done": "new passwords set",
        "session_revoked": "sessions ended",
        "email_changed": "e-mail address changed",
        "phone_changed": "telephone changed",
        "mfa_changed": "second factor changed",
    }
)


def ring_type(kind: object, told: object) -> RingType | None:
    """The words for a cluster of that kind and type; None for one that is no ring of accounts in other hands."""
    return RING_TYPES.get(str(told), UNDETERMINED) if kind == COMPROMISED else None


def holds_victims(kind: object, told: object) -> bool:
    """Whether the members of a cluster of that kind and type are victims."""
    return kind == told == COMPROMISED


def deed_order(what: str) -> tuple[int, str]:
    """Where a kind of event stands in a list; those that nobody foresaw come last, by name."""
    return (list(DEEDS).index(what) if what in DEEDS else len(DEEDS), what)


def deed_title(what: str) -> str:
    """'login_failed' -> 'failed log-ins'; an unknown one keeps its words, which come from the run as they are."""
    return DEEDS.get(what, what.replace("_", " "))
