"""Cypher of the graph itself: its schema, its versions, loading, forgetting and checking them."""

# (:Account {version, key, id, ...}) and (:Object {version, key, kind, value, popularity, ...}), tied by
# (:Account)-[:ACTED_ON {kind, n, first_at, last_at}]->(:Object) and (:Account)-[:INTERACTED {kind, n, ...}]->(:Account).
# (:GraphVersion {number, graph, state, summary}) says which `version` counts; (:Batch {id}) marks what was loaded.
# Keys are dense integers; those of accounts follow the order of the ids, `place` that of an object's kind and value,
# because ORDER BY on text compares UTF-16 units here and characters in the local store. Times are microseconds since 1970.
# `words` (graph.words) begin with the version and a sign that no word has: only so does the index, which knows nothing but
# words, look no further than one version. GraphVersion {words} says that all of its nodes have theirs.
# Indexes hold the first 200 signs of a text (`id_start`, ...): they refuse values over some 8 kB. The whole is compared then.

SCHEMA_VERSION = 3

SCHEMA = (
    "CREATE CONSTRAINT flockwatch_schema IF NOT EXISTS FOR (s:FlockwatchSchema) REQUIRE s.name IS UNIQUE",
    "CREATE CONSTRAINT graph_version IF NOT EXISTS FOR (v:GraphVersion) REQUIRE v.number IS UNIQUE",
    "CREATE CONSTRAINT batch IF NOT EXISTS FOR (b:Batch) REQUIRE b.id IS UNIQUE",
    "CREATE CONSTRAINT account_key IF NOT EXISTS FOR (a:Account) REQUIRE (a.version, a.key) IS UNIQUE",
    "CREATE CONSTRAINT object_key IF NOT EXISTS FOR (o:Object) REQUIRE (o.version, o.key) IS UNIQUE",
    "CREATE CONSTRAINT graph_name IF NOT EXISTS FOR (g:Graph) REQUIRE g.name IS UNIQUE",
    "CREATE CONSTRAINT run_key IF NOT EXISTS FOR (r:Run) REQUIRE (r.version, r.key) IS UNIQUE",
    "CREATE CONSTRAINT cluster_id IF NOT EXISTS FOR (c:Cluster) REQUIRE (c.version, c.run, c.id) IS UNIQUE",
    "CREATE INDEX run_id IF NOT EXISTS FOR (r:Run) ON (r.version, r.id)",
    "CREATE INDEX coordinated_run IF NOT EXISTS FOR ()-[t:COORDINATED]-() ON (t.run, t.cluster)",
    "CREATE INDEX batch_version IF NOT EXISTS FOR (b:Batch) ON (b.version)",
    "CREATE INDEX account_id IF NOT EXISTS FOR (a:Account) ON (a.version, a.id_start)",
    "CREATE INDEX account_handle IF NOT EXISTS FOR (a:Account) ON (a.version, a.handle_start)",
    "CREATE INDEX object_value IF NOT EXISTS FOR (o:Object) ON (o.version, o.value_start)",
    "CREATE FULLTEXT INDEX account_words IF NOT EXISTS FOR (a:Account) ON EACH [a.words] "
    "OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace', `fulltext.eventually_consistent`: false}}",
    "CREATE FULLTEXT INDEX object_words IF NOT EXISTS FOR (o:Object) ON EACH [o.words] "
    "OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace', `fulltext.eventually_consistent`: false}}",
)
SCHEMA_NAMES = frozenset(statement.split(" IF ")[0].split()[-1] for statement in SCHEMA)
AWAIT_INDEXES = "CALL db.awaitIndexes(300)"
SHOW_CONSTRAINTS = "SHOW CONSTRAINTS YIELD name"
SHOW_INDEXES = "SHOW INDEXES YIELD name"

