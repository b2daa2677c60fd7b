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

_FIND_ACCOUNTS = """
SELECT *, COUNT(*) OVER () AS total FROM accounts WHERE key IN (
    SELECT key FROM (
        SELECT key FROM accounts WHERE account_id >= :start AND account_id < :start || char(1114111)
        ORDER BY account_id LIMIT :looked_at
    ) UNION SELECT key FROM (
        SELECT key FROM accounts
        WHERE folded_handle IS NOT NULL AND folded_handle >= :handle AND folded_handle < :handle || char(1114111)
        ORDER BY folded_handle, key LIMIT :looked_at
    )
) ORDER BY account_id IN (:start, :handle) OR COALESCE(folded_handle, '') IN (:start, :handle) DESC, actions DESC, key
LIMIT :limit
"""

_FIND_OBJECTS = """
SELECT o.*, t.trace AS name, COUNT(*) OVER () AS total FROM (
    SELECT DISTINCT o.key FROM json_each(:starts) start CROSS JOIN objects o
    ON o.object_id >= start.value AND o.object_id < start.value || char(1114111) LIMIT :looked_at
) found CROSS JOIN objects o ON o.key = found.key JOIN traces t ON t.code = o.trace
ORDER BY o.object_id IN (SELECT value FROM json_each(:starts)) DESC, o.accounts DESC, t.trace, o.object_id LIMIT :limit
"""

_WORDED_ACCOUNTS = """
WITH hit AS MATERIALIZED (SELECT rowid AS key FROM account_index WHERE account_index MATCH :words LIMIT :most + 1),
counted AS (SELECT COUNT(*) AS hits FROM hit),
kept AS (
    SELECT a.*, COUNT(*) OVER () AS total FROM hit CROSS JOIN accounts a ON a.key = hit.key
    WHERE (SELECT hits FROM counted) <= :most AND SUBSTR(a.account_id, 1, LENGTH(:start)) <> :start
    AND SUBSTR(COALESCE(a.folded_handle, ''), 1, LENGTH(:handle)) <> :handle ORDER BY a.actions DESC, a.key LIMIT :limit
)
SELECT * FROM counted LEFT JOIN kept ORDER BY actions DESC, key
"""

