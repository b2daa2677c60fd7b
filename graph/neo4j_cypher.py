"""All Cypher: labels and types from a fixed list, values only as parameters, every answer sorted."""

from collections.abc import Mapping

from graph.answering.questions import Question

# (:Account {version, key, id, ...}) and (:Object {version, key, kind, value, popularity, ...}), tied by
# (:Account)-[:ACTED_ON {kind, n, first_at, last_at}]->(:Object) and (:Account)-[:INTERACTED {kind, n, ...}]->(:Account).
# (:GraphVersion {number, graph, state, summary}) says which `version` counts; (:Batch {id}) marks what was loaded.
# Keys are dense integers; those of accounts follow the order of the ids, `place` that of an object's kind and value,
# because ORDER BY on text compares UTF-16 units here and characters in the local store. Times are microseconds since 1970.
# Indexes hold the first 200 signs of a text (`id_start`, ...): they refuse values over some 8 kB. The whole is compared then.

SCHEMA_VERSION = 2

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
)
SCHEMA_NAMES = frozenset(statement.split()[2] for statement in SCHEMA)
AWAIT_INDEXES = "CALL db.awaitIndexes(300)"
SHOW_CONSTRAINTS = "SHOW CONSTRAINTS YIELD name"
SHOW_INDEXES = "SHOW INDEXES YIELD name"

SCHEMA_OF = "MATCH (s:FlockwatchSchema {name: 'graph'}) RETURN s.version AS version"
SET_SCHEMA = "MERGE (s:FlockwatchSchema {name: 'graph'}) SET s.version = $schema"
# version -> what brings it to the next one. Version 1 knew no names: whoever brings such a graph up first is its owner.
MIGRATIONS = {
    1: ("MATCH (v:GraphVersion) WITH DISTINCT v.graph AS name ORDER BY name MERGE (:Graph {name: name})",),
}
CLAIM_GRAPH = """
MERGE (g:Graph {name: $graph}) SET g.owner = coalesce(g.owner, $owner) RETURN g.owner AS owner
"""

# Versions: loading -> current -> going. A batch is taken only by a version that is still loading.

CURRENT = """
MATCH (v:GraphVersion {graph: $graph, state: 'current'}) RETURN v.number AS number, v.summary AS summary
"""
IS_CURRENT = "MATCH (v:GraphVersion {number: $version, state: 'current'}) RETURN v.number AS number"
VERSIONS = "MATCH (v:GraphVersion {graph: $graph}) RETURN v.number AS number, v.state AS state ORDER BY number"
BEGIN_VERSION = """
MERGE (v:GraphVersion {number: $version}) ON CREATE SET v.graph = $graph, v.state = 'loading'
RETURN v.state AS state
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
LET_GO = "MATCH (v:GraphVersion {number: $version}) SET v.state = 'going'"

BATCHES = "MATCH (b:Batch {version: $version}) RETURN b.id AS id"
BATCH = "MATCH (b:Batch {id: $batch}) RETURN b.rows AS rows"
MARK_BATCH = "CREATE (:Batch {id: $batch, version: $version, rows: $size})"

# Loading. A row is a list, in the order of graph.neo4j_load.STEPS; each statement gives the number of rows it stored.

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

# Checking a version against the local graph (graph.neo4j_check holds the same sums in SQL).

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

# The hints name the index because plans are made while a graph is small or empty, and kept.
# From here on: the questions of graph.answering, see there for what each takes and gives.

_ACCOUNT = """
    a.key AS key, a.id AS account_id, a.handle AS handle, a.display_name AS display_name, a.platform AS platform,
    a.created_at AS created_at, a.protection_tier AS protection_tier, a.status AS status, a.listed AS listed,
    a.folded_handle AS folded_handle, a.actions AS actions, a.shared_objects AS shared_objects,
    a.lone_objects AS lone_objects, a.ties AS ties
"""
_OBJECT = """
    o.key AS key, o.kind AS name, o.value AS object_id, o.popularity AS accounts, o.actions AS actions,
    o.first_at AS first_at, o.last_at AS last_at
