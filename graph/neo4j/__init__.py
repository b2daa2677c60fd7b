"""The graph of a team: the same answers from a Neo4j server, and everything that is said to one."""
