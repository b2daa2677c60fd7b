"""A made-up world of framing (SECURITY 5): a heavy-tailed crowd, a ring, and innocents whose links the ring copies."""

from dataclasses import dataclass

import numpy as np

from tests.detectors.worlds import Row

DAYS = 14
HOUR = 3600.0


@dataclass(frozen=True)
class FramingWorld:
    """`rows` of the trace url; `ring` coordinates, `framed` did nothing but post first."""

    rows: list[Row]
    ring: frozenset[str]
    framed: frozenset[str]


def framing_world(
    seed: int,
    *,
    accounts: int = 3_000,
    members: int = 30,
    framed: int = 20,
    copied: int = 8,
    copiers: int = 12,
    delay: float = 40.0,
    popular: bool = False,
    rounded: float = 0.0,
    own: int = 25,
) -> FramingWorld:
    """The ring shares `own` links of its own (each member most of them); of each framed account it copies `copied`
    links, `copiers` members each, within `delay` seconds. `popular` copies what the crowd posts too; `rounded` cuts
    times down to multiples of so many seconds.
    """
    draw = np.random.default_rng(seed)
    rows = _crowd(draw, accounts)
    ring = [f"m{number:02d}" for number in range(members)]
    order = draw.permutation(accounts)
    innocent = [f"user{number:04d}" for number in order[:framed]]
    for member in ring:  # members have lives: they post from the crowd's links as well
        rows += [(member, "url", f"p-{_popular(draw)}", _moment(draw)) for _ in range(30)]
    for number in range(own):
        start = _moment(draw)
        rows += [(m, "url", f"r-{number}", start + draw.uniform(0, 50)) for m in ring if draw.random() < 0.7]
    for person in innocent:
        mine = [row for row in rows if row[0] == person]
        if popular and len(mine) >= copied:
            chosen = [mine[place] for place in draw.choice(len(mine), copied, replace=False)]
        else:
            chosen = [(person, "url", f"i-{person}-{number}", _moment(draw)) for number in range(copied)]
            rows += chosen
        for _, trace, link, at in chosen:
            some = draw.choice(members, copiers, replace=False)
            rows += [(ring[m], trace, link, at + 1 + draw.uniform(0, delay)) for m in some]
    if rounded:
        rows = [(who, trace, link, at // rounded * rounded) for who, trace, link, at in rows]
    return FramingWorld(rows, frozenset(ring), frozenset(innocent))


def _crowd(draw: np.random.Generator, accounts: int) -> list[Row]:
    acts = np.minimum(1 + draw.pareto(1.2, accounts) * 4, 300).astype(int)
    rows: list[Row] = []
    for number, many in enumerate(acts):
        rows += [(f"user{number:04d}", "url", f"p-{_popular(draw)}", _moment(draw)) for _ in range(many)]
    return rows


def _popular(draw: np.random.Generator) -> int:
    """Heavy-tailed popularity: the most posted link has thousands of posts, most have a few."""
    return int(min(draw.pareto(0.7) * 3, 4_000))


def _moment(draw: np.random.Generator) -> float:
    """Seconds since the start: more in the evening than at night."""
    while True:
        at = draw.uniform(0, DAYS * 24 * HOUR)
        if draw.random() < 0.5 + 0.5 * np.sin(at / (24 * HOUR) * 2 * np.pi):
            return float(at)


def rotating_pool(seed: int, members: int = 60, objects: int = 400) -> list[Row]:
    """A pool whose members take turns: two to six of them push each object, and anyone may be first."""
    draw = np.random.default_rng(seed)
    rows: list[Row] = []
    for number in range(objects):
        start = _moment(draw)
        some = draw.choice(members, int(draw.integers(2, 7)), replace=False)
        rows += [(f"pool{m:02d}", "url", f"q-{number}", start + draw.uniform(0, 50)) for m in some]
    return rows


def circles_of_friends(world: FramingWorld, seed: int, *, things: int = 10, each: int = 5) -> list[Row]:
    """The framed in circles that post the same links within the hour, in any order, and twelve of the ring after the first."""
    draw = np.random.default_rng(seed + 50)
    framed, ring = sorted(world.framed), sorted(world.ring)
    rows: list[Row] = []
    for start in range(0, len(framed), each):
        for number in range(things):
            at = _moment(draw)
            some = draw.permutation(framed[start : start + each])[: each - 1]
            after = [0.0, *np.sort(draw.uniform(60, 3_000, each - 2)).tolist()]
            rows += [(str(who), "url", f"f{start}-{number}", at + late) for who, late in zip(some, after, strict=True)]
            copiers = draw.choice(len(ring), 12, replace=False)
            rows += [(ring[m], "url", f"f{start}-{number}", at + 1 + draw.uniform(0, 40)) for m in copiers]
    return rows