"""
_INTERACTION = (
    "s.key AS source, t.key AS target, i.kind AS kind, i.n AS n, i.first_at AS first_at, i.last_at AS last_at"
)
_ASKED_ACCOUNTS = """
MATCH (a:Account {version: $version, key: asked}) USING INDEX SEEK a:Account(version, key)
"""

# Paths: what lies next to an end (side 1 or 2), the end itself included; shorter ways were looked for before.
_PATH_NEAR_ROWS = """
UNWIND [[1, $left], [2, $right]] AS end
MATCH (e:Account {version: $version, key: end[1]}) USING INDEX SEEK e:Account(version, key)
CALL (e) {
    RETURN e AS m
    UNION
    WITH e WHERE $interactions MATCH (e)-[:INTERACTED]-(m) RETURN m
    UNION
    WITH e WHERE $objects MATCH (e)-[:ACTED_ON]->(o) WHERE o.popularity <= $popular
    MATCH (o)<-[:ACTED_ON]-(m) RETURN m
}
WITH end[0] AS side, m"""

CYPHER: Mapping[Question, str] = {
    Question.ACCOUNTS_BY_ID: f"""
UNWIND $ids AS asked
MATCH (a:Account {{version: $version, id_start: left(asked, 200)}}) USING INDEX SEEK a:Account(version, id_start)
WHERE a.id = asked RETURN {_ACCOUNT} ORDER BY key
""",
    Question.ACCOUNTS_BY_KEY: f"UNWIND $keys AS asked {_ASKED_ACCOUNTS} RETURN {_ACCOUNT} ORDER BY key",
    Question.OBJECT: f"""
MATCH (o:Object {{version: $version, value_start: left($object_id, 200)}}) USING INDEX SEEK o:Object(version, value_start)
WHERE o.value = $object_id AND o.kind = $trace RETURN {_OBJECT}
""",
    # Ranked here, because reading and sending thousands of whole rows to show twenty took half a second. `version` leads each
    # ORDER BY although it is the same everywhere: only so is the index read in its order, and no further than the limit.
    Question.FIND_ACCOUNTS: f"""
CALL () {{
    MATCH (a:Account) USING INDEX SEEK a:Account(version, id_start)
    WHERE a.version = $version AND a.id_start STARTS WITH left($start, 200) AND a.id STARTS WITH $start
    WITH a ORDER BY a.version, a.id_start, a.key LIMIT $looked_at RETURN a
    UNION
    MATCH (a:Account) USING INDEX SEEK a:Account(version, handle_start)
    WHERE a.version = $version AND a.handle_start STARTS WITH left($handle, 200) AND a.folded_handle STARTS WITH $handle
    WITH a ORDER BY a.version, a.handle_start, a.key LIMIT $looked_at RETURN a
}}
WITH a, a.actions AS actions, a.key AS key, a.id IN [$start, $handle] OR a.folded_handle IN [$start, $handle] AS exact
ORDER BY coalesce(exact, false) DESC, actions DESC, key
WITH collect([a, coalesce(exact, false)]) AS every UNWIND every[..$limit] AS row
WITH row[0] AS a, row[1] AS exact, size(every) AS total
RETURN {_ACCOUNT}, total ORDER BY exact DESC, actions DESC, key
""",
    Question.FIND_OBJECTS: f"""
UNWIND $starts AS start
CALL (start) {{
    MATCH (o:Object) USING INDEX SEEK o:Object(version, value_start)
    WHERE o.version = $version AND o.value_start STARTS WITH left(start, 200) AND o.value STARTS WITH start
    WITH o ORDER BY o.version, o.value_start, o.place LIMIT $looked_at RETURN o
}}
WITH DISTINCT o ORDER BY o.value_start, o.place LIMIT $looked_at
WITH o, o.value IN $starts AS exact, o.popularity AS popularity, o.place AS place
ORDER BY exact DESC, popularity DESC, place
WITH collect([o, exact]) AS every UNWIND every[..$limit] AS row
WITH row[0] AS o, row[1] AS exact, size(every) AS total
RETURN {_OBJECT}, total ORDER BY exact DESC, accounts DESC, o.place
""",
    # Nodes are compared, not their keys, and kinds only when some were named: a hub has tens of thousands of ties.
    Question.RING: f"""
