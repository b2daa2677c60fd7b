"""The query desk for the command and the page: the remembered server, a line in the audit log, then the query."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

from casework.actors import Actor
from casework.querying import FREE, record_query
from graph.errors import NothingThere
from graph.neo4j.recipes import filled, recipe_named
from graph.team_server import TeamServer, remembered
from graph.workspace import Workspace
from investigator_ui.services import team_graph
from investigator_ui.services.casefile import work_store

if TYPE_CHECKING:
    from graph.neo4j.query_desk import QueryAnswer


def ask_recipe(workspace: Workspace, name: str, typed: Mapping[str, str], actor: Actor) -> QueryAnswer:
    """A saved recipe with what was typed for its parameters. Raises NothingThere, BadSetting, StoreFault."""
    recipe = recipe_named(name)
    return _asked(workspace, recipe.cypher, filled(recipe, typed), recipe.name, actor)


def ask_cypher(workspace: Workspace, cypher: str, actor: Actor) -> QueryAnswer:
    """A query of one's own; it may use $version. Raises BadSetting for one that does more than read, StoreFault."""
    return _asked(workspace, cypher, {}, FREE, actor)


def desk_server(workspace: Workspace) -> TeamServer:
    """The server that would be asked; raises NothingThere when the workspace has none."""
    server = remembered(workspace)
    if server is None:
        raise NothingThere(
            "This workspace keeps its graph only on this machine; the query desk asks a team's Neo4j server.",
            "Bring the graph to one: flockwatch ingest FILE --graph bolt+s://HOST:7687.",
        )
    return server


def _asked(workspace: Workspace, cypher: str, given: Mapping[str, Any], recipe: str, actor: Actor) -> QueryAnswer:
    from graph.neo4j import query_desk  # noqa: PLC0415 - the driver is loaded where a server is named
    from graph.neo4j.reader import open_current  # noqa: PLC0415

    named = desk_server(workspace)
    with closing(team_graph.connect(named.url)) as server:
        version = open_current(server, named.graph).version
        with work_store(workspace) as store:
            record_query(store, actor=actor, recipe=recipe, cypher=cypher, given=given)
        return query_desk.ask(server, version, cypher, given)