SCHEMA_OF = "MATCH (s:FlockwatchSchema {name: 'graph'}) RETURN s.version AS version"
SET_SCHEMA = "MERGE (s:FlockwatchSchema {name: 'graph'}) SET s.version = $schema"
# version -> what brings it to the next one. Version 2 had no words: its graphs get theirs at their next load, from the local
# graph, without a row loaded again. Version 1 knew no names: whoever brings such a graph up first is its owner.
MIGRATIONS = {
    1: ("MATCH (v:GraphVersion) WITH DISTINCT v.graph AS name ORDER BY name MERGE (:Graph {name: name})",),
}
CLAIM_GRAPH = """
MERGE (g:Graph {name: $graph}) SET g.owner = coalesce(g.owner, $owner) RETURN g.owner AS owner
"""

# Versions: loading -> current -> going. A batch is taken only by a version that is still loading.

CURRENT = """
MATCH (v:GraphVersion {graph: $graph, state: 'current'})
RETURN v.number AS number, v.summary AS summary, coalesce(v.words, false) AS words, v.alias AS alias
"""
IS_CURRENT = "MATCH (v:GraphVersion {number: $version, state: 'current'}) RETURN v.number AS number"
VERSIONS = "MATCH (v:GraphVersion {graph: $graph}) RETURN v.number AS number, v.state AS state ORDER BY number"
BEGIN_VERSION = """
MERGE (v:GraphVersion {number: $version}) ON CREATE SET v.graph = $graph, v.state = 'loading', v.words = true
RETURN v.state AS state, coalesce(v.words, false) AS words
"""
# The lock on the version's node makes rebuilds that meet take turns.
HOLD_VERSION = """
MATCH (v:GraphVersion {number: $version}) SET v.touched = timestamp()
WITH v WHERE v.state = 'loading' RETURN v.number AS number
"""
SWITCH_VERSION = """
MATCH (v:GraphVersion {graph: $graph}) WHERE v.number = $version OR v.state = 'current'
SET v.state = CASE v.number WHEN $version THEN 'current' ELSE 'going' END,
    v.summary = CASE v.number WHEN $version THEN $summary ELSE v.summary END
"""
# Words for nodes that came without; the same again changes nothing.
_WORDS = """
UNWIND $rows AS r
MATCH (n:%s {version: $version, key: r[0]}) USING INDEX SEEK n:%s(version, key)
WITH n, '_' + toString($version) + ' ' + r[1] AS words
SET n.words = words
RETURN count(*) AS stored
"""
SET_ACCOUNT_WORDS = _WORDS % ("Account", "Account")
SET_OBJECT_WORDS = _WORDS % ("Object", "Object")
ALIAS_VERSION = "MATCH (v:GraphVersion {number: $version}) SET v.alias = $alias"
HAS_WORDS = "MATCH (v:GraphVersion {number: $version}) SET v.words = true"
LET_GO = "MATCH (v:GraphVersion {number: $version}) SET v.state = 'going'"

BATCHES = "MATCH (b:Batch {version: $version}) RETURN b.id AS id"
BATCH = "MATCH (b:Batch {id: $batch}) RETURN b.rows AS rows"
MARK_BATCH = "CREATE (:Batch {id: $batch, version: $version, rows: $size})"

# Loading. A row is a list, in the order of graph.neo4j.load.STEPS; each statement gives the number of rows it stored.

