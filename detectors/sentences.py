"""How findings are worded: counts, spans, chances, and the sentences of signals, titles and reasons (UI_DESIGN 6)."""

import math
from dataclasses import dataclass

from graph.traces import TRACES

NARROW = "\u202f"  # between number and percent sign


def count(number: float) -> str:
    """1,204 exact; an expectation below ten keeps one digit behind the point."""
    if number >= 10 or float(number).is_integer():
        return f"{round(number):,}"
    return f"{number:.1f}"


def percent(share: float) -> str:
    return f"{round(100 * share)}{NARROW}%"


def plural(number: int, one: str, many: str) -> str:
    return f"{count(number)} {one if number == 1 else many}"


def span(seconds: float) -> str:
    """One unit only: 7 s, 40 min, 9 h, 9 days."""
    for unit, size, most in (("s", 1, 120), ("min", 60, 120 * 60), ("h", 3600, 48 * 3600)):
        if seconds < most:
            return f"{round(seconds / size)} {unit}"
    return f"{count(round(seconds / 86400))} days"


def times(number: float) -> str:
    """How often, with the expectation in words: 'about 13 times', 'less than once'."""
    if number < 0.95:
        return "less than once"
    if number < 1.5:
        return "about once"
    return f"about {count(number) if number >= 10 else f'{number:.0f}'} times"


def chance(p: float) -> str:
    """A probability as a frequency: 'about 1 in 400,000', 'less than 1 in a million'."""
    if p < 1e-6:
        return "less than 1 in a million"
    if p > 0.67:
        return "nothing unusual"
    many = 1 / p
    digits = max(0, math.floor(math.log10(many)) - 1)
    return f"about 1 in {round(many, -digits):,.0f}"


def overlap_sentence(
    trace: str, objects: int, often: int, expected: float, p: float, window: int, gap: float, lasted: float
) -> str:
    """Who did what together, how close in time, how often, in which span; what like accounts do; chance."""
    words = TRACES[trace]
    same = f"the same {count(objects)} {words.noun}"
    did = f"These accounts {words.acted} {same}, within {span(window)} of one another"
    return (
        f"{did} (median {span(gap)}), {plural(often, 'time', 'times')} in {span(lasted)}. "
        f"Accounts as active as these would do so {times(expected)} by chance. By chance: {chance(p)}."
    )


@dataclass(frozen=True, slots=True)
class Together:
    """What a cluster did together: on how many objects, how close in time (median, s), in which span (s), by turns or all."""

    objects: int
    gap: float
    lasted: float
    by_turns: bool


def company_sentence(trace: str, did: Together, acts: int, company: int, expected: float, p: float, window: int) -> str:
    """Who did what together, how much of what they do that is, what outsiders' acts have; chance for any such group."""
    words = TRACES[trace]
    turns = ", by turns rather than always the same few" if did.by_turns else ""
    return (
        f"These accounts {words.acted} the same {count(did.objects)} {words.noun}, within {span(window)} of one another "
        f"(median {span(did.gap)}), in {span(did.lasted)}{turns}: {count(company)} of their {count(acts)} acts had such "
        f"company. As many acts of other accounts would have it {times(expected)}. By chance: {chance(p)}."
    )


def synchrony_sentence(trace: str, close: int, joint: int, expected: float, p: float, window: int, widest: int) -> str:
    """How many of the joint acts were close in time, against how close others are on the same objects."""
    noun = TRACES[trace].noun
    return (
        f"When two of these accounts met on one of these {noun} within {span(widest)}, they were within {span(window)} "
        f"in {count(close)} of {count(joint)} cases ({percent(close / max(joint, 1))}). "
        f"At the pace of other accounts on the same and equally popular {noun} it would be about {count(round(expected))}. "
        f"By chance: {chance(p)}."
    )


def lockstep_sentence(trace: str, accounts: int, objects: int, touches: int, expected: float, p: float) -> str:
    """A dense block: how full the table of accounts by objects is, against active accounts and popular objects."""
    words = TRACES[trace]
    possible = accounts * objects
    return (
        f"These {count(accounts)} accounts {words.acted} the same {count(objects)} {words.noun}: {count(touches)} of "
        f"{count(possible)} possible times ({percent(touches / possible)}). Accounts as active as these, on {words.noun} "
        f"as popular, would do so {times(expected)}. By chance: {chance(p)}."
    )


def repeats_sentence(other: str) -> str:
    return f" These are mostly the same posts as under {TRACES[other].title}, so they count once."


def title(size: int, trace: str, gap: float) -> str:
    """'48 accounts, quick shares': size and strongest trace; quick when the median gap is at most a minute."""
    said = TRACES[trace].title
    if gap <= 60 and not said.startswith("quick"):
        said = f"quick {said}" if said == "shares" else f"{said} in quick succession"
    return f"{count(size)} accounts, {said}"


def link_reason(trace: str, other: str, n: int, expected: float, window: int) -> str:
    """Why an account is linked to another: what they did together, against what chance explains."""
    words = TRACES[trace]
    explained = "fewer than 0.1" if expected < 0.1 else f"about {expected:.1f}"
    return (
        f"{words.acted.capitalize()} the same {count(n)} {words.noun} as {other} within {span(window)}; "
        f"chance explains {explained}."
    )


def member_reason(cluster_id: str, said: str, role: str, explained: str = "") -> str:
    """`explained`: the tag of the innocent explanation that settles the cluster, if one does."""
    known = f" That is explained (“{explained}”), so nobody in it is flagged." if explained else ""
    return f"{role.capitalize()} in {cluster_id} ({said}).{known}"


def beside_reason(cluster_id: str, role: str, sentence: str) -> str:
    known = "Possible target" if role == "target" else "Bystander"
    return f"{known} of {cluster_id}, not a member. {sentence}"
