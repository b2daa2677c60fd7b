"""Accounts in other hands: what was done with them was not done by their owners, who are not to be punished for it."""

from detectors.guards.found import OPEN, PART, Told, verdict_of
from detectors.guards.view import ClusterView
from detectors.sentences import count, percent, plural


def taken_over(view: ClusterView) -> Told | None:
    """Whether the members are victims of a ring that the run found; None where it found no victim at all.

    From one half on the cluster is capped, from four fifths on it is settled: what is left of it may be victims whom the ring did not
    show. The ring itself stays, with its own risk, so that nothing is hidden by it: somebody holds these accounts.
    """
    if not view.victims:
        return None
    ours = sorted(account for account in view.ids if account in view.victims)
    rings = sorted({view.victims[account] for account in ours})
    share = len(ours) / max(view.size, 1)
    if not ours:
        return Told(
            verdict_of(0.0), f"Accounts in other hands? None of the {count(view.size)} members is in a ring of victims."
        )
    where = f"cluster {rings[0]}" if len(rings) == 1 else f"clusters {', '.join(rings[:3])}"
    return Told(
        verdict_of(share),
        f"Accounts in other hands? {count(len(ours))} of {plural(view.size, 'member', 'members')} ({percent(share)}) were taken over, "
        f"see {where}: their owners are to be helped, and did none of this. Whoever holds them is to be looked for there.",
        covers=share >= PART,
        fires=share >= PART,
        settles=share >= OPEN,
    )
