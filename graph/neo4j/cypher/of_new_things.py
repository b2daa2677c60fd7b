"""Cypher of what ties rings of accounts in other hands: written, forgotten, checked and read with the run that told them."""

# (:Entity {version, run, run_id, kind, value, accounts, ever, place})-[:TIES {run, run_id}]->(:Cluster), and
# (:Entity)-[:NEW_FOR {run, run_id, cluster, at}]->(:Account). An Entity belongs to its run: the Objects of the graph are facts, and
# hold no provider or address block. It is found through its cluster, so that it needs no index of its own.

CREATE_ENTITIES = """
UNWIND $rows AS r
MATCH (c:Cluster {version: $version, run: $run, id: r[0]}) USING INDEX SEEK c:Cluster(version, run, id)
CREATE (:Entity {
    version: $version, run: $run, run_id: $run_id, kind: r[1], value: r[2], accounts: r[3], ever: r[4], place: r[5]
})-[:TIES {run: $run, run_id: $run_id}]->(c)
RETURN count(*) AS stored
"""
CREATE_NEW_FOR = """
UNWIND $rows AS r
MATCH (c:Cluster {version: $version, run: $run, id: r[0]}) USING INDEX SEEK c:Cluster(version, run, id)
MATCH (c)<-[:TIES]-(e:Entity) WHERE e.place = r[1]
MATCH (a:Account {version: $version, id_start: left(r[2], 200)}) USING INDEX SEEK a:Account(version, id_start)
WHERE a.id = r[2]
CREATE (e)-[:NEW_FOR {run: $run, run_id: $run_id, cluster: r[0], at: r[3]}]->(a)
RETURN count(*) AS stored
"""
_ENTITIES = """
MATCH (c:Cluster) USING INDEX SEEK c:Cluster(version, run, id)
WHERE c.version = $version AND c.run = $run AND c.id >= ''
MATCH (c)<-[:TIES]-(e:Entity)
"""
FORGET_NEW_FOR = f"{_ENTITIES} MATCH (e)-[t:NEW_FOR]->() WITH t LIMIT $limit DELETE t RETURN count(*) AS gone"
FORGET_ENTITIES = f"{_ENTITIES} WITH e LIMIT $limit DETACH DELETE e RETURN count(*) AS gone"
SUM_ENTITIES = f"""
{_ENTITIES}
RETURN count(*) AS counted, sum((c.place * 31 + e.place * 17 + e.accounts * 7 + coalesce(e.ever, 0)) % 1000003) AS checksum
"""
SUM_NEW_FOR = f"""
{_ENTITIES} MATCH (e)-[t:NEW_FOR]->(a)
RETURN count(*) AS counted, sum((e.place * 31 + a.key * 17 + t.at % 1000003) % 1000003) AS checksum
"""
ENTITIES_OF = """
MATCH (c:Cluster {version: $version, run: $run, id: $cluster}) USING INDEX SEEK c:Cluster(version, run, id)
MATCH (c)<-[:TIES]-(e:Entity)-[t:NEW_FOR]->(a) WHERE a.key IN $shown
RETURN e.place AS place, e.kind AS kind, e.value AS value, e.ever AS ever, a.id AS account_id, a.key AS key, t.at AS at
ORDER BY place, at, key
"""
