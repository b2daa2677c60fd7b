"""Formats: which export a file is, told from its header or a mapping file, and the way from its columns to canonical facts."""

from ingest.canonical.dispatch import Canonical, canonicalise
from ingest.canonical.layout import Profile
from ingest.formats.mapping import Mapping, load_mapping
from ingest.formats.recognition import recognise
from ingest.formats.suggestion import suggest_map

__all__ = ["Canonical", "Mapping", "Profile", "canonicalise", "load_mapping", "recognise", "suggest_map"]