UNWIND $frontier AS asked {_ASKED_ACCOUNTS}
MATCH (a)-[i:INTERACTED]-(b) WHERE $every_kind OR i.kind IN $kinds
WITH b, sum(i.n) AS strength WITH b.key AS other, strength WHERE NOT other IN $known ORDER BY strength DESC, other
WITH collect([other, strength]) AS every UNWIND every[..$limit] AS row
RETURN row[0] AS other, row[1] AS strength, size(every) AS total ORDER BY strength DESC, other
""",
    Question.RING_SIZE: f"""
CALL () {{ UNWIND $known AS asked {_ASKED_ACCOUNTS} RETURN collect(a) AS shown }}
UNWIND $frontier AS asked {_ASKED_ACCOUNTS}
MATCH (a)-[i:INTERACTED]-(b) WHERE $every_kind OR i.kind IN $kinds
WITH DISTINCT shown, b WHERE NOT b IN shown RETURN count(*) AS total
""",
    # Ties of hubs are looked up pair by pair, as in the local store.
    Question.AMONG: f"""
CALL () {{ UNWIND $every AS asked {_ASKED_ACCOUNTS} RETURN collect(a) AS shown }}
CALL (shown) {{
    UNWIND $light AS asked {_ASKED_ACCOUNTS}
    MATCH (a)-[i:INTERACTED]->(t) WHERE t IN shown RETURN a AS s, i, t
    UNION ALL
    UNWIND $heavy AS asked {_ASKED_ACCOUNTS}
    UNWIND shown AS t
    MATCH (a)-[i:INTERACTED]->(t) RETURN a AS s, i, t
}}
WITH s, i, t WHERE $every_kind OR i.kind IN $kinds
WITH s, i, t, i.n AS n, s.key AS source, t.key AS target, i.kind AS kind ORDER BY n DESC, source, target, kind
WITH collect([s, i, t]) AS every UNWIND every[..$limit] AS row
WITH row[0] AS s, row[1] AS i, row[2] AS t, size(every) AS total
RETURN {_INTERACTION}, total ORDER BY n DESC, source, target, kind
""",
    Question.BETWEEN_TWO: f"""
MATCH (l:Account {{version: $version, key: $left}}) USING INDEX SEEK l:Account(version, key)
MATCH (r:Account {{version: $version, key: $right}}) USING INDEX SEEK r:Account(version, key)
MATCH (l)-[i:INTERACTED]-(r)
WITH startNode(i) AS s, i, endNode(i) AS t RETURN {_INTERACTION} ORDER BY n DESC, source, target, kind
""",
    Question.SHARED: f"""
MATCH (few:Account {{version: $version, key: $few}}) USING INDEX SEEK few:Account(version, key)
MATCH (many:Account {{version: $version, key: $many}}) USING INDEX SEEK many:Account(version, key)
MATCH (few)-[l:ACTED_ON]->(o) WITH few, many, l, o
MATCH (many)-[r:ACTED_ON]->(o)
WITH l, o, r ORDER BY o.popularity, o.place
WITH collect([l, o, r]) AS every UNWIND every[..$limit] AS row
WITH row[0] AS l, row[1] AS o, row[2] AS r, size(every) AS total
RETURN {_OBJECT}, total, l.n AS few_n, l.first_at AS few_first, l.last_at AS few_last,
    r.n AS many_n, r.first_at AS many_first, r.last_at AS many_last ORDER BY o.popularity, o.place
""",
    Question.TOP: f"""
UNWIND $accounts AS asked {_ASKED_ACCOUNTS}
MATCH (a)-[:ACTED_ON]->(o) WITH o, count(*) AS inside ORDER BY inside DESC, o.popularity, o.place
WITH collect([o, inside]) AS every UNWIND every[..$limit] AS row
WITH row[0] AS o, row[1] AS inside, size(every) AS total
RETURN {_OBJECT}, inside, total ORDER BY inside DESC, o.popularity, o.place
""",
    Question.ACTORS: """
MATCH (o:Object {version: $version, key: $object}) USING INDEX SEEK o:Object(version, key)
MATCH (o)<-[tie:ACTED_ON]-(a)
RETURN a.key AS account, tie.n AS n, tie.first_at AS first_at, tie.last_at AS last_at
ORDER BY first_at IS NULL, first_at, account LIMIT $limit
""",
    Question.CO_ACTORS: """
