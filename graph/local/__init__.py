"""The graph of one machine: SQLite files, one per version of the facts."""
