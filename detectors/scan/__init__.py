"""Groups of accounts that keep company: candidates from many lenses, each scored against what outsiders do, and a level set by replay."""
