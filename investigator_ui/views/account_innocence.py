"""Could one account be innocent although it stands in a cluster? Tests on its own acts, each with both numbers."""

import polars as pl
from scipy.stats import binomtest

from graph.foreign_text import show_markdown
from investigator_ui.views.account_page import AccountFrames, own_side
from investigator_ui.views.case_against import Explanation
from investigator_ui.views.names import object_name
from investigator_ui.views.wording import count, percent, plural

# A framed account posts and the ring copies it: it is first far more often than the half that fair partners have. Both
# sides of the 95 % interval must agree before the test says so; the interval is exact (Clopper and Pearson 1934).
_FAIR = 0.5
_COPIED = 0.8
_MOSTLY_OWN_LIFE = 0.1  # below a tenth of its acts, what it did together is the exception in its own record
_MANY_OBJECTS = 5  # evidence on fewer objects may be one interest
_CROWD = 10  # times more accounts on an object than stand in the evidence: a crowd the account may belong to
_ALONE = 2  # at most this many times more: hardly anybody else touched it
_ONE_THING = 0.5  # more than half of the evidence on one object: one interest, not a habit


def account_explanations(frames: AccountFrames) -> list[Explanation]:
    """The tests that the evidence allows; none when the account stands in no evidence."""
    if frames.told.is_empty():
        return []
    return [_copied_by_others(frames), _own_life(frames), _one_interest(frames), _crowd(frames)]


def what_would_clear_it() -> str:
    """The last line of the section."""
    return (
        "What would clear it: being copied rather than copying, an app or a newsroom that posts for several accounts, "
        "or one interest that all of them share. Look at the posts before anything is done."
    )


def _copied_by_others(frames: AccountFrames) -> Explanation:
    gaps = frames.told.filter(pl.col("gap_s") != 0).with_columns(
        was_first=(pl.col("left") == frames.account_id) == (pl.col("gap_s") > 0)
    )
    # The same act meets many partners; it counts once, as first only when no partner was earlier.
    moments = gaps.group_by("trace", "object_id").agg(first=pl.col("was_first").all())
    first, n = int(moments["first"].sum()), moments.height
    if n == 0:
        return Explanation(
            "Copied by others", "open", "All shared acts fall on the same second; who was first cannot be told."
        )
    interval = binomtest(first, n).proportion_ci(confidence_level=0.95, method="exact")
    said = f"It was first in {count(first)} of {plural(n, 'shared moment')} ({percent(first / n)}, 95 % {percent(interval.low)}–{percent(interval.high)}); an account that others copy is first nearly always."
    if interval.low > _COPIED:
        return Explanation("Copied by others", "explains part", said)
    return Explanation("Copied by others", "ruled out" if interval.high < _FAIR else "open", said)


def _own_life(frames: AccountFrames) -> Explanation:
    together = own_side(frames).select("at").n_unique()
    all_acts = max(frames.moments, together)
    share = together / all_acts
    said = f"{count(together)} of the {plural(all_acts, 'act')} that were read are part of the evidence ({percent(share)}); the rest is its own."
    if all_acts == together:
        said = f"All {plural(all_acts, 'act')} that were read are part of the evidence; nothing of a life of its own was seen."
        return Explanation("Mostly a life of its own", "ruled out", said)
    return Explanation("Mostly a life of its own", "open" if share < _MOSTLY_OWN_LIFE else "explains little", said)


def _one_interest(frames: AccountFrames) -> Explanation:
    per = (
        frames.told.group_by("trace", "object_id")
        .len()
        .sort("len", "trace", "object_id", descending=[True, False, False])
    )
    share = per["len"][0] / frames.told.height
    name = show_markdown(object_name(per["trace"][0], per["object_id"][0]), 90)
    said = f"Its evidence rests on {plural(per.height, 'object')}; {name} alone makes {percent(share)} of it."
    verdict = "open" if share > _ONE_THING else "ruled out" if per.height >= _MANY_OBJECTS else "explains little"
    return Explanation("One shared interest", verdict, said)


def _crowd(frames: AccountFrames) -> Explanation:
    partners = pl.concat([frames.told["left"], frames.told["right"]]).n_unique()
    popularity = frames.told.unique(["trace", "object_id"])["popularity"].median()
    if not isinstance(popularity, int | float):
        return Explanation("Popular things", "open", "How many accounts touched the shared objects is not known.")
    said = (
        f"Half of the shared objects were touched by {count(popularity)} accounts or more in the whole data, "
        f"{count(partners)} of them stand in this evidence."
    )
    if popularity > _CROWD * partners:
        return Explanation("Popular things", "open", said)
    return Explanation("Popular things", "ruled out" if popularity <= _ALONE * partners else "explains little", said)
