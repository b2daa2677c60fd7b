"""The canonical tables: their columns and types. Ids are opaque text, times are UTC microseconds, provenance is on every row."""

from collections.abc import Mapping

import polars as pl

FrameSchema = Mapping[str, pl.DataType | type[pl.DataType]]

TIME = pl.Datetime("us", "UTC")
TEXTS_LIST = pl.List(pl.String)

PROVENANCE: FrameSchema = {
    "source": pl.String,  # sha256 of the file the row came from
    "line": pl.Int64,  # first physical line of the record, counted from 1; for Parquet the row number
}

POST_SCHEMA: FrameSchema = {
    "post_id": pl.String,
    "account_id": pl.String,
    "at": TIME,
    "kind": pl.String,  # post | share | reply | quote
    "text": pl.String,
    "lang": pl.String,
    "client": pl.String,
    "shared_post_id": pl.String,
    "shared_account_id": pl.String,
    "reply_to_post_id": pl.String,
    "reply_to_account_id": pl.String,
    "urls": TEXTS_LIST,  # canonical form
    "hashtags": TEXTS_LIST,  # in the order of the text, casefolded, without '#'
    "mentions": TEXTS_LIST,  # account ids where the export gives them, else '@handle' casefolded
    "media_hashes": TEXTS_LIST,
    "deleted_at": TIME,
    "fingerprint": pl.String,  # of the normalised text, null when too short to compare
    **PROVENANCE,
}

ACTION_SCHEMA: FrameSchema = {
    "account_id": pl.String,
    "trace": pl.String,  # a name in graph.traces.TRACES
    "object_id": pl.String,
    "at": TIME,
    "post_id": pl.String,
    "block": pl.String,  # what the object belongs to (author, domain, first tag, language): explains fans of one thing
    **PROVENANCE,
}

TEXT_SCHEMA: FrameSchema = {
    "fingerprint": pl.String,
    "normal_text": pl.String,  # the distinct normalised text behind the fingerprint
}

INTERACTION_SCHEMA: FrameSchema = {
    "account_id": pl.String,  # who acted
    "other_id": pl.String,  # towards whom; '@handle' when the export names no id
    "kind": pl.String,  # reply | mention | share | quote | follow
    "at": TIME,
    "post_id": pl.String,
    **PROVENANCE,
}

ACCOUNT_SCHEMA: FrameSchema = {
    "account_id": pl.String,
    "platform": pl.String,
    "handle": pl.String,
    "display_name": pl.String,
    "created_at": TIME,
    "followers": pl.Int64,
    "following": pl.Int64,
    "verified": pl.Boolean,
    "protection_tier": pl.String,
    "country": pl.String,
    "lang": pl.String,
    "status": pl.String,
    **PROVENANCE,
}

SESSION_SCHEMA: FrameSchema = {
    "account_id": pl.String,
    "at": TIME,
    "event": pl.String,
    "ip": pl.String,
    "asn": pl.String,
    "country": pl.String,
    "device": pl.String,
    "user_agent": pl.String,
    "client": pl.String,
    "success": pl.Boolean,
    # What ingest reads out of the columns above; null in facts that an older program wrote.
    "ip_network": pl.String,  # the address, or the /64 of IPv6, that accounts may share; null where `ip` can tie nobody
    "ip_block": pl.String,  # /24 of IPv4, /48 of IPv6; null where `ip` is no public address
    "ua_family": pl.String,  # browser without its version ("Chrome Mobile"); null when the user agent does not tell
    "os_family": pl.String,  # "Android", "Windows", ...
    "device_kind": pl.String,  # desktop | mobile | tablet | bot
    **PROVENANCE,
}

AD_SCHEMA: FrameSchema = {
    "ad_id": pl.String,
    "account_id": pl.String,
    "at": TIME,
    "landing_url": pl.String,
    "payment_fingerprint": pl.String,
    "spend": pl.Float64,
    "currency": pl.String,
    "policy_category": pl.String,
    "text": pl.String,
    **PROVENANCE,
}

