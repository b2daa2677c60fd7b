"""All what-ifs of one cluster put together: what it stands on, what would change it, and whether the run is reproduced."""

from typing import Any

import polars as pl

from detectors.explaining.deletion import Deletion, deletion_test
from detectors.explaining.dossier import Dossier
from detectors.explaining.minimal import Minimal, minimal_explanation
from detectors.explaining.score import SAME, Kept, Outcome, scorer
from detectors.explaining.strongest import strongest_objects
from detectors.explaining.what_ifs import MEMBERS_ASKED, what_ifs

SHOWN = 10  # strongest objects listed; the deletion test is made of exactly these
FACTS_CHANGED = (
    "The facts do not give the figures of this run any more, so what would change it cannot be told. "
    "Run the detectors again on the facts as they are."
)


def reproduced(dossier: Dossier, found: Outcome) -> bool:
    """Whether the facts give the figures of the run: its size, its risk and each of its signs."""
    if found.size != dossier.cluster["size"] or abs(found.risk - float(str(dossier.cluster["risk"]))) > SAME:
        return False
    both = dossier.signals.join(found.signals, on="name", how="left", suffix="_now")
    apart = both.filter(((pl.col("seen") - pl.col("seen_now")).abs().fill_null(1.0)) > SAME)
    return apart.is_empty()


def what_would_change(dossier: Dossier) -> dict[str, Any]:
    """strongest, counterfactuals, minimal, deletion, reproduced, note: see docs/explanations.md for each.

    Where the facts have changed since the run, nothing is asked of them: `reproduced` is False and `note` says so.
    """
    score_of = scorer(dossier)
    if not reproduced(dossier, score_of(Kept())):
        nothing: dict[str, Any] = {"strongest": [], "counterfactuals": [], "minimal": None, "deletion": None}
        return nothing | {"reproduced": False, "note": FACTS_CHANGED}
    strongest = strongest_objects(dossier)
    objects = list(strongest.select("trace", "object").iter_rows())
    least, test = minimal_explanation(score_of, objects), deletion_test(score_of, objects, SHOWN)
    left_out = max(len(dossier.members) - MEMBERS_ASKED, 0)
    return {
        "strongest": strongest.drop("object").head(SHOWN).to_dicts(),
        "counterfactuals": what_ifs(dossier, score_of, objects),
        **fewest(least, test, strongest),
        "reproduced": True,
        "note": f"The {left_out:,} members with the fewest links were not taken out one by one." if left_out else "",
    }


def fewest(least: Minimal, test: Deletion, strongest: pl.DataFrame) -> dict[str, Any]:
    """minimal and deletion, as plain values. `strongest`: trace, object_id of all objects, in the order in which they were taken away."""
    return {
        "minimal": {
            "count": least.count,
            "of": least.of,
            "risk_before": least.before,
            "risk_after": least.after,
            "objects": strongest.head(least.count).select("trace", "object_id").to_dicts(),
            "sentence": least.sentence,
        },
        "deletion": {
            "shown": test.shown,
            "drop": test.drop,
            "needed": test.needed,
            "of": test.of,
            "passed": test.passed,
        },
    }
