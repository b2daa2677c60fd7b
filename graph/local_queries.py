"""What the local graph is asked, in SQL: parameters only, every list as one JSON parameter, every answer sorted."""

from collections.abc import Mapping

from graph.answering.questions import Question

# CROSS JOIN keeps the order of the loops: from the few that were asked for to their ranges of ties.

_ACCOUNTS_BY_ID = """
SELECT a.* FROM json_each(:ids) asked CROSS JOIN accounts a ON a.account_id = asked.value ORDER BY a.key
"""

_ACCOUNTS_BY_KEY = """
SELECT a.* FROM json_each(:keys) asked CROSS JOIN accounts a ON a.key = asked.value ORDER BY a.key
"""

_OBJECT = """
SELECT o.*, t.trace AS name FROM objects o JOIN traces t ON t.code = o.trace
WHERE o.object_id = :object_id AND t.trace = :trace
"""

_FIND_IDS = "SELECT * FROM accounts WHERE account_id >= :start AND account_id < :start || char(1114111) ORDER BY account_id LIMIT :limit"

_FIND_HANDLES = """
SELECT * FROM accounts WHERE folded_handle IS NOT NULL AND folded_handle >= :start AND folded_handle < :start || char(1114111)
ORDER BY folded_handle LIMIT :limit
"""

_FIND_OBJECTS = """
SELECT o.*, t.trace AS name FROM json_each(:starts) start CROSS JOIN objects o
ON o.object_id >= start.value AND o.object_id < start.value || char(1114111) JOIN traces t ON t.code = o.trace
LIMIT :limit
"""

_RING = """
SELECT other, SUM(n) AS strength, COUNT(*) OVER () AS total FROM (
    SELECT i.target AS other, i.n FROM json_each(:frontier) f CROSS JOIN interacted i ON i.source = f.value
    WHERE i.kind IN (SELECT value FROM json_each(:kinds))
    UNION ALL
    SELECT i.source, i.n FROM json_each(:frontier) f CROSS JOIN interacted_by i ON i.target = f.value
    WHERE i.kind IN (SELECT value FROM json_each(:kinds))
) WHERE other NOT IN (SELECT value FROM json_each(:known))
GROUP BY other ORDER BY strength DESC, other LIMIT :limit
"""

# Ties of hubs are looked up pair by pair: reading all their ties to find the few among the shown would take seconds.
_AMONG = """
SELECT source, target, kinds.kind, n, first_at, last_at, COUNT(*) OVER () AS total FROM (
    SELECT i.source, i.target, i.kind, i.n, i.first_at, i.last_at
    FROM json_each(:light) l CROSS JOIN interacted i ON i.source = l.value
    WHERE i.target IN (SELECT value FROM json_each(:every))
    UNION ALL
    SELECT i.source, i.target, i.kind, i.n, i.first_at, i.last_at
    FROM json_each(:heavy) h CROSS JOIN json_each(:every) e CROSS JOIN interacted i
    ON i.source = h.value AND i.target = e.value
) ties JOIN kinds ON kinds.code = ties.kind
WHERE ties.kind IN (SELECT value FROM json_each(:kinds))
ORDER BY n DESC, source, target, kinds.kind LIMIT :limit
"""

_BETWEEN_TWO = """
SELECT source, target, kinds.kind, n, first_at, last_at FROM interacted JOIN kinds ON kinds.code = interacted.kind
WHERE (source = :left AND target = :right) OR (source = :right AND target = :left)
ORDER BY n DESC, source, target, kinds.kind
"""

# The account with fewer objects leads, so that the other one's are looked up one by one.
_SHARED = """
SELECT o.*, t.trace AS name, COUNT(*) OVER () AS total, few.n AS few_n, few.first_at AS few_first, few.last_at AS few_last,
    many.n AS many_n, many.first_at AS many_first, many.last_at AS many_last
FROM acted few CROSS JOIN acted many ON many.account = :many AND many.object = few.object
CROSS JOIN objects o ON o.key = few.object JOIN traces t ON t.code = o.trace
WHERE few.account = :few ORDER BY o.accounts, t.trace, o.object_id LIMIT :limit
"""

_TOP = """
SELECT o.*, t.trace AS name, inside, total FROM (
    SELECT a.object, COUNT(*) AS inside, COUNT(*) OVER () AS total
    FROM json_each(:accounts) asked CROSS JOIN acted a ON a.account = asked.value GROUP BY a.object
) CROSS JOIN objects o ON o.key = object JOIN traces t ON t.code = o.trace
ORDER BY inside DESC, o.accounts, t.trace, o.object_id LIMIT :limit
"""

_ACTORS = """
SELECT account, n, first_at, last_at FROM acted_by WHERE object = :object
ORDER BY first_at IS NULL, first_at, account LIMIT :limit
"""

_CO_ACTORS = """
SELECT b.account, COUNT(*) AS shared, COUNT(*) OVER () AS total FROM acted a
CROSS JOIN objects o ON o.key = a.object AND o.accounts <= :popular CROSS JOIN acted_by b ON b.object = a.object
WHERE a.account = :account AND b.account <> :account GROUP BY b.account ORDER BY shared DESC, b.account LIMIT :limit
"""

_POPULAR_OF = """
SELECT COUNT(*) FROM acted a CROSS JOIN objects o ON o.key = a.object
WHERE a.account = :account AND o.accounts > :popular
"""

# One level of the path search. The smallest predecessor is kept, so that equal graphs give equal paths.
_STEP_COST = """
SELECT COALESCE(SUM(ties), 0), COALESCE(SUM(shared_objects), 0)
FROM json_each(:frontier) f CROSS JOIN accounts a ON a.key = f.value
"""

_STEP_INTERACTIONS = """
SELECT other, MIN(came_from) FROM (
    SELECT i.target AS other, i.source AS came_from
    FROM json_each(:frontier) f CROSS JOIN interacted i ON i.source = f.value
    UNION ALL
    SELECT i.source, i.target FROM json_each(:frontier) f CROSS JOIN interacted_by i ON i.target = f.value
) GROUP BY other
"""

_STEP_TO_OBJECTS = """
SELECT a.object, MIN(a.account), o.accounts FROM json_each(:frontier) f CROSS JOIN acted a ON a.account = f.value
CROSS JOIN objects o ON o.key = a.object GROUP BY a.object
"""

_STEP_TO_ACCOUNTS = """
SELECT b.account, b.object FROM json_each(:objects) f CROSS JOIN acted_by b ON b.object = f.value
"""

SQL: Mapping[Question, str] = {
    Question.ACCOUNTS_BY_ID: _ACCOUNTS_BY_ID,
    Question.ACCOUNTS_BY_KEY: _ACCOUNTS_BY_KEY,
    Question.OBJECT: _OBJECT,
    Question.FIND_IDS: _FIND_IDS,
    Question.FIND_HANDLES: _FIND_HANDLES,
    Question.FIND_OBJECTS: _FIND_OBJECTS,
    Question.RING: _RING,
    Question.AMONG: _AMONG,
    Question.BETWEEN_TWO: _BETWEEN_TWO,
    Question.SHARED: _SHARED,
    Question.TOP: _TOP,
    Question.ACTORS: _ACTORS,
    Question.CO_ACTORS: _CO_ACTORS,
    Question.POPULAR_OF: _POPULAR_OF,
    Question.STEP_COST: _STEP_COST,
    Question.STEP_INTERACTIONS: _STEP_INTERACTIONS,
    Question.STEP_TO_OBJECTS: _STEP_TO_OBJECTS,
    Question.STEP_TO_ACCOUNTS: _STEP_TO_ACCOUNTS,
}
