"""A run's network as one HTML page for sharing: drawn by pyvis, stripped of every outside request, harmless whatever names hold."""

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
from pyvis.network import Network

from graph.errors import FlockwatchError, NothingThere
from graph.foreign_text import show_text
from graph.runs import StoredRun
from graph.schemas import APART_ROLES
from graph.workspace import replace_file
from investigator_ui.palette import LIGHT
from investigator_ui.views.names import shorten
from investigator_ui.views.network_picture import in_words, linked_pairs
from investigator_ui.views.wording import count, plural

MOST_NODES = 2_000  # as in the pages; INVESTIGATION section 5
MOST_LINKS = 6_000
_SCALE = 420.0  # pixels from the middle of a cluster to its edge
_GAP = 1_050.0  # pixels between the middles of two clusters
_NAME = 60

# Nothing may be fetched and no frame, form or base may appear; the one script is vis-network, inlined.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
_LOADERS = re.compile(r"<(?:link|script)\b[^>]*\b(?:href|src)\s*=[^>]*>(?:\s*</script>)?", re.IGNORECASE)


class UnsafePage(FlockwatchError):
    """The page would ask for something outside, so it was not written."""


def write_network_page(run: StoredRun, out: Path, cluster_id: str | None = None) -> Path:
    """Write the network of a run, or of one of its clusters, to `out` and return it. The page makes no request at all.

    At most MOST_NODES accounts and MOST_LINKS links, the riskiest clusters and the strongest links first; the page says
    what it leaves out. Raises NothingThere (no such cluster), UnsafePage (a new pyvis loads something we do not know).
    """
    clusters = run.frame("clusters").sort("risk", "cluster_id", descending=[True, False])
    if cluster_id is not None:
        clusters = clusters.filter(pl.col("cluster_id") == cluster_id)
        if clusters.is_empty():
            raise NothingThere(
                f"The run {run.run_id} has no cluster {cluster_id[:80]!r}.", "flockwatch clusters lists them."
            )
    page, said = _drawn(run, clusters)
    content = hardened(page, f"Run {shorten(run.run_id)}", said)
    out.parent.mkdir(parents=True, exist_ok=True)
    replace_file(out, content.encode("utf-8"))
    return out


def hardened(page: str, title: str, said: str) -> str:
    """The pyvis page without its loaders, under a content policy that forbids every request; raises UnsafePage."""
    body = _LOADERS.sub("", page)
    # The words around the picture: ours, escaped all the same.
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="referrer" content="no-referrer"><title>{html.escape(title)}</title>'
    )
    note = (
        f'<p style="font:14px sans-serif;color:{LIGHT.ink};margin:12px">{html.escape(title)} · {html.escape(said)}</p>'
    )
    body = body.replace("<head>", f"<head>{head}", 1).replace("<body>", f"<body>{note}", 1)
    if head not in body or note not in body:
        raise UnsafePage("The network page has an unknown shape.", "Install the pyvis version of the lock file.")
    found = outside_requests(body)
    if found:
        raise UnsafePage(
            f"The network page would load {found[0][:120]!r}.", "Install the pyvis version of the lock file."
        )
    return body


def outside_requests(page: str) -> list[str]:
    """What the elements of the page would load or lead to: the value of every href, src and the like that is not data."""
    reader = _Loads()
    reader.feed(page)
    return reader.found


class _Loads(HTMLParser):
    """Collects the addresses that elements load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        loading = {"href", "src", "srcset", "data", "action", "poster", "background", "formaction", "xlink:href"}
        self.found += [
            f"{tag} {value}" for name, value in attrs if name in loading and not (value or "").startswith("data:")
        ]


def _drawn(run: StoredRun, clusters: pl.DataFrame) -> tuple[str, str]:
    """The page as pyvis writes it, and the sentence about what it holds."""
    order = {id_: place for place, id_ in enumerate(clusters["cluster_id"])}
    members = (
        run.frame("members")
        .filter(pl.col("cluster_id").is_in(list(order)) & ~pl.col("role").is_in(list(APART_ROLES)))
        .with_columns(place=pl.col("cluster_id").replace_strict(order, return_dtype=pl.Int64))
        .sort("place", "links", "account_id", descending=[False, True, False])
    )
    kept = members.head(MOST_NODES)
    edges = run.frame("edges").filter(pl.col("cluster_id").is_in(list(order)))
    number = {account: index for index, account in enumerate(kept["account_id"].unique(maintain_order=True))}
    pairs = linked_pairs(edges)
    inside = pl.col("left").is_in(list(number)) & pl.col("right").is_in(list(number))
    links = in_words(pairs.filter(inside).head(MOST_LINKS), edges)
    return _pyvis(kept, links, number, len(order)), _said(clusters.height, members, kept, pairs, links)


def _pyvis(kept: pl.DataFrame, links: pl.DataFrame, number: Mapping[str, int], clusters: int) -> str:
    net = Network(height="820px", width="100%", cdn_resources="in_line", bgcolor=LIGHT.paper)
    net.toggle_physics(False)
    columns = max(1, round(clusters**0.5))
    for row in kept.unique("account_id", keep="first", maintain_order=True).iter_rows(named=True):
        # The node's id is our own number: pyvis writes ids into places where a name would run.
        net.add_node(
            number[row["account_id"]],
            label=show_text(row["account_id"], _NAME),
            title=f"{show_text(row['account_id'], _NAME)}: {show_text(row['role'], 30)}, {plural(row['links'] or 0, 'link')}",
            x=_SCALE * (row["x"] or 0.0) + _GAP * (row["place"] % columns),
            y=_SCALE * (row["y"] or 0.0) + _GAP * (row["place"] // columns),
            size=6 + (row["links"] or 0) ** 0.5 * 2,
            color=LIGHT.role.get(row["role"], LIGHT.faint),
            shape="dot",
            physics=False,
        )
    for left, right, times, what in links.iter_rows():
        net.add_edge(
            number[left],
            number[right],
            width=min(4.0, 0.6 + times**0.5 / 3),
            color=LIGHT.edge,
            title=show_text(what, 120),
        )
    return str(net.generate_html(notebook=False))


def _said(clusters: int, members: pl.DataFrame, kept: pl.DataFrame, pairs: pl.DataFrame, links: pl.DataFrame) -> str:
    said = f"{plural(clusters, 'cluster')}, {plural(members['account_id'].n_unique(), 'account')}, {plural(pairs.height, 'link')}."
    if kept.height < members.height or links.height < pairs.height:
        said += f" Drawn: {count(kept.height)} accounts and {count(links.height)} links; the links with the least evidence are left out."
    return (
        said + " Colour is the role; a group in this picture is a proposal of a program, not a finding about a person."
    )
