"""A graph as the program of schema version 1 left it on a server: its statements, word for word, run over a local graph."""

import hashlib
from contextlib import closing

from graph.local.files import open_version
from graph.local.reader import LocalReader
from graph.neo4j.load import STEPS
from graph.neo4j.server import Neo4jServer
from graph.neo4j.summary import summary_text
from graph.workspace import Workspace

SCHEMA = (
    "CREATE CONSTRAINT flockwatch_schema IF NOT EXISTS FOR (s:FlockwatchSchema) REQUIRE s.name IS UNIQUE",
    "CREATE CONSTRAINT graph_version IF NOT EXISTS FOR (v:GraphVersion) REQUIRE v.number IS UNIQUE",
    "CREATE CONSTRAINT batch IF NOT EXISTS FOR (b:Batch) REQUIRE b.id IS UNIQUE",
    "CREATE CONSTRAINT account_key IF NOT EXISTS FOR (a:Account) REQUIRE (a.version, a.key) IS UNIQUE",
    "CREATE CONSTRAINT object_key IF NOT EXISTS FOR (o:Object) REQUIRE (o.version, o.key) IS UNIQUE",
    "CREATE INDEX batch_version IF NOT EXISTS FOR (b:Batch) ON (b.version)",
    "CREATE INDEX account_id IF NOT EXISTS FOR (a:Account) ON (a.version, a.id_start)",
    "CREATE INDEX account_handle IF NOT EXISTS FOR (a:Account) ON (a.version, a.handle_start)",
    "CREATE INDEX object_value IF NOT EXISTS FOR (o:Object) ON (o.version, o.value_start)",
)

# constraints and indexes of later versions
SINCE = ("graph_name", "run_key", "cluster_id", "run_id", "coordinated_run", "account_words", "object_words")
CREATE_ACCOUNTS = """
UNWIND $rows AS r
CREATE (:Account {
    version: $version, key: r[0], id: r[1], id_start: left(r[1], 200), handle: r[2], display_name: r[3], platform: r[4],
    created_at: r[5], protection_tier: r[6], status: r[7], listed: r[8] = 1, folded_handle: r[9],
    handle_start: left(r[9], 200), actions: r[10], shared_objects: r[11], lone_objects: r[12], ties: r[13]
})
RETURN count(*) AS stored
"""
CREATE_OBJECTS = """
UNWIND $rows AS r
CREATE (:Object {
    version: $version, key: r[0], kind: r[1], value: r[2], value_start: left(r[2], 200), popularity: r[3],
    actions: r[4], first_at: r[5], last_at: r[6], place: r[7]
})
RETURN count(*) AS stored
"""
CREATE_ACTED_ON = """
UNWIND $rows AS r
MATCH (o:Object {version: $version, key: r[0]}) USING INDEX SEEK o:Object(version, key)
MATCH (a:Account {version: $version, key: r[1]}) USING INDEX SEEK a:Account(version, key)
CREATE (a)-[:ACTED_ON {kind: r[2], n: r[3], first_at: r[4], last_at: r[5]}]->(o)
RETURN count(*) AS stored
"""
CREATE_INTERACTED = """
UNWIND $rows AS r
MATCH (s:Account {version: $version, key: r[0]}) USING INDEX SEEK s:Account(version, key)
MATCH (t:Account {version: $version, key: r[1]}) USING INDEX SEEK t:Account(version, key)
CREATE (s)-[:INTERACTED {kind: r[2], n: r[3], first_at: r[4], last_at: r[5]}]->(t)
RETURN count(*) AS stored
"""
_CREATE = {
    "accounts": CREATE_ACCOUNTS,
    "objects": CREATE_OBJECTS,
    "acted_on": CREATE_ACTED_ON,
    "interacted": CREATE_INTERACTED,
}


def load_version_1(server: Neo4jServer, workspace: Workspace, graph: str) -> int:
    """Make the server one of version 1 that holds the local graph of the workspace; gives the number of the version."""
    for kind in ("CONSTRAINTS", "INDEXES"):
        for row in server.schema(f"SHOW {kind} YIELD name"):
            if row["name"] in SINCE:
                server.schema(f"DROP {kind[:5] if kind == 'INDEXES' else 'CONSTRAINT'} {row['name']}")
    for statement in SCHEMA:
        server.schema(statement)
    server.write(lambda ask: ask("MERGE (s:FlockwatchSchema {name: 'graph'}) SET s.version = 1"))
    with closing(open_version(workspace)) as built:
        summary = summary_text(LocalReader(built).summary())
        content = hashlib.sha256(built.path.read_bytes() + f"{graph} older".encode())  # a number of its own
        version = int(content.hexdigest()[:12], 16)
        for step in STEPS:
            rows = [tuple(row) for row in built.connection.execute(step.read)]
            server.write(lambda ask, s=step, r=rows: ask(_CREATE[s.name], version=version, rows=r))  # type: ignore[misc]
    current = "CREATE (:GraphVersion {number: $version, graph: $graph, state: 'current', summary: $summary})"
    server.write(lambda ask: ask(current, version=version, graph=graph, summary=summary))
    return version
