"""The summary of a graph as JSON, the way a Neo4j server keeps it beside the version."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from graph.answers import GraphSummary, KindCount, TraceCount


def summary_text(summary: GraphSummary) -> str:
    return json.dumps(asdict(summary), default=datetime.isoformat, sort_keys=True)


def summary_from(text: str) -> GraphSummary:
    """What summary_text was given."""
    figures: dict[str, Any] = json.loads(text)
    for name in ("first_at", "last_at"):
        figures[name] = None if figures[name] is None else datetime.fromisoformat(figures[name])
    figures["traces"] = tuple(TraceCount(**one) for one in figures["traces"])
    figures["kinds"] = tuple(KindCount(**one) for one in figures["kinds"])
    return GraphSummary(**figures)
