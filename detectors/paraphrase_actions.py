"""Actions of the trace `paraphrase`: accounts that said the same in other words, by a model that the user names."""

import polars as pl

from detectors.meanings import TextModel, paraphrases
from detectors.stages import Funnel

PARAPHRASE = "paraphrase"


def paraphrase_actions(actions: pl.DataFrame, texts: pl.LazyFrame, model: TextModel, funnel: Funnel) -> pl.DataFrame:
    """ACTION rows, one for each act of the trace `text` whose text others said in other words; the object is their leader.

    `actions`: with texts under the leaders of their near-duplicates, the block being the language; `texts`: TEXT_SCHEMA. Whose
    meaning nobody else put in other words gives no row: copies are for the trace `text`. Sorted as its columns.
    """
    said = actions.filter(pl.col("trace") == "text")
    used = said.group_by("object_id").agg(pl.len().alias("uses"), pl.col("block").min().alias("lang"))
    known = texts.join(used.lazy(), left_on="fingerprint", right_on="object_id").unique("fingerprint").collect()
    with funnel.step("texts in other words", known.height) as step:
        # As with near-duplicates, the random pairs are part of the method and do not change with the seed of the run.
        found = paraphrases(known, model, seed=0, funnel=funnel)
        step.rows_out = found.leader_of.height
    if found.left_out:
        funnel.note(
            f"{found.left_out:,} texts were not compared by their meaning: their language has too few of them to say "
            "what is unusual, or more than can be compared."
        )
    leads = found.leader_of.select(fingerprint="leader", leader="leader").unique()
    meant = pl.concat([found.leader_of, leads])
    joined = said.join(meant, left_on="object_id", right_on="fingerprint")
    return (
        joined.with_columns(object_id="leader", trace=pl.lit(PARAPHRASE))
        .select(pl.col(name).cast(kind) for name, kind in actions.schema.items())
        .sort(actions.columns)
    )
