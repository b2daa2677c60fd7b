"""Cypher of the questions of graph.answering: see there for what each takes and gives."""

from collections.abc import Mapping

from graph.answering.questions import Question

# The hints name the index because plans are made while a graph is small or empty, and kept.

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
    # The index gives its hits by a score of its own; they are ranked only when all of them came.
    Question.WORDED_ACCOUNTS: f"""
CALL () {{ CALL db.index.fulltext.queryNodes('account_words', $words, {{limit: $most + 1}}) YIELD node RETURN collect(node) AS hit }}
WITH hit, size(hit) AS hits
CALL (hit, hits) {{
    UNWIND CASE WHEN hits > $most THEN [] ELSE hit END AS a
    WITH a WHERE NOT a.id STARTS WITH $start AND NOT coalesce(a.folded_handle STARTS WITH $handle, false)
    WITH a ORDER BY a.actions DESC, a.key RETURN collect(a) AS every
}}
UNWIND CASE every WHEN [] THEN [null] ELSE every[..$limit] END AS a
RETURN {_ACCOUNT}, hits, size(every) AS total ORDER BY actions DESC, key
""",
    Question.WORDED_OBJECTS: f"""
CALL () {{ CALL db.index.fulltext.queryNodes('object_words', $words, {{limit: $most + 1}}) YIELD node RETURN collect(node) AS hit }}
WITH hit, size(hit) AS hits
CALL (hit, hits) {{
    UNWIND CASE WHEN hits > $most THEN [] ELSE hit END AS o
    WITH o WHERE none(start IN $starts WHERE o.value STARTS WITH start)
    WITH o ORDER BY o.popularity DESC, o.place RETURN collect(o) AS every
}}
UNWIND CASE every WHEN [] THEN [null] ELSE every[..$limit] END AS o
RETURN {_OBJECT}, hits, size(every) AS total ORDER BY accounts DESC, o.place
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
    # Who has too many outgoing ties (a number that the server knows without reading them) is looked up pair by pair. What is
    # sorted are keys that are at hand and numbers: reading them from three nodes and ties per row took as long as all the rest.
    Question.AMONG: f"""
CALL () {{ UNWIND $every AS asked {_ASKED_ACCOUNTS} RETURN collect(a) AS shown }}
CALL (shown) {{
    UNWIND $every AS asked {_ASKED_ACCOUNTS}
    WITH a, asked, shown WHERE COUNT {{ (a)-[:INTERACTED]->() }} <= $most_ties
    MATCH (a)-[i:INTERACTED]->(t) WHERE t IN shown RETURN asked, i, t
    UNION ALL
    UNWIND $every AS asked {_ASKED_ACCOUNTS}
    WITH a, asked, shown WHERE COUNT {{ (a)-[:INTERACTED]->() }} > $most_ties
    UNWIND shown AS t
    MATCH (a)-[i:INTERACTED]->(t) RETURN asked, i, t
}}
WITH asked, i, t WHERE $every_kind OR i.kind IN $kinds
WITH asked AS source, t.key AS target, i.n AS n, i ORDER BY n DESC, source, target, i.kind
WITH collect([source, target, n, i]) AS every UNWIND every[..$limit] AS row
WITH row[0] AS source, row[1] AS target, row[2] AS n, row[3] AS i, size(every) AS total
RETURN source, target, i.kind AS kind, n, i.first_at AS first_at, i.last_at AS last_at, total
ORDER BY n DESC, source, target, kind
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
