"""Ingest: exports in, validated and normalised facts out, with provenance and a quarantine."""

from ingest.chunks import ReadingOptions
from ingest.formats import Mapping, load_mapping
from ingest.pipeline import ingest_files
from ingest.report import FileReport, IngestReport, Outcome

__all__ = ["FileReport", "IngestReport", "Mapping", "Outcome", "ReadingOptions", "ingest_files", "load_mapping"]
