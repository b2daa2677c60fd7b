"""The shortest chain of accounts between two, searched level by level from both ends."""

from dataclasses import dataclass, field

from graph.answering.questions import Question
from graph.answering.reader import Reader


@dataclass(slots=True)
class Side:
    """What one end has reached: account -> the account before it (None at the end itself), and how far it is."""

    before: dict[int, int | None]
    depth: dict[int, int]
    frontier: list[int]
    cost: int = 0  # ties to be read for the next level
    hops: int = 0
    objects: set[int] = field(default_factory=set)  # walked through already


@dataclass(slots=True)
class Search:
    """One search: its limits, and what it passed by."""

    reader: Reader
    over: frozenset[str]
    popular: int
    rows_left: int
    passed_by: set[int] = field(default_factory=set)  # objects too popular to be walked through
    gave_up: bool = False

    def path(self, left: int, right: int, max_hops: int) -> list[int] | None:
        """Keys from left to right, both included; None when there is no way within `max_hops` or the search gave up."""
        if left == right:
            return [left]
        sides = [Side({end: None}, {end: 0}, [end], self._cost([end])) for end in (left, right)]
        while sides[0].hops + sides[1].hops < max_hops:
            side, other = sorted(sides, key=lambda s: s.cost)
            if not side.frontier or not self._advance(side):
                return None
            met = [key for key in side.frontier if key in other.before]
            if met:
                # Ties go to the smaller id, so that two searches agree.
                return self._joined(sides, min(met, key=lambda key: (other.depth[key], key)))
        return None

    def _advance(self, side: Side) -> bool:
        """Replace the frontier by the next level; False when that would read more than is left."""
        if not self._spend(side.cost):
            return False
        found: dict[int, int] = {}
        if "interactions" in self.over:
            found.update(
                (row[0], row[1]) for row in self.reader.rows(Question.STEP_INTERACTIONS, frontier=side.frontier)
            )
        if "objects" in self.over and not self._through_objects(side, found):
            return False
        side.hops += 1
        new = {key: before for key, before in found.items() if key not in side.before}
        side.before.update(new)
        side.depth.update(dict.fromkeys(new, side.hops))
        side.frontier = sorted(new)
        side.cost = self._cost(side.frontier)
        return True

    def _through_objects(self, side: Side, found: dict[int, int]) -> bool:
        reached: dict[int, int] = {}
        rows = 0
        for object_key, account, accounts in self.reader.rows(Question.STEP_TO_OBJECTS, frontier=side.frontier):
            if accounts > self.popular:
                self.passed_by.add(object_key)
            elif object_key not in side.objects:
                reached[object_key] = account
                rows += accounts
        if not self._spend(rows):
            return False
        side.objects.update(reached)
        for account, object_key in self.reader.rows(Question.STEP_TO_ACCOUNTS, objects=sorted(reached)):
            before = reached[object_key]
            found[account] = min(before, found.get(account, before))
        return True

    def _cost(self, frontier: list[int]) -> int:
        ties, objects = self.reader.rows(Question.STEP_COST, frontier=frontier)[0]
        return int("interactions" in self.over) * int(ties) + int("objects" in self.over) * int(objects)

    def _spend(self, rows: int) -> bool:
        self.rows_left -= rows
        self.gave_up = self.gave_up or self.rows_left < 0
        return not self.gave_up

    def _joined(self, sides: list[Side], met: int) -> list[int]:
        halves = []
        for side in sides:
            half: list[int] = []
            at: int | None = met
            while at is not None:
                half.append(at)
                at = side.before[at]
            halves.append(half)
        return [*reversed(halves[0]), *halves[1][1:]]
