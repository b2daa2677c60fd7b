"""The contract of a graph store: the local one is the reference, and every other one passes the same tests."""

from collections.abc import Callable, Collection, Sequence
from types import TracebackType
from typing import Protocol, Self

from graph.answers import (
    Account,
    ClusterGraph,
    ClustersAround,
    CoActors,
    EvidencePath,
    Found,
    GraphSummary,
    Memberships,
    Neighbourhood,
    ObjectAccounts,
    SharedObjects,
    TopObjects,
)
from graph.facts import Facts
from graph.runs import StoredRun

Progress = Callable[[str, int, int], None]  # stage, done, total
Cancelled = Callable[[], bool]

# A node with more ties than this is not walked through: 100 such nodes, a usual ring, would cost as much as a whole path search.
HUB_TIES = 1_000
# Two accounts on an object that thousands touched are not near one another; such objects are walked past, and counted.
POPULAR_ACCOUNTS = 500
# What one path search may read before it gives up and says so: 0.3 s on a Neo4j server (docs/evidence/neo4j.md, "Asking").
PATH_ROWS = 100_000
# For those who wait for a way that the first search gave up on (one pair in four of the IRA graph): seconds.
PATIENT_ROWS = 2_000_000
PATH_STEPS = 4  # the longest path; beyond it nearly everybody is tied to everybody
PATH_WAYS = ("interactions", "objects")


class GraphStore(Protocol):
    """Accounts, objects and what ties them, as of one version of the facts; safe to use from several threads.

    Every answer is sorted, the same for the same facts on every store, and says in `left_out` what its limits cut.
    An account or object that is not in the graph raises NothingThere; a store that cannot be read raises StoreFault.
    """

    def rebuild(
        self, facts: Facts, progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> GraphSummary:
        """Replace the whole graph by what the facts say; readers see the old one until the new one is whole."""

    def write_run(self, run: StoredRun) -> None:
        """Make the clusters of a saved run answerable here; the same run again changes nothing."""

    def summary(self) -> GraphSummary:
        """How many of everything, and what stayed outside."""

    def account(self, account_id: str) -> Account:
        """One account."""

    def accounts(self, account_ids: Collection[str]) -> tuple[Account, ...]:
        """Those of the ids that are in the graph, sorted by id."""

    def find(self, text: str, limit: int = 20) -> Found:
        """Accounts and objects that start with the text, then those with its words (graph.words); at most `limit` of each.

        Ids and handles, display names for their words alone. Over words.MOST_HITS hits of words are left out.
        """

    def neighbourhood(
        self,
        account_id: str,
        hops: int = 1,
        limit_nodes: int = 100,
        kinds: Collection[str] | None = None,
        limit_interactions: int = 2_000,
    ) -> Neighbourhood:
        """Who interacted with the account, in either direction, within 1 or 2 hops, by number of interactions.

        The nearest ring is filled first, up to `limit_nodes` besides the centre. `kinds` None means all.
        The second ring is not looked for behind accounts with more than HUB_TIES ties.
        """

    def co_actors(self, account_id: str, limit: int = 100, popular: int = POPULAR_ACCOUNTS) -> CoActors:
        """Who acted on the same objects at any time; objects with more than `popular` accounts do not count."""

    def shortest_path(
        self,
        left: str,
        right: str,
        max_hops: int = PATH_STEPS,
        over: Collection[str] = PATH_WAYS,
        popular: int = POPULAR_ACCOUNTS,
        read_most: int = PATH_ROWS,
    ) -> EvidencePath:
        """A shortest chain of accounts, each step an interaction or an object shared by at most `popular` accounts.

        `max_hops` is 1 to PATH_STEPS. Of several equally short ones the first in the order of the ids, compared account by
        account from `left`. Gives up, and says so, where it would read more than `read_most` ties; a tie that is read again
        for a longer way counts once.
        """

    def shared_objects(self, left: str, right: str, limit: int = 50) -> SharedObjects:
        """What both acted on, with each one's number and times, the rarest first."""

    def top_objects(self, account_ids: Collection[str], limit: int = 20) -> TopObjects:
        """What the accounts of the set acted on, by how many of them did, and how many others did, too."""

    def accounts_of(self, trace: str, object_id: str, limit: int = 100) -> ObjectAccounts:
        """Who acted on the object, in order of their first act."""

    def memberships(self, account_id: str, limit: int = 50) -> Memberships:
        """The clusters of all written runs that hold the account."""

    def clusters_around(self, account_id: str, limit: int = 50) -> ClustersAround:
        """The clusters, over all written runs, of the account and of those that COORDINATED ties join to it."""

    def cluster_graph(
        self, cluster_id: str, run_id: str | None = None, limit_members: int = 100, limit_ties: int = 1_000
    ) -> ClusterGraph:
        """The members of a cluster and what ties them, the strongest first; the newest run when none is named.

        Accounts that are shown with the cluster and not in it are told apart, and have no ties here.
        """

    def close(self) -> None:
        """Let go of the version that was read; the store cannot be asked any more."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def left_out(count: int, noun: str, rest: str) -> Sequence[str]:
    """["Left out: 1,204 neighbours with fewer interactions."], or nothing when nothing was."""
    return [f"Left out: {count:,} {noun}{'' if count == 1 else 's'} {rest}."] if count > 0 else []