CREATE_ACCOUNTS = """
UNWIND $rows AS r
CREATE (:Account {
    version: $version, key: r[0], id: r[1], id_start: left(r[1], 200), handle: r[2], display_name: r[3], platform: r[4],
    created_at: r[5], protection_tier: r[6], status: r[7], listed: r[8] = 1, folded_handle: r[9],
    handle_start: left(r[9], 200), actions: r[10], shared_objects: r[11], lone_objects: r[12], ties: r[13],
    words: '_' + toString($version) + ' ' + r[14]
})
RETURN count(*) AS stored
"""
CREATE_OBJECTS = """
UNWIND $rows AS r
CREATE (:Object {
    version: $version, key: r[0], kind: r[1], value: r[2], value_start: left(r[2], 200), popularity: r[3],
    actions: r[4], first_at: r[5], last_at: r[6], place: r[7], words: '_' + toString($version) + ' ' + r[8]
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

# Forgetting a version: ties first and in ranges of keys, so that no transaction grows with the graph.

HIGHEST_ACCOUNT = """
MATCH (a:Account) USING INDEX SEEK a:Account(version, key) WHERE a.version = $version AND a.key >= 0
RETURN a.key AS key ORDER BY a.key DESC LIMIT 1
"""
HIGHEST_OBJECT = """
MATCH (o:Object) USING INDEX SEEK o:Object(version, key) WHERE o.version = $version AND o.key >= 0
RETURN o.key AS key ORDER BY o.key DESC LIMIT 1
"""
FORGET_ACTED_ON = """
MATCH (o:Object) USING INDEX SEEK o:Object(version, key)
WHERE o.version = $version AND o.key >= $low AND o.key < $high
MATCH (o)<-[tie:ACTED_ON]-() WITH tie LIMIT $limit DELETE tie RETURN count(*) AS gone
"""
FORGET_INTERACTED = """
MATCH (a:Account) USING INDEX SEEK a:Account(version, key)
WHERE a.version = $version AND a.key >= $low AND a.key < $high
MATCH (a)-[tie:INTERACTED]->() WITH tie LIMIT $limit DELETE tie RETURN count(*) AS gone
"""
FORGET_OBJECTS = """
MATCH (o:Object) USING INDEX SEEK o:Object(version, key)
WHERE o.version = $version AND o.key >= $low AND o.key < $high
WITH o LIMIT $limit DETACH DELETE o RETURN count(*) AS gone
"""
FORGET_ACCOUNTS = """
MATCH (a:Account) USING INDEX SEEK a:Account(version, key)
WHERE a.version = $version AND a.key >= $low AND a.key < $high
WITH a LIMIT $limit DETACH DELETE a RETURN count(*) AS gone
"""
FORGET_BATCHES = "MATCH (b:Batch {version: $version}) WITH b LIMIT $limit DELETE b RETURN count(*) AS gone"
FORGET_VERSION = "MATCH (v:GraphVersion {number: $version}) DELETE v"

# Checking a version against the local graph (graph.neo4j.check holds the same sums in SQL).

SUM_ACCOUNTS = """
MATCH (a:Account) USING INDEX SEEK a:Account(version, key)
WHERE a.version = $version AND a.key >= $low AND a.key < $high
RETURN count(*) AS counted, sum((a.key * 31 + a.actions * 17 + a.shared_objects * 7 + a.ties) % 1000003) AS checksum
"""
SUM_OBJECTS = """
MATCH (o:Object) USING INDEX SEEK o:Object(version, key)
WHERE o.version = $version AND o.key >= $low AND o.key < $high
RETURN count(*) AS counted, sum((o.key * 31 + o.popularity * 17 + o.actions * 7) % 1000003) AS checksum
"""
# The words of a text are counted and not weighed; the version in front of them is none.
_SUM_WORDS = """
MATCH (n:%s) USING INDEX SEEK n:%s(version, key)
WHERE n.version = $version AND n.key >= $low AND n.key < $high AND n.words IS NOT NULL
RETURN count(*) AS counted, sum((n.key * 31 + (size(split(n.words, ' ')) - 1) * 17) % 1000003) AS checksum
"""
SUM_ACCOUNT_WORDS = _SUM_WORDS.replace("%s", "Account")
SUM_OBJECT_WORDS = _SUM_WORDS.replace("%s", "Object")
_TIE_SUM = """
RETURN count(*) AS counted, sum((one.key * 31 + other.key * 17 + tie.n * 7 + coalesce(tie.first_at, 0) % 1000003
    + coalesce(tie.last_at, 0) % 999983) % 1000003) AS checksum
"""
SUM_ACTED_ON = f"""
MATCH (one:Object) USING INDEX SEEK one:Object(version, key)
WHERE one.version = $version AND one.key >= $low AND one.key < $high
MATCH (one)<-[tie:ACTED_ON]-(other) {_TIE_SUM}
"""
SUM_INTERACTED = f"""
MATCH (one:Account) USING INDEX SEEK one:Account(version, key)
WHERE one.version = $version AND one.key >= $low AND one.key < $high
MATCH (one)-[tie:INTERACTED]->(other) {_TIE_SUM}
"""
