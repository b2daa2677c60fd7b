"""The tables of the local graph, in SQLite: nodes with dense keys, ties in both directions, figures about the whole."""

# Keys are dense integers; those of accounts follow the order of the ids, so that ordering by key is ordering by id.
# Ties lie in both directions WITHOUT ROWID: every walk is one range of one B-tree (docs: performance of stores).
# Times are microseconds since 1970 in UTC.

# Version 2 is version 1 with words; a file without them is read, and built anew at the next import or sync.
SCHEMA_VERSION = 2
BEFORE_WORDS = 1
APPLICATION_ID = 0x464C4B57  # "FLKW", so that `file` and we know the file

TABLES = """
CREATE TABLE figures (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE traces (
    code INTEGER PRIMARY KEY, trace TEXT NOT NULL, objects INTEGER NOT NULL, lone_objects INTEGER NOT NULL,
    touches INTEGER NOT NULL
);
CREATE TABLE kinds (
    code INTEGER PRIMARY KEY, kind TEXT NOT NULL, ties INTEGER NOT NULL, times INTEGER NOT NULL
);
CREATE TABLE accounts (
    key INTEGER PRIMARY KEY, account_id TEXT NOT NULL, handle TEXT, display_name TEXT, platform TEXT,
    created_at INTEGER, protection_tier TEXT, status TEXT, listed INTEGER NOT NULL, folded_handle TEXT,
    actions INTEGER NOT NULL, shared_objects INTEGER NOT NULL, lone_objects INTEGER NOT NULL, ties INTEGER NOT NULL
);
CREATE TABLE objects (
    key INTEGER PRIMARY KEY, trace INTEGER NOT NULL, object_id TEXT NOT NULL, accounts INTEGER NOT NULL,
    actions INTEGER NOT NULL, first_at INTEGER, last_at INTEGER
);
CREATE TABLE acted (
    account INTEGER NOT NULL, object INTEGER NOT NULL, n INTEGER NOT NULL, first_at INTEGER, last_at INTEGER,
    PRIMARY KEY (account, object)
) WITHOUT ROWID;
CREATE TABLE acted_by (
    object INTEGER NOT NULL, account INTEGER NOT NULL, n INTEGER NOT NULL, first_at INTEGER, last_at INTEGER,
    PRIMARY KEY (object, account)
) WITHOUT ROWID;
CREATE TABLE interacted (
    source INTEGER NOT NULL, target INTEGER NOT NULL, kind INTEGER NOT NULL, n INTEGER NOT NULL,
    first_at INTEGER, last_at INTEGER, PRIMARY KEY (source, target, kind)
) WITHOUT ROWID;
CREATE TABLE interacted_by (
    target INTEGER NOT NULL, source INTEGER NOT NULL, kind INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (target, source, kind)
) WITHOUT ROWID;
"""

# The words of what was built before (graph.words), and the index over them; a key without words has no row.
WORD_TABLES = """
CREATE TABLE account_words (key INTEGER PRIMARY KEY, words TEXT NOT NULL);
CREATE TABLE object_words (key INTEGER PRIMARY KEY, words TEXT NOT NULL);
CREATE VIRTUAL TABLE account_index USING fts5 (
    words, content = account_words, content_rowid = key, detail = none, columnsize = 0, tokenize = ascii
);
CREATE VIRTUAL TABLE object_index USING fts5 (
    words, content = object_words, content_rowid = key, detail = none, columnsize = 0, tokenize = ascii
);
"""

INDEXES = (
    "CREATE UNIQUE INDEX account_by_id ON accounts (account_id)",
    "CREATE INDEX account_by_handle ON accounts (folded_handle) WHERE folded_handle IS NOT NULL",
    "CREATE UNIQUE INDEX object_by_id ON objects (object_id, trace)",
)

# The file is nobody's until it is renamed into place, so it needs no journal while it is written; it is synced once.
BULK_LOADING = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -65536;
"""

INSERTS = {
    "figures": "INSERT INTO figures VALUES (?, ?)",
    "traces": "INSERT INTO traces VALUES (?, ?, ?, ?, ?)",
    "kinds": "INSERT INTO kinds VALUES (?, ?, ?, ?)",
    "accounts": "INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "objects": "INSERT INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)",
    "acted": "INSERT INTO acted VALUES (?, ?, ?, ?, ?)",
    "acted_by": "INSERT INTO acted_by VALUES (?, ?, ?, ?, ?)",
    "interacted": "INSERT INTO interacted VALUES (?, ?, ?, ?, ?, ?)",
    "interacted_by": "INSERT INTO interacted_by VALUES (?, ?, ?, ?)",
    "account_words": "INSERT INTO account_words VALUES (?, ?)",
    "object_words": "INSERT INTO object_words VALUES (?, ?)",
}