MATCH (a:Account {version: $version, key: $account}) USING INDEX SEEK a:Account(version, key)
MATCH (a)-[:ACTED_ON]->(o) WHERE o.popularity <= $popular WITH a, o
MATCH (o)<-[:ACTED_ON]-(b) WHERE b <> a
WITH b.key AS account, count(*) AS shared ORDER BY shared DESC, account
WITH collect([account, shared]) AS every UNWIND every[..$limit] AS row
RETURN row[0] AS account, row[1] AS shared, size(every) AS total ORDER BY shared DESC, account
""",
    Question.POPULAR_OF: """
MATCH (a:Account {version: $version, key: $account}) USING INDEX SEEK a:Account(version, key)
MATCH (a)-[:ACTED_ON]->(o) WHERE o.popularity > $popular RETURN count(*) AS objects
""",
    Question.PATH_ENDS: """
MATCH (l:Account {version: $version, key: $left}) USING INDEX SEEK l:Account(version, key)
MATCH (r:Account {version: $version, key: $right}) USING INDEX SEEK r:Account(version, key)
WITH [l, r] AS ends, CASE WHEN $interactions THEN l.ties + r.ties ELSE 0 END AS ties
CALL (ends) {
    UNWIND ends AS a WITH a WHERE $objects
    MATCH (a)-[:ACTED_ON]->(o) WITH o, o.popularity AS popularity, count(*) AS times
    RETURN sum(times * CASE WHEN popularity > $popular THEN 1 ELSE 1 + popularity END) AS touches,
        sum(CASE WHEN popularity > $popular THEN 1 ELSE 0 END) AS passed_by
}
RETURN ties, touches, passed_by
""",
    # When the ends are next to each other, each one is next to both.
    Question.PATH_NEAR: f"""{_PATH_NEAR_ROWS}
WITH m, count(*) AS sides WHERE sides = 2 WITH m.key AS key
RETURN sum(CASE key WHEN $right THEN 1 ELSE 0 END) AS direct, min(key) AS middle
""",
    Question.PATH_COST: f"""{_PATH_NEAR_ROWS}
WITH side, CASE WHEN $interactions THEN m.ties ELSE 0 END AS ties, CASE WHEN $objects THEN m.shared_objects ELSE 0 END AS on
RETURN sum(CASE side WHEN 1 THEN ties ELSE 0 END) AS ties_left, sum(CASE side WHEN 2 THEN ties ELSE 0 END) AS ties_right,
    sum(on) AS touches
""",
    Question.PATH_THREE: f"""{_PATH_NEAR_ROWS}
WITH collect([side, m.key, m]) AS near
CALL (near) {{
    UNWIND near AS one WITH one[0] AS side, one[1] AS key, one[2] AS m WHERE $objects
    MATCH (m)-[:ACTED_ON]->(o)
    WITH o, min(CASE side WHEN 1 THEN key END) AS first, min(CASE side WHEN 2 THEN key END) AS second
    WITH o.popularity AS popularity, first, second
    RETURN min(CASE WHEN popularity <= $popular AND NOT first + second IS NULL THEN [first, second] END) AS shared,
        sum(CASE WHEN popularity > $popular THEN 0 WHEN first + second IS NULL THEN popularity ELSE 2 * popularity END)
        AS touches, sum(CASE WHEN popularity > $popular THEN 1 ELSE 0 END) AS passed_by
}}
CALL (near) {{
    WITH near, [one IN near WHERE one[0] = CASE WHEN $from_left THEN 2 ELSE 1 END | one[2]] AS others
    UNWIND near AS one
    WITH one[1] AS key, one[2] AS m, one[0] AS side, others
    WHERE $interactions AND side = CASE WHEN $from_left THEN 1 ELSE 2 END
    MATCH (m)-[:INTERACTED]-(n) WHERE n IN others
    RETURN min(CASE side WHEN 1 THEN [key, n.key] ELSE [n.key, key] END) AS met
}}
WITH CASE WHEN met IS NULL OR shared < met THEN shared ELSE met END AS step, touches, passed_by
RETURN step[0] AS first, step[1] AS second, touches, passed_by
""",
    Question.PATH_FOUR: f"""{_PATH_NEAR_ROWS}
