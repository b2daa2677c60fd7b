"""The query desk: one Cypher query against the team's graph, read-only three times over, bounded in time and rows.

The session may only read; the server explains the query first, and a plan that does more than read is refused
(graph.neo4j.query_text); a time-out ends it. Where an answer still flows when its time is over (one row may be endless), the
connection is cut: hand over a Neo4jServer that nobody else uses.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from neo4j import ManagedTransaction
from neo4j.exceptions import ClientError, CypherSyntaxError
from neo4j.graph import Node, Path, Relationship

from graph.answers import Sentences
from graph.errors import BadSetting, StoreFault
from graph.foreign_text import show_text
from graph.neo4j.cypher import IS_CURRENT
from graph.neo4j.query_text import refuse_plan, refuse_text
from graph.neo4j.server import Neo4jServer

MOST_ROWS = 1_000
SECONDS = 20.0
MOST_ITEMS = 200  # of a list in one cell
MOST_SIGNS = 2_000  # of a text in one cell
_DEEPEST = 4  # lists and maps within one another
_GRACE = 3.0  # seconds that the server gets to end a query by itself


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """A node of an answer; `account_id` is "" for everything that is no account."""

    key: int  # the place at which it was first met
    label: str
    name: str
    account_id: str


@dataclass(frozen=True, slots=True)
class DrawnTie:
    """A tie of an answer between two drawn nodes."""

    source: int
    target: int
    kind: str


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """Rows of plain values (texts, numbers, lists, maps), and the nodes and ties that stood in them, each once."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    nodes: tuple[DrawnNode, ...]
    ties: tuple[DrawnTie, ...]
    left_out: Sentences


def ask(
    server: Neo4jServer,
    version: int,
    cypher: str,
    given: Mapping[str, Any],
    most_rows: int = MOST_ROWS,
    seconds: float = SECONDS,
) -> QueryAnswer:
    """Run one query; `$version` is given besides `given`.

    Raises BadSetting for a query that is not one, or does more than read; StoreFault when it takes too long, or when the
    graph was replaced meanwhile.
    """
    refuse_text(cypher)
    parameters = {**given, "version": version}

    def read(transaction: ManagedTransaction) -> QueryAnswer:
        _refuse_unread(transaction, cypher, parameters)
        result = transaction.run(cypher, parameters)
        columns = tuple(result.keys())
        records = result.fetch(most_rows + 1)
        answer = _Reading().answer(columns, [tuple(row.values()) for row in records], most_rows)
        result.consume()
        if not transaction.run(IS_CURRENT, {"version": version}).peek():
            raise StoreFault(f"The graph at {server.url} was replaced while it was read.", "Ask again.")
        return answer

    return _cut_off(server, lambda: server.look(read, seconds), seconds + _GRACE)


def _refuse_unread(transaction: ManagedTransaction, cypher: str, parameters: dict[str, Any]) -> None:
    try:
        explained = transaction.run("EXPLAIN " + cypher, parameters).consume()
    except ClientError as fault:
        if (
            isinstance(fault, CypherSyntaxError)
            or ".Statement." in (fault.code or "")
            or ".Procedure." in (fault.code or "")
        ):
            said = next(iter((fault.message or "").splitlines()), "")
            raise BadSetting(f"The query cannot be read: {show_text(said, 300)}", "See docs/cypher.md.") from fault
        raise
    refuse_plan(explained.query_type, explained.plan)


def _cut_off(server: Neo4jServer, look: Callable[[], QueryAnswer], seconds: float) -> QueryAnswer:
    """The answer, or a StoreFault after that many seconds however much of it is still on its way."""
    answers: list[QueryAnswer] = []
    faults: list[Exception] = []

    def run() -> None:
        try:
            answers.append(look())
        except Exception as fault:  # handed to the thread that asked
            faults.append(fault)

    # The driver has no way to leave a row that never ends: its thread is left behind, and ends with the connection.
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if answers:
        return answers[0]
    if faults:
        raise faults[0]
    server.close()
    raise StoreFault(f"The graph server at {server.url} took too long and was stopped.", "Ask for less, or try again.")


class _Reading:
    """Turns what the driver hands over into plain values, and notes each node and tie it meets."""

    def __init__(self) -> None:
        self._nodes: dict[str, DrawnNode] = {}
        self._ties: dict[str, DrawnTie] = {}
        self._shortened = False

    def answer(self, columns: tuple[str, ...], records: list[tuple[Any, ...]], most_rows: int) -> QueryAnswer:
        rows = tuple(tuple(self._plain(value, 0) for value in record) for record in records[:most_rows])
        said = []
        if len(records) > most_rows:
            said.append(f"Left out: all rows after the first {most_rows:,}.")
        if self._shortened:
            said.append(f"Left out: parts of lists over {MOST_ITEMS} items and of texts over {MOST_SIGNS:,} signs.")
        return QueryAnswer(columns, rows, tuple(self._nodes.values()), tuple(self._ties.values()), tuple(said))

    def _plain(self, value: Any, depth: int) -> Any:  # noqa: PLR0911 - one return per kind of value
        match value:
            case None | bool() | int() | float():
                return value
            case str():
                self._shortened |= len(value) > MOST_SIGNS
                return value[:MOST_SIGNS]
            case Node():
                return self._node(value).name
            case Relationship():
                return self._tie(value).kind
            case Path():
                return " ".join(map(str, [part for step in self._walk(value) for part in step]))
            case list() | tuple() if depth < _DEEPEST:
                self._shortened |= len(value) > MOST_ITEMS
                return [self._plain(item, depth + 1) for item in value[:MOST_ITEMS]]
            case dict() if depth < _DEEPEST:
                self._shortened |= len(value) > MOST_ITEMS
                return {str(key): self._plain(item, depth + 1) for key, item in list(value.items())[:MOST_ITEMS]}
        return str(value)[:MOST_SIGNS]  # times, durations, places

    def _node(self, node: Node) -> DrawnNode:
        if node.element_id not in self._nodes:
            label = next(iter(sorted(node.labels)), "")
            name = node.get("handle") or node.get("id") or node.get("value") or label
            account_id = str(node.get("id") or "") if label == "Account" else ""
            self._nodes[node.element_id] = DrawnNode(len(self._nodes), label, str(name)[:MOST_SIGNS], account_id)
        return self._nodes[node.element_id]

    def _tie(self, tie: Relationship) -> DrawnTie:
        if tie.element_id not in self._ties:
            source, target = (self._node(node).key for node in tie.nodes if node is not None)
            kind = f"{tie.type} {tie['kind']}" if "kind" in tie else tie.type
            self._ties[tie.element_id] = DrawnTie(source, target, kind)
        return self._ties[tie.element_id]

    def _walk(self, path: Path) -> list[list[str]]:
        nodes, ties = [self._node(one).name for one in path.nodes], [self._tie(one).kind for one in path.relationships]
        return [[name, *(["–", kind, "–"] if kind else [])] for name, kind in zip(nodes, [*ties, ""], strict=True)]
