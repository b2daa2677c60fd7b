"""Could a ring be innocent? The explanations tried on it, tagged and capped, never a deletion."""

from collections.abc import Iterator

import polars as pl

from detectors.guards.found import EXPLAINS_PART, OPEN, RULED_OUT, SETTLED, STILL_OPEN, Found, verdict_of
from detectors.guards.public_figures import protected
from detectors.ring_clusters.access import LEAST_FAILED
from detectors.ring_clusters.words import thing
from detectors.sentences import count, percent, plural
from detectors.takeovers.kinds import MANAGED, OWNER_RUN, SOMEBODY_ELSE, UNDETERMINED
from graph.schemas import GUARD_SCHEMA, FrameSchema

UNKNOWN_CAP = (
    0.5  # a convention: below the line of alerts, above every cap of an explanation, because nothing is explained
)
HANDED_OVER, ONE_OWNER, UNKNOWN, PROTECTED = "handed over", "one owner", "undetermined", "protected accounts"

NUMBERED_GUARD: FrameSchema = {
    "ring": pl.Int64,
    "covers": pl.Boolean,
    **{name: kind for name, kind in GUARD_SCHEMA.items() if name != "cluster_id"},
}


def ring_guards(rings: pl.DataFrame, members: pl.DataFrame, ties: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """NUMBERED_GUARD, by ring, the protected first. Takes the frames of detectors.takeovers.find; `accounts`: ACCOUNT_SCHEMA of at
    least the members.
    """
    rows = []
    for ring in rings.iter_rows(named=True):
        ours = members.filter(pl.col("ring") == ring["ring"])
        told = (*_protected(ours, accounts), *_handed_over(ring, ours), *_everybody(ties, ring["ring"]))
        rows += [
            (ring["ring"], one.covers, one.name, one.verdict, one.sentence, one.tag, one.cap)
            for one in (*told, *_one_owner(ring), *_undetermined(ring))
        ]
    return pl.DataFrame(rows, schema=dict(NUMBERED_GUARD), orient="row")


def _protected(members: pl.DataFrame, accounts: pl.DataFrame) -> Iterator[Found]:
    """High-profile accounts are secured first, by a senior; nothing where the data says it of nobody."""
    known = accounts.filter(
        pl.col("account_id").is_in(members["account_id"].implode())
        & (pl.col("verified").is_not_null() | (pl.col("protection_tier").fill_null("") != ""))
    ).unique("account_id", keep="first", maintain_order=True)
    if known.is_empty():
        return
    marked = known.filter(protected()).height
    if not marked:
        said = f"Public figures or verified organisations? Of {plural(known.height, 'member', 'members')} of whom the data says it, none is."
        yield Found("public figures", RULED_OUT, said)
        return
    said = (
        f"Public figures or verified organisations? {count(marked)} of {plural(members.height, 'member', 'members')} "
        f"{'is' if marked == 1 else 'are'} protected or verified: secure them first. A senior reviewer decides."
    )
    yield Found("public figures", STILL_OPEN if 2 * marked >= members.height else EXPLAINS_PART, said, tag=PROTECTED)


def _handed_over(ring: dict[str, object], members: pl.DataFrame) -> Iterator[Found]:
    """An agency's new client, a colleague's new duty: settles the ring."""
    changed = ring["changed"]
    asked = "Handed over to an agency, a tool or a colleague?"
    if ring["type"] == MANAGED:
        said = f"{asked} {ring['sentence']} The owners, or the agency's contract, would confirm it."
        yield Found("handed over", STILL_OPEN, said, covers=True, tag=HANDED_OVER, cap=SETTLED)
        return
    told = []
    if isinstance(changed, float) and changed >= SOMEBODY_ELSE:
        told.append(f"{changed:.1f} times as much of what they do is new as before")
    fights = members.filter((pl.col("failed") >= LEAST_FAILED) | (pl.col("fought") >= 1)).height
    if fights:
        told.append(f"{count(fights)} of {plural(members.height, 'account was', 'accounts were')} fought over")
    if told:
        yield Found("handed over", RULED_OUT, f"{asked} More than the access changed: {', and '.join(told)}.")


def _everybody(ties: pl.DataFrame, ring: object) -> Iterator[Found]:
    """An app release, a carrier's change, an event: then others take up the same. The thing that most others took up is told."""
    own = ties.filter(pl.col("ring") == ring).sort("outside", "feature", "value", descending=[True, False, False])
    if own.is_empty():
        return
    most = own.row(0, named=True)
    share = most["outside"] / max(most["outside"] + most["accounts"], 1)
    said = (
        f"An app release, a carrier's change, an event? Of {plural(most['there'], 'account', 'accounts')} with habits that were seen at "
        f"that time, {count(most['outside'])} besides the members took up {thing(most['feature'], most['value'])} "
        f"({percent(share)} of those who did). They were counted in before this became a sign."
    )
    # Many others are no excuse: the test of the sign asks whether those who took it up broke with their habits more often.
    yield Found("a change for everybody", EXPLAINS_PART if share >= OPEN else verdict_of(share), said)


def _one_owner(ring: dict[str, object]) -> Iterator[Found]:
    """No innocent explanation, but none of a victim either: who acted together before anything changed was nobody's victim then."""
    before = ring["pairs_before"]
    if not isinstance(before, float):
        return
    said = f"One owner's all along? Of the pairs of members {percent(before)} acted together before anything changed."
    if ring["type"] == OWNER_RUN:
        yield Found("one owner", STILL_OPEN, f"{said} {ring['sentence']}", tag=ONE_OWNER)
    else:
        yield Found("one owner", verdict_of(before), said)


def _undetermined(ring: dict[str, object]) -> Iterator[Found]:
    if ring["type"] == UNDETERMINED:
        said = f"Whose accounts? {ring['sentence']} Ask the owners before anything else is done."
        yield Found("whose accounts", STILL_OPEN, said, covers=True, tag=UNKNOWN, cap=UNKNOWN_CAP)
