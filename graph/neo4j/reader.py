"""One held version of the graph in a Neo4j server: the named questions in Cypher, and whether the version still counts."""

from collections.abc import Collection, Sequence
from typing import Any

from graph.answering.questions import Question
from graph.answering.reader import Reader, Rows
from graph.answers import GraphSummary
from graph.errors import NothingThere, StoreFault
from graph.neo4j import cypher
from graph.neo4j.load import refuse_newer_schema
from graph.neo4j.server import Ask, Neo4jServer
from graph.neo4j.summary import summary_from
from graph.words import Word


class Neo4jReader(Reader):
    """Asks one version; a version that was replaced meanwhile is said, never half answered."""

    def __init__(self, server: Neo4jServer, version: int, summary: GraphSummary, has_words: bool) -> None:
        self._server = server
        self._has_words = has_words
        self.version = version
        self._summary = summary

    def rows(self, question: Question, **given: Any) -> Rows:
        return self._server.read(lambda ask: self._answer(ask, cypher.CYPHER[question], given))

    def _answer(self, ask: Ask, statement: str, given: dict[str, Any]) -> Rows:
        found = ask(statement, version=self.version, **given)
        # A version is taken apart only after it was replaced: current afterwards means whole while it was read.
        if not ask(cypher.IS_CURRENT, version=self.version):
            raise StoreFault(f"The graph at {self._server.url} was replaced while it was read.", "Ask again.")
        return found

    def kinds_asked(self, kinds: Collection[str] | None) -> list[str]:
        return [known.kind for known in self._summary.kinds if kinds is None or known.kind in kinds]

    @property
    def has_words(self) -> bool:
        return self._has_words

    def words_asked(self, words: Sequence[Word]) -> str:
        """A Lucene query of letters and digits only; the version stands first in the words of every node."""
        return " ".join([f"+_{self.version}", *(f"+{word.text}{'' if word.whole else '*'}" for word in words)])

    def summary(self) -> GraphSummary:
        return self._summary

    def close(self) -> None:
        """Nothing is held on the server."""


def open_current(server: Neo4jServer, graph: str, patient: bool = False) -> Neo4jReader:
    """The version that counts now; raises NothingThere when none was loaded. A writer waits for a server that went away."""
    refuse_newer_schema(server, patient)
    found = server.read(lambda ask: ask(cypher.CURRENT, graph=graph), patient)
    if not found:
        raise NothingThere(
            f"The graph {graph!r} is not loaded at {server.url} yet.", "Import something: flockwatch ingest FILE."
        )
    return Neo4jReader(server, found[0]["number"], summary_from(found[0]["summary"]), found[0]["words"])
