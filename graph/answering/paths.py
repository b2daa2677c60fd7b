"""The shortest chain of accounts between two: 1 or 2 steps, then 3, then 4, each asked of the store as a whole.

A store never sends what it walked through, only the chain: of several equally short ones the first in the order of the ids,
compared account by account from the left. What a question would read is known before it is asked.
"""

from dataclasses import dataclass
from typing import Any

from graph.answering.questions import Question
from graph.answering.reader import Reader, Row


@dataclass(slots=True)
class Search:
    """One search: its limits, and what it passed by."""

    reader: Reader
    over: frozenset[str]
    popular: int
    rows_left: int  # ties that may still be read; what a later question reads again is counted once
    passed_by: int = 0  # objects too popular to be walked through, around the ends and the accounts next to them
    gave_up: bool = False

    def path(self, left: int, right: int, max_hops: int) -> list[int] | None:
        """Keys from left to right, both included; None when there is no way within `max_hops` or the search gave up."""
        if left == right:
            return [left]
        asked = {
            "left": left,
            "right": right,
            "popular": self.popular,
            "interactions": "interactions" in self.over,
            "objects": "objects" in self.over,
        }
        ends = self._one(Question.PATH_ENDS, asked)
        self.passed_by = ends["passed_by"]
        if not self._spend(ends["ties"] + ends["touches"]):
            return None
        near = self._one(Question.PATH_NEAR, asked)
        if near["direct"]:
            return [left, right]
        if near["middle"] is not None and max_hops > 1:
            return [left, near["middle"], right]
        between = self._between(asked, max_hops) if max_hops > 2 else None
        return None if between is None else [left, *between, right]

    def _between(self, asked: dict[str, Any], max_hops: int) -> list[int] | None:
        """The accounts of a way of 3 or 4 steps."""
        cost = self._one(Question.PATH_COST, asked)
        fewer, more = sorted((cost["ties_left"], cost["ties_right"]))
        if not self._spend(fewer + cost["touches"]):
            return None
        from_left = cost["ties_left"] <= cost["ties_right"]
        three = self._one(Question.PATH_THREE, asked | {"from_left": from_left})
        self.passed_by = three["passed_by"]
        if three["first"] is not None:
            return [three["first"], three["second"]]
        if max_hops < 4 or not self._spend(more + three["touches"]):
            return None
        four = self.reader.rows(Question.PATH_FOUR, **asked)
        return [four[0]["first"], four[0]["second"], four[0]["third"]] if four else None

    def _one(self, question: Question, asked: dict[str, Any]) -> Row:
        return self.reader.rows(question, **asked)[0]

    def _spend(self, rows: int) -> bool:
        self.rows_left -= rows
        self.gave_up = self.rows_left < 0
        return not self.gave_up
