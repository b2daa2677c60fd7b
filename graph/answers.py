"""What a graph store answers: accounts, objects and the ties between them, each with sentences about what was left out."""

from dataclasses import dataclass
from datetime import datetime

Sentences = tuple[str, ...]  # "Left out: 12 neighbours with fewer interactions."; empty when the answer is whole


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the facts know it. One that others only named ('@handle', or an id without a record) is not `listed`."""

    account_id: str
    handle: str | None
    display_name: str | None
    platform: str | None
    created_at: datetime | None
    protection_tier: str | None
    status: str | None
    listed: bool
    actions: int
    shared_objects: int  # objects that at least one other account acted on, too
    lone_objects: int  # objects nobody else acted on; they join nothing and are not in the graph


@dataclass(frozen=True, slots=True)
class Object:
    """What accounts acted on. The same value under two traces (a post shared, a post liked) is two objects."""

    trace: str
    object_id: str
    accounts: int  # >= 2
    actions: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Span:
    """How often one account acted on one object, and when first and last."""

    n: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Interaction:
    """INTERACTED: `source` did `kind` towards `target` n times."""

    source: str
    target: str
    kind: str  # reply | mention | share | quote | follow
    n: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An account near the centre; `strength` counts its interactions, both ways, with the ring before it."""

    account: Account
    hops: int  # 0 is the centre itself
    strength: int


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The centre first, then neighbours by hops, strongest first; all interactions among those shown, most frequent first."""

    centre: str
    accounts: tuple[Neighbour, ...]
    interactions: tuple[Interaction, ...]
    left_out: Sentences


@dataclass(frozen=True, slots=True)
class SharedObject:
    """An object on which both accounts acted."""

    object: Object
    left: Span
    right: Span


@dataclass(frozen=True, slots=True)
class SharedObjects:
    """What two accounts have in common, the rarest objects first; `total` counts those left out as well."""

    left: str
    right: str
    total: int
    objects: tuple[SharedObject, ...]
    left_out: Sentences


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step between two accounts: every interaction between them, and the rarest of `shared_total` shared objects."""

    left: str
    right: str
    interactions: tuple[Interaction, ...]
    shared: SharedObject | None
    shared_total: int


@dataclass(frozen=True, slots=True)
class EvidencePath:
    """The shortest way from one account to another; `steps` is empty when none was found (or both are the same)."""

    left: str
    right: str
    found: bool
    steps: tuple[PathStep, ...]
    left_out: Sentences


@dataclass(frozen=True, slots=True)
class TopObject:
    """An object with the number of accounts of the set that acted on it, and of others."""

    object: Object
    inside: int
    outside: int


@dataclass(frozen=True, slots=True)
class TopObjects:
    """Objects of a set of accounts: most of the set first, then fewest others."""

    total: int
    objects: tuple[TopObject, ...]
    left_out: Sentences


@dataclass(frozen=True, slots=True)
class Actor:
    """An account on an object."""

    account: Account
    span: Span


@dataclass(frozen=True, slots=True)
class ObjectAccounts:
    """Who acted on an object, the first to act first."""

    object: Object
    accounts: tuple[Actor, ...]
    left_out: Sentences


@dataclass(frozen=True, slots=True)
class CoActor:
    """An account that acted on `shared` of the objects the asked one acted on, at any time."""

    account: Account
    shared: int


@dataclass(frozen=True, slots=True)
class CoActors:
    """Accounts with objects in common, most first."""

    account_id: str
    total: int
    accounts: tuple[CoActor, ...]
    left_out: Sentences


@dataclass(frozen=True, slots=True)
class Found:
    """What a search text matched: exact matches first, then beginnings, then words; in each the busiest first."""

    text: str
    accounts: tuple[Account, ...]
    objects: tuple[Object, ...]
    left_out: Sentences


@dataclass(frozen=True, slots=True)
class Membership:
    """MEMBER_OF: an account in a cluster of a run."""

    run_id: str
    cluster_id: str
    kind: str
    risk: float
    role: str
    score: float


@dataclass(frozen=True, slots=True)
class Memberships:
    """The clusters around an account over the runs, the newest run first, then the highest risk."""

    account_id: str
    clusters: tuple[Membership, ...]
    left_out: Sentences


@dataclass(frozen=True, slots=True)
class NearCluster:
    """A cluster with the account in it, or beside it, in `role`; None when only `neighbours` of the account are members."""

    run_id: str
    cluster_id: str
    kind: str
    tier: str
    risk: float
    size: int
    role: str | None
    neighbours: int


@dataclass(frozen=True, slots=True)
class ClustersAround:
    """The clusters of an account and of the `neighbours` that any run ties it to by COORDINATED.

    The newest run first, in it the account's own clusters first, then the highest risk.
    """

    account_id: str
    neighbours: int
    clusters: tuple[NearCluster, ...]
    left_out: Sentences


@dataclass(frozen=True, slots=True)
class ClusterMember:
    """MEMBER_OF, or beside the cluster: see `role`."""

    account_id: str
    role: str
    score: float
    links: int


@dataclass(frozen=True, slots=True)
class CoordinatedTie:
    """COORDINATED: both acted on `n` objects within the window, where chance and interest explain `expected`; left < right."""

    left: str
    right: str
    trace: str
    window_seconds: int
    n: int
    expected: float
    p: float
    q: float
    min_gap_s: float
    median_gap_s: float
    left_leads: float


@dataclass(frozen=True, slots=True)
class NewThing:
    """NEW_FOR: something that ties a ring of accounts in other hands, and which of the members shown was first seen with it when (microseconds
    UTC), the earliest first; `ever`: accounts of the data that ever had it.
    """

    kind: str  # device, client, asn, network, domain, text
    value: str
    ever: int
    new_for: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ClusterGraph:
    """A cluster of a run: members by score, those beside it (targets, bystanders) apart, ties among the members shown. A ring of accounts in
    other hands has no ties but things that were new to its members.
    """

    run_id: str
    cluster_id: str
    kind: str
    tier: str
    risk: float
    size: int
    title: str
    members: tuple[ClusterMember, ...]
    apart: tuple[ClusterMember, ...]
    ties: tuple[CoordinatedTie, ...]
    left_out: Sentences
    new_things: tuple[NewThing, ...] = ()


@dataclass(frozen=True, slots=True)
class TraceCount:
    """Objects of one trace: in the graph, and touched by one account only and therefore left out."""

    trace: str
    objects: int
    lone_objects: int
    touches: int  # (account, object) ties in the graph


@dataclass(frozen=True, slots=True)
class KindCount:
    """Interactions of one kind: distinct (source, target) ties, and how often they happened."""

    kind: str
    ties: int
    times: int


@dataclass(frozen=True, slots=True)
class GraphSummary:
    """What the graph holds and which facts it was built from."""

    facts_number: int
    facts_version: str
    accounts: int
    listed_accounts: int
    objects: int
    lone_objects: int
    touches: int
    interactions: int
    self_interactions: int  # towards oneself (threads); no tie, left out
    handles_resolved: int  # '@handle' targets that belong to exactly one account
    handles_open: int  # '@handle' targets without an account, or with several; accounts of their own
    first_at: datetime | None
    last_at: datetime | None
    traces: tuple[TraceCount, ...]
    kinds: tuple[KindCount, ...]

    @property
    def left_out(self) -> Sentences:
        said = []
        if self.lone_objects:
            said.append(f"Left out: {self.lone_objects:,} objects that only one account acted on; they join nothing.")
        if self.self_interactions:
            said.append(f"Left out: {self.self_interactions:,} times an account interacted with itself.")
        return tuple(said)