_WORDED_OBJECTS = """
WITH hit AS MATERIALIZED (SELECT rowid AS key FROM object_index WHERE object_index MATCH :words LIMIT :most + 1),
counted AS (SELECT COUNT(*) AS hits FROM hit),
kept AS (
    SELECT o.*, t.trace AS name, COUNT(*) OVER () AS total
    FROM hit CROSS JOIN objects o ON o.key = hit.key JOIN traces t ON t.code = o.trace
    WHERE (SELECT hits FROM counted) <= :most AND NOT EXISTS (
        SELECT 1 FROM json_each(:starts) start WHERE SUBSTR(o.object_id, 1, LENGTH(start.value)) = start.value
    ) ORDER BY o.accounts DESC, t.trace, o.object_id LIMIT :limit
)
SELECT * FROM counted LEFT JOIN kept ORDER BY accounts DESC, name, object_id
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

_RING_SIZE = """
SELECT COUNT(*) AS total FROM (
    SELECT i.target AS other FROM json_each(:frontier) f CROSS JOIN interacted i ON i.source = f.value
    WHERE i.kind IN (SELECT value FROM json_each(:kinds))
    UNION
    SELECT i.source FROM json_each(:frontier) f CROSS JOIN interacted_by i ON i.target = f.value
    WHERE i.kind IN (SELECT value FROM json_each(:kinds))
) WHERE other NOT IN (SELECT value FROM json_each(:known))
"""

# Ties of hubs are looked up pair by pair: reading all their ties to find the few among the shown would take seconds.
_AMONG = """
SELECT source, target, kinds.kind, n, first_at, last_at, COUNT(*) OVER () AS total FROM (
    SELECT i.source, i.target, i.kind, i.n, i.first_at, i.last_at
    FROM json_each(:every) l CROSS JOIN accounts a ON a.key = l.value AND a.ties <= :most_ties
    CROSS JOIN interacted i ON i.source = a.key WHERE i.target IN (SELECT value FROM json_each(:every))
    UNION ALL
    SELECT i.source, i.target, i.kind, i.n, i.first_at, i.last_at
    FROM json_each(:every) h CROSS JOIN accounts a ON a.key = h.value AND a.ties > :most_ties
    CROSS JOIN json_each(:every) e CROSS JOIN interacted i ON i.source = a.key AND i.target = e.value
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

# Paths. What lies next to an end, the end itself included: shorter ways were looked for before, so it does no harm.
# The plus sign lets SQLite index `near` for the comparison: its columns have no type, those of tables have.
_PATH_NEAR_ROWS = """
WITH ends(side, account) AS (VALUES (0, :left), (1, :right)),
near(side, account) AS MATERIALIZED (
    SELECT * FROM ends
    UNION SELECT side, target FROM ends CROSS JOIN interacted ON source = account WHERE :interactions
    UNION SELECT side, source FROM ends CROSS JOIN interacted_by ON target = account WHERE :interactions
    UNION SELECT side, b.account FROM ends e CROSS JOIN acted a ON a.account = e.account
        CROSS JOIN objects o ON o.key = a.object AND o.accounts <= :popular CROSS JOIN acted_by b ON b.object = a.object
        WHERE :objects
)"""
_PATH_TOUCHED_ROWS = f"""{_PATH_NEAR_ROWS},
touched(side, object, via, accounts) AS MATERIALIZED (
    SELECT n.side, a.object, MIN(n.account), o.accounts FROM near n CROSS JOIN acted a ON a.account = n.account
    CROSS JOIN objects o ON o.key = a.object WHERE :objects GROUP BY n.side, a.object
)"""  # noqa: S608 - put together from fixed texts

_PATH_ENDS = """
SELECT :interactions * (SELECT SUM(ties) FROM accounts WHERE key IN (:left, :right)) AS ties,
    :objects * (COUNT(*) + COALESCE(SUM(o.accounts) FILTER (WHERE o.accounts <= :popular), 0)) AS touches,
    :objects * (COUNT(DISTINCT o.key) FILTER (WHERE o.accounts > :popular)) AS passed_by
FROM acted a CROSS JOIN objects o ON o.key = a.object WHERE a.account IN (:left, :right)
"""

# When the ends are next to each other, each one is next to both.
_PATH_NEAR = f"""{_PATH_NEAR_ROWS}
SELECT COALESCE(MAX(account = :right), 0) AS direct, MIN(account) AS middle
FROM (SELECT account FROM near GROUP BY account HAVING COUNT(*) = 2)
"""  # noqa: S608 - put together from fixed texts

_PATH_COST = f"""{_PATH_NEAR_ROWS}
SELECT :interactions * SUM(ties * (side = 0)) AS ties_left, :interactions * SUM(ties * (side = 1)) AS ties_right,
    :objects * SUM(shared_objects) AS touches
FROM near CROSS JOIN accounts ON key = account
"""  # noqa: S608 - put together from fixed texts

_PATH_THREE = f"""{_PATH_TOUCHED_ROWS},
steps(first, second) AS (
    SELECT l.via, r.via FROM touched l JOIN touched r ON r.side = 1 AND r.object = l.object
        WHERE l.side = 0 AND l.accounts <= :popular
    UNION ALL SELECT l.account, r.account FROM near l CROSS JOIN interacted ON source = l.account
        CROSS JOIN near r ON r.side = 1 AND r.account = +target WHERE l.side = 0 AND :interactions AND :from_left
    UNION ALL SELECT l.account, r.account FROM near l CROSS JOIN interacted_by ON target = l.account
        CROSS JOIN near r ON r.side = 1 AND r.account = +source WHERE l.side = 0 AND :interactions AND :from_left
    UNION ALL SELECT l.account, r.account FROM near r CROSS JOIN interacted ON source = r.account
        CROSS JOIN near l ON l.side = 0 AND l.account = +target WHERE r.side = 1 AND :interactions AND NOT :from_left
    UNION ALL SELECT l.account, r.account FROM near r CROSS JOIN interacted_by ON target = r.account
        CROSS JOIN near l ON l.side = 0 AND l.account = +source WHERE r.side = 1 AND :interactions AND NOT :from_left
)
SELECT first, second, touches, passed_by FROM (
    SELECT COALESCE(SUM(accounts) FILTER (WHERE accounts <= :popular), 0) AS touches,
        COUNT(DISTINCT object) FILTER (WHERE accounts > :popular) AS passed_by FROM touched
) LEFT JOIN (SELECT first, second FROM steps ORDER BY first, second LIMIT 1)
"""  # noqa: S608 - put together from fixed texts

_PATH_FOUR = f"""{_PATH_TOUCHED_ROWS},
far(side, account, via) AS MATERIALIZED (
    SELECT side, account, MIN(via) FROM (
        SELECT t.side, b.account, t.via FROM touched t CROSS JOIN acted_by b ON b.object = t.object
            WHERE t.accounts <= :popular
        UNION ALL SELECT side, target, account FROM near CROSS JOIN interacted ON source = account WHERE :interactions
        UNION ALL SELECT side, source, account FROM near CROSS JOIN interacted_by ON target = account WHERE :interactions
    ) GROUP BY side, account
)
SELECT l.via AS first, l.account AS second, r.via AS third FROM far l JOIN far r ON r.side = 1 AND r.account = l.account
WHERE l.side = 0 ORDER BY first, second LIMIT 1
"""  # noqa: S608 - put together from fixed texts

SQL: Mapping[Question, str] = {
    Question.ACCOUNTS_BY_ID: _ACCOUNTS_BY_ID,
    Question.ACCOUNTS_BY_KEY: _ACCOUNTS_BY_KEY,
    Question.OBJECT: _OBJECT,
    Question.FIND_ACCOUNTS: _FIND_ACCOUNTS,
    Question.FIND_OBJECTS: _FIND_OBJECTS,
    Question.WORDED_ACCOUNTS: _WORDED_ACCOUNTS,
    Question.WORDED_OBJECTS: _WORDED_OBJECTS,
    Question.RING: _RING,
    Question.RING_SIZE: _RING_SIZE,
    Question.AMONG: _AMONG,
    Question.BETWEEN_TWO: _BETWEEN_TWO,
    Question.SHARED: _SHARED,
    Question.TOP: _TOP,
    Question.ACTORS: _ACTORS,
    Question.CO_ACTORS: _CO_ACTORS,
    Question.POPULAR_OF: _POPULAR_OF,
    Question.PATH_ENDS: _PATH_ENDS,
    Question.PATH_NEAR: _PATH_NEAR,
    Question.PATH_COST: _PATH_COST,
    Question.PATH_THREE: _PATH_THREE,
    Question.PATH_FOUR: _PATH_FOUR,
}
