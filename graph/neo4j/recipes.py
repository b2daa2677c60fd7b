"""Saved questions to the team's graph, worded in Cypher: each reads the version that counts, `$version`, and sorts its rows."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from graph.errors import BadSetting, NothingThere
from graph.foreign_text import show_text

Kind = Literal["text", "number", "list"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a recipe asks for; without a default it must be given. A list is typed with commas between."""

    name: str
    kind: Kind
    says: str
    default: Any = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """`needs_runs`: it reads clusters, so it is empty until a run was brought to the server."""

    name: str
    purpose: str
    cypher: str
    parameters: tuple[Parameter, ...] = field(default=())
    needs_runs: bool = False


_ACCOUNT = Parameter("account", "text", "the id of an account")
_ACCOUNTS = Parameter("accounts", "list", "ids of accounts")
_RUN = Parameter("run", "text", "the id of a run; empty for every run", "")

_ALL = (
    Recipe(
        "around-account",
        "Everybody who interacted with an account, as a picture: the busiest ties first.",
        """
MATCH (a:Account {version: $version, id_start: left($account, 200)}) WHERE a.id = $account
MATCH (a)-[tie:INTERACTED]-(other:Account)
RETURN a, tie, other ORDER BY tie.n DESC, other.key, tie.kind LIMIT toInteger($most)
""",
        (_ACCOUNT, Parameter("most", "number", "how many ties", 200)),
    ),
    Recipe(
        "two-hops-from-object",
        "Accounts two hops from a landing page (or any object): they did not act on it, but interacted with accounts that did.",
        """
MATCH (o:Object {version: $version, value_start: left($object, 200)}) WHERE o.value = $object
MATCH (o)<-[:ACTED_ON]-(near:Account)-[tie:INTERACTED]-(far:Account)
WHERE NOT EXISTS { (far)-[:ACTED_ON]->(o) }
WITH far, count(DISTINCT near) AS through, sum(tie.n) AS times
RETURN far.id AS account, far.handle AS handle, through, times ORDER BY through DESC, times DESC, far.key
""",
        (Parameter("object", "text", "the link, hashtag or post id as the export has it"),),
    ),
    Recipe(
        "two-kinds-of-means",
        "Pairs of accounts that share two kinds of means, such as an address and a device; crowded objects do not count.",
        """
MATCH (o:Object {version: $version, kind: $one}) WHERE o.key >= 0 AND o.popularity <= $popular
MATCH (a:Account)-[:ACTED_ON]->(o)<-[:ACTED_ON]-(b:Account) WHERE a.key < b.key
WITH a, b, count(DISTINCT o) AS shared_one
MATCH (a)-[:ACTED_ON]->(p:Object {version: $version, kind: $other})<-[:ACTED_ON]-(b) WHERE p.popularity <= $popular
WITH a, b, shared_one, count(DISTINCT p) AS shared_other
RETURN a.id AS account, b.id AS other, shared_one, shared_other
ORDER BY shared_one + shared_other DESC, a.key, b.key
""",
        (
            Parameter("one", "text", "a kind of object (docs/traces.md)"),
            Parameter("other", "text", "another kind of object"),
            Parameter("popular", "number", "objects of more accounts than this do not count", 50),
        ),
    ),
    Recipe(
        "who-quotes-whom",
        "Who quotes (or replies to, mentions, shares, follows) whom within a set of accounts.",
        """
UNWIND $accounts AS asked
MATCH (a:Account {version: $version, id_start: left(asked, 200)}) WHERE a.id = asked
WITH collect(DISTINCT a) AS chosen
UNWIND chosen AS a
MATCH (a)-[tie:INTERACTED {kind: $kind}]->(b:Account) WHERE b IN chosen
RETURN a, tie, b, tie.n AS times ORDER BY times DESC, a.key, b.key
""",
        (_ACCOUNTS, Parameter("kind", "text", "reply, mention, share, quote or follow", "quote")),
    ),
    Recipe(
        "only-these",
        "Objects that accounts of a set acted on, at least two of them, and nobody else.",
        """
UNWIND $accounts AS asked
MATCH (a:Account {version: $version, id_start: left(asked, 200)}) WHERE a.id = asked
WITH DISTINCT a
MATCH (a)-[tie:ACTED_ON]->(o:Object)
WITH o, count(a) AS accounts, sum(tie.n) AS acts WHERE accounts = o.popularity
RETURN o.kind AS kind, o.value AS object, accounts, acts ORDER BY accounts DESC, acts DESC, o.place
""",
        (_ACCOUNTS,),
    ),
    Recipe(
        "first-on-object",
        "Who acted first on an object, and how long after the very first act each other account came.",
        """
MATCH (o:Object {version: $version, value_start: left($object, 200)}) WHERE o.value = $object AND o.kind = $kind
MATCH (o)<-[tie:ACTED_ON]-(a:Account)
RETURN a.id AS account, a.handle AS handle, tie.n AS times, (tie.first_at - o.first_at) / 1000000.0 AS seconds_after
ORDER BY tie.first_at IS NULL, tie.first_at, a.key
""",
        (
            Parameter("object", "text", "the link, hashtag or post id as the export has it"),
            Parameter("kind", "text", "the kind of object (docs/traces.md)", "share"),
        ),
    ),
    Recipe(
        "cluster-picture",
        "The members of a cluster and the ties beyond chance among them, as a picture.",
        """
MATCH (c:Cluster {version: $version, id: $cluster}) WHERE $run = '' OR c.run_id = $run
MATCH (c)<-[:MEMBER_OF]-(a:Account)
MATCH (a)-[tie:COORDINATED {run_id: c.run_id}]-(b:Account)-[:MEMBER_OF]->(c) WHERE a.key < b.key
RETURN a, tie, b, tie.trace AS trace, tie.n AS times ORDER BY times DESC, a.key, b.key, trace
""",
        (Parameter("cluster", "text", "the id of a cluster"), _RUN),
        needs_runs=True,
    ),
    Recipe(
        "bridges",
        "Bridge accounts between two clusters: in neither, but tied to members of both, by interactions or beyond chance.",
        """
MATCH (one:Cluster {version: $version, id: $one}) WHERE $run = '' OR one.run_id = $run
MATCH (other:Cluster {version: $version, id: $other}) WHERE other.run_id = one.run_id
MATCH (one)<-[:MEMBER_OF]-(m:Account)-[:INTERACTED|COORDINATED]-(b:Account)
WHERE NOT (b)-[:MEMBER_OF]->(one) AND NOT (b)-[:MEMBER_OF]->(other)
WITH one, other, b, count(DISTINCT m) AS in_one
MATCH (b)-[:INTERACTED|COORDINATED]-(n:Account)-[:MEMBER_OF]->(other)
WITH one, b, in_one, count(DISTINCT n) AS in_other
RETURN b.id AS account, b.handle AS handle, one.run_id AS run, in_one, in_other
ORDER BY CASE WHEN in_one < in_other THEN in_one ELSE in_other END DESC, in_one + in_other DESC, b.key, run
""",
        (
            Parameter("one", "text", "the id of a cluster"),
            Parameter("other", "text", "the id of another cluster"),
            _RUN,
        ),
        needs_runs=True,
    ),
    Recipe(
        "clusters-of-accounts",
        "In which clusters the accounts of a set stand, over the runs, with role and score.",
        """
UNWIND $accounts AS asked
MATCH (a:Account {version: $version, id_start: left(asked, 200)}) WHERE a.id = asked
WITH DISTINCT a
MATCH (a)-[m:MEMBER_OF]->(c:Cluster {version: $version})
RETURN a.id AS account, c.run_id AS run, c.id AS cluster, m.role AS role, m.score AS score, c.tier AS tier, c.size AS size
ORDER BY a.key, run DESC, score DESC, cluster
""",
        (_ACCOUNTS,),
        needs_runs=True,
    ),
)
RECIPES: Mapping[str, Recipe] = MappingProxyType({recipe.name: recipe for recipe in _ALL})


