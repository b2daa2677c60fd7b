"""Which graph a page shows, as the words in its corner and its sentence."""

from graph.answers import GraphSummary
from graph.facts import Facts
from graph.foreign_text import show_markdown, show_text
from investigator_ui.services.exploring import Standing
from investigator_ui.views.wording import moment, plural


def source_line(standing: Standing, summary: GraphSummary) -> str:
    """'graph flockwatch at bolt://… · data up to …' for the corner of the page; safe Markdown."""
    where = "graph on this machine"
    if standing.server is not None and not standing.is_local:
        where = f"graph {show_markdown(standing.server.graph, 60)} at {address(standing.server.url)}"
    return f"{where} · data up to {moment(summary.last_at, with_year=True)}"


def address(url: str) -> str:
    """The address of a server as somebody typed it, to be read and copied, not followed: a piece of code in Markdown."""
    return f"`{show_text(url, 100).replace('`', '')}`"


def graph_sentence(summary: GraphSummary) -> str:
    """Safe Markdown: how much there is to explore."""
    return (
        f"**{plural(summary.accounts, 'account')}** and **{plural(summary.objects, 'object')}** that at least two of them acted "
        f"on; **{plural(summary.interactions, 'tie')}** of replies, mentions, shares, quotes and follows."
    )


def other_facts(summary: GraphSummary, facts: Facts) -> str:
    """Said when the graph is not of the facts of this workspace; "" when it is."""
    if summary.facts_version == facts.version:
        return ""
    return "This graph was built from other facts than this workspace holds; clusters and graph may not fit together."