WITH collect([side, m.key, m]) AS near
CALL (near) {{
    UNWIND near AS one WITH one[0] AS side, one[1] AS via, one[2] AS m WHERE $interactions
    MATCH (m)-[:INTERACTED]-(n) RETURN side, via, n
    UNION ALL
    UNWIND near AS one WITH one[0] AS side, one[1] AS key, one[2] AS m WHERE $objects
    MATCH (m)-[:ACTED_ON]->(o) WHERE o.popularity <= $popular WITH side, o, min(key) AS via
    MATCH (o)<-[:ACTED_ON]-(n) RETURN side, via, n
}}
WITH n, min(CASE side WHEN 1 THEN via END) AS first, min(CASE side WHEN 2 THEN via END) AS third
WHERE NOT first + third IS NULL
RETURN first, n.key AS second, third ORDER BY first, second LIMIT 1
""",
}

# Runs, within a version: (:Run {version, key, id, state, place, ...}), (:Cluster {version, run, run_id, id, kind, tier, risk, ...});
# (:Account)-[:MEMBER_OF|BESIDE {run, run_id, role, score, ...}]->(:Cluster), BESIDE for targets and bystanders, who are no members;
# (:Account)-[:COORDINATED {run, run_id, cluster, trace, window, n, expected, p, q, ...}]->(:Account), from the smaller id to the larger;
# (later:Cluster)-[:CONTINUES|SPLIT_FROM|MERGED_FROM {overlap, similarity}]->(earlier:Cluster).
# `key`, and `run` where it is pointed to, follows from version, id and content: a run with new content is loaded beside
# the old one and takes its place at once (loading -> current -> going). `place` is its place among the runs, the newest last.

RUNS_OF = """
MATCH (r:Run {version: $version})
RETURN r.key AS key, r.id AS id, r.state AS state, r.place AS place, r.lineage AS lineage ORDER BY place, key
"""
CURRENT_RUNS = """
MATCH (r:Run {version: $version, state: 'current'}) RETURN r.key AS key, r.id AS id, r.place AS place ORDER BY place, key
"""
BEGIN_RUN = """
MATCH (v:GraphVersion {number: $version}) SET v.touched = timestamp()
WITH v WHERE v.state IN ['loading', 'current']
MERGE (r:Run {version: $version, key: $run}) ON CREATE SET r += $record, r.id = $run_id, r.state = 'loading', r.missing = 0
RETURN r.state AS state
"""
HOLD_WRITABLE = """
MATCH (v:GraphVersion {number: $version}) SET v.touched = timestamp()
WITH v WHERE v.state IN ['loading', 'current'] RETURN v.number AS number
"""
HOLD_RUN = """
MATCH (r:Run {version: $version, key: $run}) SET r.touched = timestamp()
WITH r WHERE r.state = $state RETURN r.key AS key
"""
COUNT_MISSING = "MATCH (r:Run {version: $version, key: $run}) SET r.missing = r.missing + $missing"
SWITCH_RUN = """
MATCH (r:Run {version: $version, id: $run_id})
WITH r, r.state AS before
SET r.state = CASE r.key WHEN $run THEN 'current' ELSE 'going' END
RETURN count(CASE WHEN before = 'current' AND r.key <> $run THEN 1 END) AS replaced
"""
PLACE_RUNS = """
UNWIND range(0, size($order) - 1) AS place
MATCH (r:Run {version: $version, id: $order[place]}) WHERE r.place IS NULL OR r.place <> place SET r.place = place
"""
CREATE_CLUSTERS = """
UNWIND $rows AS r
CREATE (:Cluster {
    version: $version, run: $run, run_id: $run_id, id: r[0], kind: r[1], tier: r[2], risk: r[3], confidence: r[4],
    size: r[5], edges: r[6], density: r[7], traces: r[8], first_at: r[9], last_at: r[10], title: r[11], sentence: r[12],
    stability: r[13], badge: r[14], tightness: r[15], reach: r[16], severity: r[17], place: r[18]
})
RETURN count(*) AS stored
"""
_MEMBER = """
UNWIND $rows AS r
MATCH (c:Cluster {version: $version, run: $run, id: r[0]}) USING INDEX SEEK c:Cluster(version, run, id)
MATCH (a:Account {version: $version, id_start: left(r[1], 200)}) USING INDEX SEEK a:Account(version, id_start)
WHERE a.id = r[1]
CREATE (a)-[:%s {
    run: $run, run_id: $run_id, role: r[2], score: r[3], links: r[4], stability: r[5], tightness: r[6]
}]->(c)
RETURN count(*) AS stored
"""
CREATE_MEMBER_OF = _MEMBER % "MEMBER_OF"
CREATE_BESIDE = _MEMBER % "BESIDE"
CREATE_COORDINATED = """
UNWIND $rows AS r
MATCH (a:Account {version: $version, id_start: left(r[1], 200)}) USING INDEX SEEK a:Account(version, id_start)
WHERE a.id = r[1]
MATCH (b:Account {version: $version, id_start: left(r[2], 200)}) USING INDEX SEEK b:Account(version, id_start)
WHERE b.id = r[2]
CREATE (a)-[:COORDINATED {
    run: $run, run_id: $run_id, cluster: r[0], trace: r[3], window: r[4], n: r[5], expected: r[6], p: r[7], q: r[8],
    min_gap_s: r[9], median_gap_s: r[10], left_leads: r[11]
}]->(b)
RETURN count(*) AS stored
"""
_CLUSTERS_OF_RUN = """
MATCH (c:Cluster) USING INDEX SEEK c:Cluster(version, run, id)
WHERE c.version = $version AND c.run = $run AND c.id >= ''
"""
_LINK = """
UNWIND $rows AS r
MATCH (later:Cluster {version: $version, run: $run, id: r[0]}) USING INDEX SEEK later:Cluster(version, run, id)
MATCH (b:Run {version: $version, id: r[1], state: 'current'})
MATCH (earlier:Cluster {version: $version, run: b.key, id: r[2]}) USING INDEX SEEK earlier:Cluster(version, run, id)
CREATE (later)-[:%s {overlap: r[3], similarity: r[4]}]->(earlier)
RETURN count(*) AS stored
"""
LINK = {
    "continues": _LINK % "CONTINUES",
    "split": _LINK % "SPLIT_FROM",
    "merged": _LINK % "MERGED_FROM",
}
UNLINK = f"{_CLUSTERS_OF_RUN} MATCH (c)-[t:CONTINUES|SPLIT_FROM|MERGED_FROM]->() DELETE t"
LINKED = "MATCH (r:Run {version: $version, key: $run}) SET r.lineage = $lineage"
LINK_ANEW = "MATCH (r:Run {version: $version}) SET r.lineage = null"

LET_GO_RUN = "MATCH (r:Run {version: $version, key: $run}) SET r.state = 'going'"
FORGET_COORDINATED = """
MATCH ()-[t:COORDINATED]->() USING INDEX SEEK t:COORDINATED(run, cluster) WHERE t.run = $run AND t.cluster >= ''
WITH t LIMIT $limit DELETE t RETURN count(*) AS gone
"""
FORGET_MEMBERS = f"""
{_CLUSTERS_OF_RUN} MATCH (c)<-[m:MEMBER_OF|BESIDE]-() WITH m LIMIT $limit DELETE m RETURN count(*) AS gone
"""
FORGET_CLUSTERS = f"{_CLUSTERS_OF_RUN} WITH c LIMIT $limit DETACH DELETE c RETURN count(*) AS gone"
FORGET_RUN_BATCHES = """
MATCH (b:Batch) WHERE b.id STARTS WITH $batches WITH b LIMIT $limit DELETE b RETURN count(*) AS gone
"""
FORGET_RUN = "MATCH (r:Run {version: $version, key: $run}) DELETE r"

# Checking the runs of a version (graph.neo4j_run_check holds the same sums over frames).

SUM_CLUSTERS = f"""
{_CLUSTERS_OF_RUN}
RETURN count(*) AS counted, sum((c.place * 31 + coalesce(c.size, 0) * 17 + coalesce(c.edges, 0) * 7
    + toInteger(floor(coalesce(c.risk, 0.0) * 1000000))) % 1000003) AS checksum
