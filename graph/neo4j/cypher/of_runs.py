"""Cypher of the runs in a version: writing, forgetting and checking them, and what they say of accounts and clusters."""

# Runs, within a version: (:Run {version, key, id, state, place, ...}), (:Cluster {version, run, run_id, id, kind, tier, risk, ...});
# (:Account)-[:MEMBER_OF|BESIDE {run, run_id, role, score, ...}]->(:Cluster), BESIDE for targets and bystanders, who are no members;
# (:Account)-[:COORDINATED {run, run_id, cluster, trace, window, n, expected, p, q, ...}]->(:Account), from the smaller id to the larger;
# (later:Cluster)-[:CONTINUES|SPLIT_FROM|MERGED_FROM|REBORN_FROM {overlap, similarity}]->(earlier:Cluster);
# REBORN_FROM has no overlap, for new accounts with the old means share no members.
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
LINEAGE = {"continues": "CONTINUES", "split": "SPLIT_FROM", "merged": "MERGED_FROM", "reborn": "REBORN_FROM"}
_ANY_LINEAGE = "|".join(LINEAGE.values())
LINK = {relation: _LINK % name for relation, name in LINEAGE.items()}
UNLINK = f"{_CLUSTERS_OF_RUN} MATCH (c)-[t:{_ANY_LINEAGE}]->() DELETE t"
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

# Checking the runs of a version (graph.neo4j.run_check holds the same sums over frames).

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
{_CLUSTERS_OF_RUN} MATCH (c)-[t:{_ANY_LINEAGE}]->(earlier)
WITH c, t, earlier, {list(LINEAGE.values())} AS names
RETURN count(*) AS counted, sum((c.place * 31 + earlier.place * 17
    + [place IN range(0, size(names) - 1) WHERE names[place] = type(t) | place][0] * 7
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
