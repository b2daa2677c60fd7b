"""The texts for nothing, not yet and not with these filters: three different situations, three different sentences."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class State:
    """What is so, why and what to do next; `what` and `why` are safe Markdown."""

    what: str
    why: str
    icon: str


NOTHING_INGESTED = State(
    "Nothing has been brought in yet",
    "Bring an export in, then run the detectors: `flockwatch ingest posts.csv`, `flockwatch detect`. "
    "To look around first: `flockwatch demo`.",
    "upload_file",
)
NO_RUN = State(
    "No run yet",
    "The facts are here; the detectors have not looked at them. Start them: `flockwatch detect`.",
    "filter_alt",
)
NOTHING_FLAGGED = State(
    "Nothing was flagged: good news",
    "The run finished and no group acted alike beyond what chance explains. What was read and left out stands under Runs.",
    "task_alt",
)

NO_RISE = State(
    "Nothing left its usual rhythm",
    "Every count stayed within what its own past explains. Count by something else, or in other bins.",
    "task_alt",
)

NO_SERVER = State(
    "This workspace keeps its graph only on this machine",
    "The query desk asks a team's Neo4j server. Bring the graph to one: "
    "`flockwatch ingest FILE --graph bolt+s://HOST:7687` (docs/team.md). Explore works without.",
    "dns",
)
SERVER_AWAY = State(
    "The team's graph server is away",
    "The query desk works on the server alone; it is looked for again by itself. Explore works on the graph of this machine.",
    "cloud_off",
)


def filtered_away(described: str, without: int) -> State:
    """`described` names the filters in safe Markdown; `without` counts the clusters that they hide."""
    return State(f"No cluster matches {described}", f"{without} are listed without these filters.", "filter_alt_off")


def not_found(what: str, hint: str) -> State:
    """An id in the address that this run does not hold; `what` is safe Markdown."""
    return State(what, hint, "search_off")