def recipe_named(name: str) -> Recipe:
    """Raises NothingThere for a name that none has."""
    if name not in RECIPES:
        raise NothingThere(f"There is no recipe {show_text(name, 80)}.", f"There are: {', '.join(RECIPES)}.")
    return RECIPES[name]


def filled(recipe: Recipe, typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed as the values that the recipe takes; raises BadSetting for what is missing, unknown or no number."""
    unknown = sorted(set(typed) - {parameter.name for parameter in recipe.parameters})
    if unknown:
        names = ", ".join(parameter.name for parameter in recipe.parameters) or "nothing"
        raise BadSetting(f"The recipe {recipe.name} takes no {show_text(unknown[0], 80)}.", f"It takes {names}.")
    return {parameter.name: _value(recipe, parameter, typed.get(parameter.name)) for parameter in recipe.parameters}


def _value(recipe: Recipe, parameter: Parameter, typed: str | None) -> Any:
    text = (typed or "").strip()
    if not text:
        if parameter.default is None:
            raise BadSetting(f"The recipe {recipe.name} needs {parameter.name}: {parameter.says}.")
        return parameter.default
    if parameter.kind == "list":
        return [item for item in map(str.strip, text.replace("\n", ",").split(",")) if item]
    return _number(parameter, text) if parameter.kind == "number" else text


def _number(parameter: Parameter, text: str) -> int:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not number.is_integer() or not 0 <= number < 2**53:
        raise BadSetting(f"{parameter.name} must be a whole number, not {show_text(text, 40)}.")
    return int(number)