"""
_SUM_MEMBERS = f"""
{_CLUSTERS_OF_RUN} MATCH (c)<-[m:%s]-(a)
RETURN count(*) AS counted, sum((c.place * 31 + a.key * 17 + coalesce(m.links, 0) * 7
    + toInteger(floor(coalesce(m.score, 0.0) * 1000000))) %% 1000003) AS checksum
"""
SUM_MEMBERS = _SUM_MEMBERS % "MEMBER_OF"
SUM_BESIDE = _SUM_MEMBERS % "BESIDE"
SUM_COORDINATED = """
MATCH (a)-[t:COORDINATED]->(b) USING INDEX SEEK t:COORDINATED(run, cluster) WHERE t.run = $run AND t.cluster >= ''
RETURN count(*) AS counted, sum((a.key * 31 + b.key * 17 + t.n * 7 + t.window
    + toInteger(floor(coalesce(t.expected, 0.0) * 1000)) + toInteger(floor(coalesce(t.q, 0.0) * 1000000000))) % 1000003
) AS checksum
"""
SUM_LINEAGE = f"""
{_CLUSTERS_OF_RUN} MATCH (c)-[t:CONTINUES|SPLIT_FROM|MERGED_FROM]->(earlier)
RETURN count(*) AS counted, sum((c.place * 31 + earlier.place * 17
    + toInteger(floor(coalesce(t.overlap, 0.0) * 1000000))) % 1000003) AS checksum
