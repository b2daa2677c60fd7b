"""What rings are called and how their signs read aloud."""

from collections.abc import Mapping
from datetime import datetime

from detectors.sentences import chance, count, percent, plural, span

# A feature -> one value of it, in words. Ids and names of the export follow as they are.
THING: Mapping[str, str] = {
    "device": "the device",
    "client": "the app",
    "asn": "the provider",
    "network": "the addresses",
    "country": "the country",
    "domain": "links to",
    "text": "the text",
}
TITLE: Mapping[str, str] = {
    "device": "same new device",
    "client": "same new app",
    "asn": "same new provider",
    "network": "same new addresses",
    "domain": "links to the same new site",
    "text": "same new text",
}
LONGEST = 60  # signs of a value that a sentence holds: some exports have no fingerprint and a text stands for itself


def thing(feature: str, value: str) -> str:
    """'the device 3f2a'; a long value is cut."""
    said = value if len(value) <= LONGEST else value[: LONGEST - 1] + "…"
    return f"{THING.get(feature, feature)} {said}"


def one_in(share: float) -> str:
    """'1 in 40'; 'hardly any' where nobody is expected, a percentage above one third."""
    if share <= 1e-4:
        return "hardly any"
    return f"{percent(share)}" if share > 1 / 3 else f"1 in {round(1 / share):,}"


def single_sentence(
    accounts: int, what: str, seconds: float, adopted: int | None, broke: int | None, expected: float | None, p: float
) -> str:
    """Who took up one thing and broke with other habits, against those who took up something else of that kind in that week."""
    took = f"{plural(accounts, 'account', 'accounts')} took up {what} within {span(seconds)}"
    if not adopted or broke is None or expected is None:
        return f"{took}. By chance: {chance(p)}."
    return (
        f"{took}. {count(broke)} of the {count(adopted)} that took it up then broke with their other habits on that day; "
        f"of the accounts that took up something else of that kind in that week {one_in(expected / adopted)} did. By chance: {chance(p)}."
    )


def couple_sentence(accounts: int, one: str, other: str, seconds: float, expected: float | None, p: float) -> str:
    """Who took up two things of different kinds within a day, against how often that comes together."""
    usual = (
        ""
        if expected is None
        else f" By how often either was taken up then, about {count(round(expected, 1))} would have."
    )
    return (
        f"{plural(accounts, 'account', 'accounts')} took up both {one} and {other} within a day, all of them within "
        f"{span(seconds)}.{usual} By chance: {chance(p)}."
    )


def access_sentence(accounts: int, size: int, share: float, p: float) -> str:
    """How many members show that somebody fought for them, against how many others do in as long a time."""
    return (
        f"{count(accounts)} of {plural(size, 'account', 'accounts')} had log-ins fail at least twice within two days before, or "
        "passwords asked for anew or sessions ended within three days after. Of other accounts that were seen at that time, "
        f"{one_in(share)} had such in five days. By chance: {chance(p)}."
    )


def more_sentence(many: int) -> str:
    return f" {plural(many, 'other sign of this kind says', 'other signs of this kind say')} the same." if many else ""


def member_sentence(role: str, cluster_id: str, title: str, at: datetime, explained: str) -> str:
    """What `accounts` says of a member: a victim is called one, of others only what changed is said."""
    known = f" That is explained (“{explained}”), so nobody in it is flagged." if explained else ""
    who = "Victim in" if role == "victim" else "Changed its habits with the others of"
    return f"{who} {cluster_id} ({title}); first seen with what ties them at {at:%Y-%m-%d %H:%M} UTC.{known}"
