"""What a query may not say, read from its text and from the plan that the server would follow; nothing is run here."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from graph.errors import BadSetting
from graph.foreign_text import show_text

LONGEST = 20_000  # signs of one query

# Read from the plans of Neo4j 5.26: whatever writes, calls a procedure, reads a file, or is about the server and not the graph.
_FORBIDDEN = re.compile(
    r"Create|Merge|Delete|Remove|^Set|Foreach|LoadCSV|ProcedureCall|Transaction|Administration|Command|Drop|Alter|^Show|^Terminate"
)
_READS = "r"  # the server's own word for a query that only reads the graph
# Functions stand in no plan. Those of plug-ins have names with dots; so have a few of the server's own, which are harmless.
_PLUGIN = re.compile(r"([^\W\d]\w*)((?:\s*\.\s*[^\W\d]\w*)+)\s*\(")
_OWN = frozenset({"date", "time", "datetime", "localdatetime", "localtime", "duration", "point", "vector"})
_NOISE = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|//[^\n\r]*|/\*.*?\*/", re.DOTALL)
_HINT = "The desk only reads the graph: MATCH ... RETURN ..., see docs/cypher.md."


def refuse_text(cypher: str) -> None:
    """Raises BadSetting for a text that is empty, too long, written in escapes, or asks functions of plug-ins."""
    if not cypher.strip():
        raise BadSetting("The query is empty.", "MATCH (a:Account {version: $version}) RETURN a LIMIT 10")
    if len(cypher) > LONGEST:
        raise BadSetting(
            f"The query has {len(cypher):,} signs; {LONGEST:,} are the most.", "Hand lists over as parameters."
        )
    if "\\u" in cypher.lower():
        raise BadSetting(
            "The query is written with \\u escapes, which can hide what it does.", "Write the signs themselves."
        )
    bare = _NOISE.sub(" ", cypher).replace("`", "")
    for found in _PLUGIN.finditer(bare):
        if found[1].lower() not in _OWN:
            name = show_text("".join(found[0].rstrip("(").split()), 80)
            raise BadSetting(
                f"The query asks a function of a plug-in, {name}; the desk cannot see what that does.", _HINT
            )


def refuse_plan(query_type: str | None, plan: Mapping[str, Any] | None) -> None:
    """Raises BadSetting unless the server says that the query only reads, and every step of its plan does."""
    steps = list(_steps(plan or {}))
    bad = next((step for step in steps if _FORBIDDEN.search(step)), None)
    if bad is not None:
        raise BadSetting(f"The query was not run: it would do {bad}, which is more than reading the graph.", _HINT)
    if query_type != _READS or not steps:
        raise BadSetting("The query was not run: the server does not call it reading.", _HINT)


def _steps(plan: Mapping[str, Any]) -> Iterator[str]:
    """The operators of a plan without the name of the database, nested queries included."""
    if plan:
        yield str(plan["operatorType"]).split("@")[0]
    for child in plan.get("children", ()):
        yield from _steps(child)
