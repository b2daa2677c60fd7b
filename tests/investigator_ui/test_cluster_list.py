"""The queue: order, standing verdicts, filters, search and what is said when nothing is left."""

import polars as pl

from investigator_ui.views.case_against import tags
from investigator_ui.views.cluster_list import (
    WHATS,
    Filters,
    clusters_holding,
    filtered,
    queue_rows,
    queue_sentence,
    queues_of,
)
from investigator_ui.views.states import filtered_away


def test_clusters_without_a_verdict_come_first_then_the_riskiest(run):
    rows = queue_rows(run.frame("clusters"), {"C-2291": "violating"})
    assert rows.select("cluster_id", "risk", "verdict").rows() == [
        ("C-2304", 0.87, "undecided"),
        ("C-2288", 0.61, "undecided"),
        ("C-2291", 0.94, "violating"),
    ]


def test_a_row_tells_the_strongest_traces_in_words(run):
    rows = queue_rows(run.frame("clusters"), {})
    assert rows.filter(pl.col("cluster_id") == "C-2291")["traces"].item() == "shares, same links"


def test_a_row_tells_the_badge_and_an_older_run_none(run):
    clusters = run.frame("clusters")
    told = dict(queue_rows(clusters, {}).select("cluster_id", "badge").iter_rows())
    assert told == {"C-2291": "solid", "C-2288": "fragile", "C-2304": "do not escalate"}
    older = queue_rows(clusters.with_columns(badge=pl.lit(None, pl.String)), {})
    assert older["badge"].to_list() == ["", "", ""]


def test_every_filter_must_agree(run):
    rows = queue_rows(run.frame("clusters"), {"C-2291": "unsure"})

    def kept(**chosen):
        return filtered(rows, Filters(**chosen), frozenset())["cluster_id"].to_list()

    assert kept() == ["C-2304", "C-2288", "C-2291"]
    assert kept(tiers=("alert",)) == ["C-2304", "C-2291"]
    assert kept(tiers=("alert",), verdicts=("unsure",)) == ["C-2291"]
    assert kept(kinds=("compromised",)) == ["C-2304"]
    assert kept(tiers=("review",), kinds=("compromised",)) == []


def guards(*told, cap=1.0):
    return pl.DataFrame(told, schema=["cluster_id", "tag"], orient="row").with_columns(cap=pl.lit(cap))


def test_disclosed_networks_come_after_the_others_and_can_be_asked_for(run):
    tagged = guards(("C-2304", "disclosed network"), ("C-2304", ""), ("C-2291", "call to action"))
    rows = queue_rows(run.frame("clusters"), {"C-2291": "unsure"}, tagged)
    assert rows.select("cluster_id", "queue").rows() == [
        ("C-2288", "normal"),
        ("C-2304", "disclosed"),
        ("C-2291", "normal"),
    ]
    assert queues_of(rows) == ["normal", "disclosed"]
    chosen = Filters(queues=("disclosed",))
    assert filtered(rows, chosen, frozenset())["cluster_id"].to_list() == ["C-2304"]
    assert chosen.described == "disclosed networks"


def test_what_a_guard_settles_is_listed_last_and_can_be_asked_for(run):
    told = pl.concat([guards(("C-2304", "one workplace"), cap=0.1), guards(("C-2288", "call to action"), cap=0.4)])
    rows = queue_rows(run.frame("clusters"), {}, told)
    assert rows.select("cluster_id", "queue").rows() == [
        ("C-2291", "normal"),
        ("C-2288", "normal"),
        ("C-2304", "explained"),
    ]
    assert queues_of(rows) == ["normal", "explained"]
    assert Filters(queues=("explained",)).described == "explained"


def test_a_protected_account_among_the_explained_is_read_by_a_senior_reviewer(run):
    told = pl.concat([guards(("C-2304", "one workplace"), cap=0.1), guards(("C-2304", "protected accounts"))])
    rows = queue_rows(run.frame("clusters"), {}, told)
    assert dict(rows.select("cluster_id", "queue").iter_rows())["C-2304"] == "never-auto"