QUARANTINE_SCHEMA: FrameSchema = {
    "file": pl.String,  # name as given, for people; `source` identifies
    "source": pl.String,
    "line": pl.Int64,
    "column": pl.String,  # empty when the whole line is at fault
    "reason": pl.String,  # a code of corpus/README: field_count, bad_id, bad_timestamp, ...
    "message": pl.String,  # one sentence
    "original": pl.Binary,  # the bytes as they came
}

WARNING_SCHEMA: FrameSchema = QUARANTINE_SCHEMA  # a warned row was accepted; `original` keeps what was cut or replaced

FACT_SCHEMAS: Mapping[str, FrameSchema] = {
    "posts": POST_SCHEMA,
    "actions": ACTION_SCHEMA,
    "texts": TEXT_SCHEMA,
    "interactions": INTERACTION_SCHEMA,
    "accounts": ACCOUNT_SCHEMA,
    "sessions": SESSION_SCHEMA,
    "ads": AD_SCHEMA,
    "quarantine": QUARANTINE_SCHEMA,
    "warnings": WARNING_SCHEMA,
}

# What a run leaves behind (see graph.results for the few, single things).

PAIR_SCHEMA: FrameSchema = {
    "left": pl.String,  # left < right, always
    "right": pl.String,
    "weight": pl.Int64,  # distinct objects both acted on within the window
}

EDGE_SCHEMA: FrameSchema = {
    "cluster_id": pl.String,  # null when the edge joins no cluster
    "left": pl.String,
    "right": pl.String,
    "trace": pl.String,
    "window_seconds": pl.Int64,
    "n": pl.Int64,  # distinct objects seen
    "expected": pl.Float64,  # distinct objects the null explains
    "p": pl.Float64,
    "q": pl.Float64,  # Benjamini-Hochberg adjusted over all eligible pairs
    "min_gap_s": pl.Float64,
    "median_gap_s": pl.Float64,
    "left_leads": pl.Float64,  # share of the co-actions in which left came first, ties count half
}

EVIDENCE_SCHEMA: FrameSchema = {
    "cluster_id": pl.String,
    "left": pl.String,
    "right": pl.String,
    "trace": pl.String,
    "window_seconds": pl.Int64,
    "object_id": pl.String,
    "left_at": TIME,
    "right_at": TIME,
    "gap_s": pl.Float64,  # right_at - left_at; negative when right came first
    "left_post_id": pl.String,
    "right_post_id": pl.String,
    "popularity": pl.Int64,  # distinct accounts that acted on the object in the whole data
}

CLUSTER_SCHEMA: FrameSchema = {
    "cluster_id": pl.String,
    "kind": pl.String,  # coordinated | compromised: accounts that act together, accounts that fell into other hands together
    "type": pl.String,  # of the compromised: compromised | farm | managed | owner_run | undetermined (docs/takeovers.md); null otherwise
    "tier": pl.String,  # alert | review
    "risk": pl.Float64,  # 0..1
    "confidence": pl.Float64,  # 0..1, how much evidence the risk stands on
    "size": pl.Int64,
    "edges": pl.Int64,
    "density": pl.Float64,  # edges / possible pairs
    "traces": TEXTS_LIST,  # strongest first
    "first_at": TIME,
    "last_at": TIME,
    "title": pl.String,  # "48 accounts, quick shares"
    "sentence": pl.String,  # why flagged, readable aloud
    "stability": pl.Float64,  # 0..1, mean best Jaccard over variants of the run
    "badge": pl.String,  # solid | fragile | do not escalate; null when it was not tried
    "tightness": pl.Float64,  # 0..1, median of the members
    "agreement": pl.Float64,  # 0..1, best Jaccard with the multiplex view; null with one trace
    "reach": pl.Int64,  # distinct accounts outside the cluster that acted on the objects it met on
    "severity": pl.Float64,  # 0..1, of the reach on a logarithmic scale; apart from the risk
}

