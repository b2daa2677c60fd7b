"""Posts that an app makes for its users: quiz results, fitness routes, 'I signed' lines."""

import polars as pl

from detectors.guards.found import LITTLE, OPEN, PART, Told, verdict_of
from detectors.guards.view import ClusterView
from detectors.sentences import percent

WORDED = frozenset({"text", "url"})  # what an app fills in; a reshare through an app is a person's choice


def app_driven(view: ClusterView) -> Told | None:
    """Whether the joint acts are one app's texts by accounts that live outside it; None where no clients are known.

    Three things together: nearly all joint acts came through one app, that app's texts are the same for many accounts,
    and the members do most of their posting elsewhere. An operation that owns its app fails the last.
    """
    known = view.acts.drop_nulls("client")
    if known.is_empty() or known.height < PART * view.acts.height:
        return None
    per_app = known.group_by("client").len().sort(["len", "client"], descending=[True, False])
    app, acts = per_app.row(0)
    through = acts / view.acts.height
    templated = view.app_texts.get(app, 0.0)
    elsewhere = _elsewhere(view, app)
    worded = view.share_of(view.objects.filter(pl.col("trace").is_in(sorted(WORDED))))
    fires = min(through, worded) >= OPEN and templated >= PART and elsewhere >= PART and not view.hidden_ties
    looks_so = templated >= PART and elsewhere > LITTLE
    return Told(
        verdict_of(min(through, worded)) if looks_so else "ruled out",
        f"Posted by an app for its users? {percent(through)} of the joint acts came through one app and {percent(worded)} are "
        f"texts or links ({percent(OPEN)} of both are asked); {percent(templated)} of that app's texts, over all accounts, were posted by several, and the "
        f"middle member makes {percent(elsewhere)} of its posts elsewhere ({percent(PART)} of both are asked). The app's consent page would clear it.",
        covers=fires,
        fires=fires,
    )


def _elsewhere(view: ClusterView, app: str) -> float:
    """The share of its posts that the middle member makes through other apps."""
    per = view.clients.group_by("account_id").agg(
        (pl.col("posts").filter(pl.col("client") != app).sum() / pl.col("posts").sum()).alias("elsewhere")
    )
    return float(per["elsewhere"].median() or 0.0)  # type: ignore[arg-type]
