"""What the stability badge of a cluster means for a report: a sentence where it should not be escalated."""

from collections.abc import Mapping

DO_NOT_ESCALATE = "do not escalate"


def escalation_warning(cluster: Mapping[str, object]) -> str:
    """The sentence for a cluster (CLUSTER row) that did not come out again often enough; empty for all others.

    It warns and forbids nothing: people may know more than the run.
    """
    if cluster.get("badge") != DO_NOT_ESCALATE:
        return ""
    stability = cluster.get("stability")
    again = f" its members came back together to {100 * stability:.0f} %" if isinstance(stability, float) else ""
    return (
        "Do not escalate on this alone: when the run was repeated with four fifths of the objects, other levels, "
        f"resolutions and seeds,{again or ' it did not come back well enough'}, or nothing was left without the one object "
        "they share most."
    )