"""

# What runs say of an account and of a cluster; graph.run_answers puts the rows in order. $runs are keys of current runs.

_OF_CLUSTER = "c.run AS run, c.id AS cluster_id, c.kind AS kind, c.tier AS tier, c.risk AS risk, c.size AS size"
CLUSTERS_OF = f"""
MATCH (a:Account {{version: $version, key: $account}}) USING INDEX SEEK a:Account(version, key)
MATCH (a)-[m:MEMBER_OF|BESIDE]->(c:Cluster) WHERE c.run IN $runs RETURN {_OF_CLUSTER}, m.role AS role, m.score AS score
"""
TIED_TO = """
MATCH (a:Account {version: $version, key: $account}) USING INDEX SEEK a:Account(version, key)
MATCH (a)-[t:COORDINATED]-(b) WHERE t.run IN $runs RETURN DISTINCT b.key AS account ORDER BY account
"""
CLUSTERS_OF_MANY = f"""
UNWIND $accounts AS asked
MATCH (a:Account {{version: $version, key: asked}}) USING INDEX SEEK a:Account(version, key)
MATCH (a)-[:MEMBER_OF]->(c:Cluster) WHERE c.run IN $runs
WITH c, count(DISTINCT a) AS neighbours RETURN {_OF_CLUSTER}, neighbours
"""
CLUSTER = f"""
MATCH (c:Cluster {{version: $version, run: $run, id: $cluster}}) USING INDEX SEEK c:Cluster(version, run, id)
RETURN {_OF_CLUSTER}, c.title AS title, c.run_id AS run_id
"""
_IN_CLUSTER = """
MATCH (c:Cluster {version: $version, run: $run, id: $cluster}) USING INDEX SEEK c:Cluster(version, run, id)
MATCH (c)<-[m:%s]-(a)
WITH a, m ORDER BY m.score DESC, a.key
WITH collect([a, m]) AS every UNWIND every[..$limit] AS row
WITH row[0] AS a, row[1] AS m, size(every) AS total
RETURN a.key AS key, a.id AS account_id, m.role AS role, m.score AS score, m.links AS links, total ORDER BY score DESC, key
"""
MEMBERS_OF = _IN_CLUSTER % "MEMBER_OF"
BESIDE = _IN_CLUSTER % "BESIDE"
TIES_OF = """
MATCH (a)-[t:COORDINATED]->(b) USING INDEX SEEK t:COORDINATED(run, cluster)
WHERE t.run = $run AND t.cluster = $cluster AND a.key IN $shown AND b.key IN $shown
WITH a, t, b ORDER BY t.n DESC, a.key, b.key, t.trace, t.window
WITH collect([a, t, b]) AS every UNWIND every[..$limit] AS row
WITH row[0] AS a, row[1] AS t, row[2] AS b, size(every) AS total
RETURN a.id AS left, b.id AS right, t.trace AS trace, t.window AS window_seconds, t.n AS n, t.expected AS expected,
    t.p AS p, t.q AS q, t.min_gap_s AS min_gap_s, t.median_gap_s AS median_gap_s, t.left_leads AS left_leads, total
ORDER BY n DESC, a.key, b.key, trace, window_seconds
"""