MEMBER_SCHEMA: FrameSchema = {
    "cluster_id": pl.String,
    "account_id": pl.String,
    "role": pl.String,  # seeder | core | amplifier | follower | target | bystander; where accounts changed hands: victim | changed
    "score": pl.Float64,  # 0..1
    "links": pl.Int64,
    "x": pl.Float64,  # stored layout in [-1, 1], so that every picture of the cluster is the same
    "y": pl.Float64,
    "stability": pl.Float64,  # 0..1, share of the variants in which the member stays with its cluster
    "tightness": pl.Float64,  # 0..1, share of the weakest links of the run that can be cut before the member falls out
}

NESTING_SCHEMA: FrameSchema = {
    "cluster_id": pl.String,
    "relation": pl.String,  # coarser: the group that holds most of the cluster | finer: a group most of which it holds
    "resolution": pl.Float64,  # of Leiden CPM
    "group_id": pl.String,  # follows from its members
    "size": pl.Int64,
    "shared": pl.Int64,  # members of the group that are in the cluster
    "clusters": TEXTS_LIST,  # every cluster of the run that stands to the group in this relation
}

# What is known of each account of a compromised cluster: who came, when, and what became of it (detectors.takeovers.aftermath).
TAKEOVER_SCHEMA: FrameSchema = {
    "cluster_id": pl.String,
    "account_id": pl.String,
    "not_before": TIME,  # its last event before; the change lies between this and `at`
    "at": TIME,  # first seen with what ties the cluster
    "events": pl.Int64,  # of the two weeks after
    "new_before": pl.Float64,  # share of what it does that was new, in the last part of its history; null without any
    "new_after": pl.Float64,  # and in the two weeks after
    "owner_stays": pl.Float64,  # share of the means and places seen after that are of before; null without any
    "failed": pl.Int64,  # log-ins that failed within two days before
    "fought": pl.Int64,  # passwords asked for or set anew and sessions ended, within three days after
    "rekeyed": pl.Int64,  # changes of e-mail address, telephone or second factor, within three days after
    "recovered_at": TIME,  # the old means alone are seen again from here on; null when it did not come back
    "dormant_days": pl.Float64,  # without an event before
    "age_days": pl.Float64,  # since the account was made, or first seen
    "victim_index": pl.Float64,  # 0..1, how much speaks for an owner from whom it was taken
    # The first time it left its own habits by more than all but one of a thousand account-months do, and the last event at which it had
    # not; null when it never did, or when there were too few months to say.
    "alarm_not_before": TIME,
    "alarm_at": TIME,
    "first_act_at": TIME,  # the first post after with something in it that the account never had; null without one
    "first_act": pl.String,  # that post in a sentence
    "first_post_id": pl.String,
}

TAKEOVER_ACT_SCHEMA: FrameSchema = {
    "cluster_id": pl.String,
    "account_id": pl.String,
    "what": pl.String,  # kind of post (post, share, reply, quote) or of access (login, login_failed, reset_requested, ...)
    "before": pl.Int64,  # in the two weeks before
    "after": pl.Int64,  # in the two weeks after
    "first_at": TIME,  # of those after
    "last_at": TIME,
}

TAKEOVER_SIGN_SCHEMA: FrameSchema = {
    "cluster_id": pl.String,
    "feature": pl.String,  # device, client, asn, network, domain, text
    "value": pl.String,
    "other_feature": pl.String,  # of two things that were taken up together; null for a single one
    "other_value": pl.String,
    "accounts": pl.Int64,  # of the cluster, that show it
    "since": TIME,  # the first of them
    "until": TIME,  # and the last
    "adopted": pl.Int64,  # accounts that took it up within the window that was tested; of two things both
    "broke": pl.Int64,  # of these, how many broke with their other habits; null for two things
    "expected": pl.Float64,  # how many of them would by chance
    "p": pl.Float64,
    "q": pl.Float64,  # Benjamini-Hochberg adjusted over all that could have been told
}

