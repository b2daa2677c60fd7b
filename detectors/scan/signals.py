"""What is said of the company a cluster keeps: how many of its acts another member did too, against what is usual."""

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from detectors import sentences
from detectors.risk import strength
from detectors.scan.choose import Candidate
from detectors.scan.evidence import Evidence, evidence_of
from detectors.scan.search import Scan
from detectors.significance import SMALLEST_P
from graph.schemas import SIGNAL_SCHEMA, FrameSchema
from graph.traces import TRACES

CLEAR = 3.0  # net evidence in the widest window from which it is shown there, so that timing is a sign of its own

Told = Callable[[int, str, int], sentences.Together]

NUMBERED_SIGNAL: FrameSchema = {
    "cluster": pl.Int64,
    "trace": pl.String,
    "window_seconds": pl.Int64,
    **{name: kind for name, kind in SIGNAL_SCHEMA.items() if name != "cluster_id"},
}


def company_signals(found: Sequence[Candidate], scan: Scan, widest_seconds: int, together: Told) -> pl.DataFrame:
    """One row (NUMBERED_SIGNAL) per cluster, in the widest window where that is clear, else where it was found.

    p bounds the chance that *any* group of this size has so much: the members were chosen for it (union bound).
    `together(cluster, trace, seconds)` tells what the cluster did there, for the sentence.
    """
    rows = [_of_cluster(number, *_shown(one, scan, widest_seconds), together) for number, one in enumerate(found)]
    return pl.DataFrame(rows, schema=dict(NUMBERED_SIGNAL), orient="row")


def _shown(one: Candidate, scan: Scan, widest_seconds: int) -> tuple[str, int, Evidence]:
    trace, seconds = one.usual.acts.trace, one.window_us // 1_000_000
    if seconds < widest_seconds:
        wide = scan.view(trace, widest_seconds)
        evidence = evidence_of(wide, one.members) if wide else one.evidence
        if wide and evidence.net >= CLEAR:
            return trace, widest_seconds, evidence
    return trace, seconds, one.evidence


def _of_cluster(cluster: int, trace: str, seconds: int, evidence: Evidence, together: Told) -> dict[str, object]:
    acts, company, expected = (float(told.sum()) for told in (evidence.acts, evidence.company, evidence.expected))
    usual = min(expected / max(acts, 1.0), 1.0)
    spread = 1.96 * np.sqrt(acts * usual * (1 - usual))
    p = float(max(10 ** -max(evidence.net, 0.0), SMALLEST_P))
    return {
        "cluster": cluster,
        "trace": trace,
        "window_seconds": seconds,
        "name": f"{trace}_company",
        "family": TRACES[trace].evidence,
        "value": strength(max(evidence.net, 0.0)),
        "seen": company,
        "expected": expected,
        "low": max(expected - spread, 0.0),
        "high": min(expected + spread, acts),
        "p": p,
        "sentence": sentences.company_sentence(
            trace, together(cluster, trace, seconds), round(acts), round(company), expected, p, seconds
        ),
    }