def test_a_protected_account_in_a_disclosed_network_is_read_by_a_senior_reviewer(run):
    tagged = guards(("C-2304", "disclosed network"), ("C-2304", "protected accounts"))
    rows = queue_rows(run.frame("clusters"), {}, tagged)
    assert dict(rows.select("cluster_id", "queue").iter_rows())["C-2304"] == "never-auto"


def test_runs_of_older_programs_have_no_tags_and_one_queue(run):
    old = guards(("C-2304", None)).cast({"tag": pl.String})
    assert queues_of(queue_rows(run.frame("clusters"), {}, old)) == ["normal"]
    assert tags(old) == []


def test_tags_stand_once_in_the_order_of_the_guards_and_are_shown_harmless():
    said = guards(("C-1", "widely passed on"), ("C-1", ""), ("C-1", "public text"), ("C-1", "widely passed on"))
    assert tags(said) == ["widely passed on", "public text"]
    assert "<b>" not in tags(guards(("C-1", "<b>x</b>")))[0]


def test_search_finds_clusters_by_member_handle_id_object_and_sentence(run, facts):
    def holding(text):
        return sorted(clusters_holding(run, facts.scan("accounts"), text))

    assert holding("AMBER_kite") == ["C-2291"]
    assert holding("id-tagger_03") == ["C-2288"]
    assert holding("bridge-toll") == ["C-2291"]
    assert holding("nobridgetoll") == ["C-2288"]
    assert holding("16 posts") == ["C-2291"]
    assert holding("c-23") == ["C-2304"]
    assert holding(".*") == []  # a search is for letters, not a pattern
    assert holding("   ") == []


def test_a_search_without_a_match_leaves_no_row(run):
    rows = queue_rows(run.frame("clusters"), {})
    assert filtered(rows, Filters(text="nobody"), frozenset()).is_empty()


def test_the_sentence_counts_clusters_accounts_alerts_and_what_waits(run):
    assert queue_sentence(queue_rows(run.frame("clusters"), {"C-2291": "violating"})) == (
        "**2 clusters** of 52 accounts acted alike beyond what chance explains, **1** of them strongly enough to alert. "
        "Counted apart: **1 ring** of 8 accounts that changed hands together; **8** of these were probably taken over, and "
        "their owners are to be helped, not suspended. **2** wait for a verdict; those come first, highest risk on top."
    )


def test_rings_alone_are_told_as_rings_and_what_was_handed_over_as_that(run):
    ring = run.frame("clusters").filter(pl.col("kind") == "compromised")
    assert queue_sentence(queue_rows(ring, {"C-2304": "secure"})).startswith(
        "**1 ring** of 8 accounts that changed hands"
    )
    managed = queue_rows(ring.with_columns(type=pl.lit("managed")), {})
    assert queue_sentence(managed).startswith("**1 ring** of 8 accounts that changed hands together. **1** waits for")
    assert managed["what"].to_list() == ["handed over"]


def test_a_row_says_what_it_is_and_victims_are_no_operation(run):
    clusters = run.frame("clusters")
    told = dict(queue_rows(clusters, {}).select("cluster_id", "what").iter_rows())
    assert told == {"C-2291": "acting together", "C-2288": "acting together", "C-2304": "probably taken over"}
    unknown = queue_rows(clusters.with_columns(type=pl.lit(None, pl.String)), {})
    assert dict(unknown.select("cluster_id", "what").iter_rows())["C-2304"] == "changed hands, cannot tell"
    assert set(told.values()) <= set(WHATS)


def test_the_filter_by_kind_reads_as_words():
    assert (
        Filters(kinds=("compromised",), verdicts=("secure",)).described == "accounts in other hands · secure the owners"
    )


def test_filtered_away_names_the_filters_and_never_obeys_the_search_text():
    state = filtered_away(Filters(("alert",), (), ("not_violating",), "![x](http://a.example/p)").described, 31)
    assert state.what.startswith("No cluster matches alert · not violating · “")
    assert "![x]" not in state.what
    assert state.why == "31 are listed without these filters."