HABIT_CHANGE_SCHEMA: FrameSchema = {
    "cluster_id": pl.String,
    "account_id": pl.String,
    "feature": pl.String,  # device, client, country, asn, network, domain, mention, topic, lang, kind, hour
    "usual": TEXTS_LIST,  # the commonest values before
    "usual_shares": pl.List(pl.Float64),  # of what was observed before; a month ago counts half
    "after": TEXTS_LIST,  # values of the two weeks after that the account never had before
    "after_shares": pl.List(pl.Float64),  # of what was observed in those two weeks
    "ties": TEXTS_LIST,  # those of `after` that tie the cluster
    "before": pl.Int64,  # observations before
    "since": pl.Int64,  # observations in the two weeks after
    "sentence": pl.String,
}

# Accounts with these roles are shown with a cluster and are not in it: they count in no size and are not flagged.
APART_ROLES = ("target", "bystander")
# Roles of the accounts of a compromised cluster: taken from somebody; changed, without anything that says from whom. Its members
# have one of these and no other, so that a table of members tells which kind its clusters are.
TAKEN_ROLES = ("victim", "changed")
FLAGGED_TIERS = ("alert", "review")  # clusters whose links count as coordination, wherever they are shown or sent

SIGNAL_SCHEMA: FrameSchema = {
    "cluster_id": pl.String,
    "name": pl.String,
    "family": pl.String,  # overlap | synchrony | text | infrastructure | lockstep | automation | access
    "value": pl.Float64,  # strength in 0..1, what the risk is made of
    "seen": pl.Float64,
    "expected": pl.Float64,
    "low": pl.Float64,  # 95 % of chance worlds fall in [low, high]
    "high": pl.Float64,
    "p": pl.Float64,
    "sentence": pl.String,
}

GUARD_SCHEMA: FrameSchema = {
    "cluster_id": pl.String,
    "name": pl.String,
    "verdict": pl.String,  # ruled out | explains little | explains part | open
    "sentence": pl.String,
    "tag": pl.String,  # what the cluster is called where the rule fires; empty otherwise
    "cap": pl.Float64,  # the most that this leaves of the risk; 1 leaves it
}

ACCOUNT_RESULT_SCHEMA: FrameSchema = {
    "account_id": pl.String,
    "score": pl.Float64,  # 0..1, every account has a row
    "tier": pl.String,  # alert | review | linked | none; linked also in a cluster that an innocent explanation settles
    "cluster_id": pl.String,
    "kind": pl.String,
    "reasons": TEXTS_LIST,
    "actions": pl.Int64,
}

RUN_SCHEMAS: Mapping[str, FrameSchema] = {
    "clusters": CLUSTER_SCHEMA,
    "members": MEMBER_SCHEMA,
    "edges": EDGE_SCHEMA,
    "evidence": EVIDENCE_SCHEMA,
    "signals": SIGNAL_SCHEMA,
    "guards": GUARD_SCHEMA,
    "accounts": ACCOUNT_RESULT_SCHEMA,
    "nesting": NESTING_SCHEMA,
    "takeovers": TAKEOVER_SCHEMA,
    "takeover_acts": TAKEOVER_ACT_SCHEMA,
    "takeover_signs": TAKEOVER_SIGN_SCHEMA,
    "habit_changes": HABIT_CHANGE_SCHEMA,
}


# Columns that ingest makes from others, or fills from a table of networks: they say nothing about which event a row is.
DERIVED_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "sessions": ("asn", "country", "ip_network", "ip_block", "ua_family", "os_family", "device_kind"),
}


def empty(schema: FrameSchema) -> pl.DataFrame:
    """No rows, the right columns."""
    return pl.DataFrame(schema=dict(schema))
