"""Words that are public property: share buttons, templates, quotes, prayers, song lines."""

import polars as pl

from detectors.guards.found import OPEN, PART, Told, verdict_of
from detectors.guards.view import ClusterView
from detectors.sentences import count, percent, plural

PUBLIC = 50  # independent accounts that make a text public property (DETECTORS 4, share-button text)

# A share button appends "via @site" (Tweet Web Intent, parameter `via`: "appended to the end of the Tweet with the text
# 'via @username'"). The link, which the button puts before it, may follow when a client rearranged the two.
BUTTON = r"(?i)\bvia @\w{1,30}\s*(https?://\S+\s*)?$"


def public_text(view: ClusterView) -> Told | None:
    """The share of the joint texts that many others posted too; None without joint texts.

    Independent accounts are those in no cluster of the run, so that the parts of a large operation do not vouch for one
    another. A text that ends like a share button's counts from the moment the members are a minority of its users.
    """
    texts = view.objects.filter(pl.col("trace") == "text")
    if texts.is_empty():
        return None
    public = texts.filter(_public(texts, view.acts))
    share = float(public["often"].sum()) / float(texts["often"].sum())
    only_texts = view.share_of(texts) >= PART
    return Told(
        verdict_of(share),
        f"A text that everybody uses? {count(public.height)} of {plural(texts.height, 'joint text', 'joint texts')} "
        f"({percent(share)} of the joint acts) were also posted by {PUBLIC} or more accounts outside all clusters, or end "
        f"as share buttons end them and were posted by more outsiders than members; without them "
        f"{percent(1 - view.share_of(public))} of all joint acts remain. "
        "The page with the share button or the quote's source would clear it.",
        covers=share >= OPEN and only_texts,
    )


def _public(texts: pl.DataFrame, acts: pl.DataFrame) -> pl.Series:
    ends = acts.filter(pl.col("trace") == "text").group_by("object_id").agg(pl.col("button").mean() > PART)
    told = texts.join(ends, on="object_id", how="left", maintain_order="left")
    button = pl.col("button").fill_null(value=False) & (pl.col("outsiders") > pl.col("members"))
    return told.select(public=(pl.col("outsiders") >= PUBLIC) | button)["public"]
