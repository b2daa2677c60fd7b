"""The one sentence about a team's server that is away, and what cannot be done meanwhile."""

from graph.facts import Facts
from graph.foreign_text import show_markdown
from investigator_ui.services.exploring import KEPT_SECONDS, Standing
from investigator_ui.views.graph_source import address
from investigator_ui.views.wording import NARROW

NOT_NOW = "Not while the team's graph server is away"


def banner_sentence(standing: Standing, facts: Facts) -> str:
    """Safe Markdown; "" while nothing is wrong."""
    if not standing.away:
        return ""
    url = standing.server.url if standing.server else ""
    parts = [
        show_markdown(part, 300)
        for part in (standing.away.rstrip(". ").split(url) if url else [standing.away.rstrip(". ")])
    ]
    why = address(url).join(parts)
    return (
        f"{why}: these pages show the last known data, kept on this machine (facts version {facts.number}); nothing can be "
        f"decided until the server is back, which is looked at every {KEPT_SECONDS:.0f}{NARROW}s."
    )
