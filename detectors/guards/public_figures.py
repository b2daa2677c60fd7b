"""Public figures, their staff, brands, newsrooms and verified organisations: nobody acts on them without a senior review."""

import polars as pl

from detectors.guards.found import EXPLAINS_PART, RULED_OUT, STILL_OPEN, Told
from detectors.guards.view import ClusterView
from detectors.sentences import count, plural

UNPROTECTED = ("", "none", "no", "normal", "standard", "false", "0")  # words that exports use for 'no special care'


def protected() -> pl.Expr:
    """Whether a row of ACCOUNT_SCHEMA is on the protected list or verified by the platform."""
    tier = pl.col("protection_tier").fill_null("").str.strip_chars().str.to_lowercase()
    return ~tier.is_in(UNPROTECTED) | pl.col("verified").fill_null(value=False)


def public_figures(view: ClusterView) -> Told | None:
    """Whether a member is protected; None when the data says it of no member. The risk stays as it is."""
    known = view.members.filter(pl.col("verified").is_not_null() | (pl.col("protection_tier").fill_null("") != ""))
    if known.is_empty():
        return None
    marked = known.filter(protected())
    if marked.is_empty():
        return Told(
            RULED_OUT,
            f"Public figures or verified organisations? Of {plural(known.height, 'member', 'members')} of whom the data says "
            "it, none is protected or verified. A list of protected accounts beside the export would tell more.",
        )
    return Told(
        STILL_OPEN if 2 * marked.height >= view.size else EXPLAINS_PART,
        f"Public figures or verified organisations? {count(marked.height)} of {plural(view.size, 'member', 'members')} "
        f"{'is' if marked.height == 1 else 'are'} protected or verified. A senior reviewer decides; the platform's own check "
        "of who they are would clear it.",
        fires=True,
    )
