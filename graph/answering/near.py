"""What lies around one account: who it interacted with, who acted on the same objects, chains to others."""

from collections.abc import Collection
from itertools import pairwise

from graph.answering.objects import shared_rows
from graph.answering.paths import Search
from graph.answering.questions import Question
from graph.answering.reader import Reader, Rows
from graph.answers import CoActor, CoActors, EvidencePath, Neighbour, Neighbourhood, PathStep
from graph.store import HUB_TIES, left_out

# Looking up the ties of one pair costs a Neo4j server about as much as reading 25 ties (docs/evidence/neo4j.md, "Asking").
_TIES_PER_PAIR = 25
# Neighbours that there is no room for are counted over as many ties: 20,000 take 50 ms there.
_COUNTED_TIES = 20_000


def neighbourhood(
    reader: Reader, account_id: str, hops: int, limit_nodes: int, kinds: Collection[str] | None, limit_interactions: int
) -> Neighbourhood:
    """See GraphStore.neighbourhood."""
    centre = reader.key_of(account_id)
    asked = {"kinds": reader.kinds_asked(kinds), "every_kind": kinds is None}
    rings: list[dict[int, int]] = [{centre: 0}]  # by hops: key -> strength
    said: list[str] = []
    for hop in range(1, hops + 1):
        frontier, hubs, ways = (list(rings[-1]), 0, 0) if hop == 1 else _without_hubs(reader, rings[-1])
        known = [key for ring in rings for key in ring]
        room = limit_nodes + 1 - len(known)
        what = {"frontier": frontier, "known": known, **asked}
        rows: Rows = []
        if room:
            rows = reader.rows(Question.RING, limit=room, **what)
        elif ways <= _COUNTED_TIES:
            rows = reader.rows(Question.RING_SIZE, **what)
        else:
            said.append(f"Left out: all neighbours, {hop} hops away, where {ways:,} ties lead.")
        total = rows[0]["total"] if rows else 0
        rings.append({row["other"]: row["strength"] for row in rows} if room else {})
        away = "" if hop == 1 else f", {hop} hops away"
        said += left_out(total - len(rings[-1]), "neighbour", f"with fewer interactions{away}")
        said += left_out(hubs, "way", f"beyond a neighbour with more than {HUB_TIES:,} ties")
    shown = [(key, hop, strength) for hop, ring in enumerate(rings) for key, strength in ring.items()]
    every = [key for key, _, _ in shown]
    most = _TIES_PER_PAIR * len(every)
    ties = reader.rows(Question.AMONG, every=every, most_ties=most, limit=limit_interactions, **asked)
    said += left_out((ties[0]["total"] if ties else 0) - len(ties), "tie", "among those shown, with fewer interactions")
    accounts = reader.accounts(every)
    return Neighbourhood(
        account_id,
        tuple(Neighbour(accounts[key], hop, strength) for key, hop, strength in shown),
        reader.interactions(ties),
        tuple(said),
    )


def co_actors(reader: Reader, account_id: str, limit: int, popular: int) -> CoActors:
    """See GraphStore.co_actors."""
    key = reader.key_of(account_id)
    rows = reader.rows(Question.CO_ACTORS, account=key, popular=popular, limit=limit)
    total = rows[0]["total"] if rows else 0
    passed_by = reader.rows(Question.POPULAR_OF, account=key, popular=popular)[0][0]
    accounts = reader.accounts([row["account"] for row in rows])
    said = [
        *left_out(total - len(rows), "account", "with fewer objects in common"),
        *left_out(passed_by, "object", f"that more than {popular:,} accounts acted on"),
    ]
    return CoActors(
        account_id, total, tuple(CoActor(accounts[row["account"]], row["shared"]) for row in rows), tuple(said)
    )


def shortest_path(
    reader: Reader, left: str, right: str, max_hops: int, over: Collection[str], popular: int, read_most: int
) -> EvidencePath:
    """See GraphStore.shortest_path."""
    ends = (reader.key_of(left), reader.key_of(right))
    search = Search(reader, frozenset(over), popular, read_most)
    keys = search.path(*ends, max_hops)
    said = list(left_out(search.passed_by, "object", f"that more than {popular:,} accounts acted on"))
    if search.gave_up:
        said.append(f"Left out: ways that need more than {read_most:,} ties to be read.")
    elif keys is None:
        said.append(f"Left out: ways longer than {max_hops} steps, if there are any.")
    if keys is None:
        return EvidencePath(left, right, False, (), tuple(said))
    steps = tuple(_step(reader, one, next_one, search) for one, next_one in pairwise(keys))
    return EvidencePath(left, right, True, steps, tuple(said))


def _step(reader: Reader, left: int, right: int, search: Search) -> PathStep:
    names = reader.accounts([left, right])
    ties = reader.rows(Question.BETWEEN_TWO, left=left, right=right) if "interactions" in search.over else []
    total, shared = shared_rows(reader, left, right, 1) if "objects" in search.over else (0, ())
    return PathStep(
        names[left].account_id,
        names[right].account_id,
        reader.interactions(ties),
        shared[0] if shared else None,
        total,
    )


def _without_hubs(reader: Reader, ring: Collection[int]) -> tuple[list[int], int, int]:
    """Those with at most HUB_TIES ties, how many others there are, and how many ties lead away from those."""
    rows = reader.rows(Question.ACCOUNTS_BY_KEY, keys=sorted(ring))
    light = {row["key"]: row["ties"] for row in rows if row["ties"] <= HUB_TIES}
    return list(light), len(rows) - len(light), sum(light.values())
