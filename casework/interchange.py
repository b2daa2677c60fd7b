"""The account graph of a run for other tools: accounts and significant links as GraphML or GEXF, proven readable."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx
import polars as pl

from casework.audit_log import utc_text
from casework.spreadsheets import LIST_JOINT
from casework.whole_files import appearing
from graph.errors import StoreFault
from graph.foreign_text import xml_text
from graph.runs import StoredRun
from graph.schemas import APART_ROLES
from graph.takeover_words import VICTIM

# networkx dates the file by today; the run has its own time, and equal runs shall give equal files.
_GEXF_DATE = re.compile(rb' lastmodifieddate="[^"]*"')


@dataclass(frozen=True, slots=True)
class _Format:
    write: Callable[[Any, Path], None]
    read: Callable[[Path], Any]


def _write_gexf(drawn: Any, path: Path) -> None:
    nx.write_gexf(drawn, path)
    path.write_bytes(_GEXF_DATE.sub(b"", path.read_bytes(), count=1))


GRAPH_FORMATS: Mapping[str, _Format] = {
    "graphml": _Format(nx.write_graphml_xml, lambda path: nx.read_graphml(path, force_multigraph=True)),
    "gexf": _Format(_write_gexf, nx.read_gexf),
}


def write_graph(run: StoredRun, form: str, path: Path) -> tuple[str, ...]:
    """Write the graph to `path` and read it back before it appears; returns notes on what is not as in the run.

    Accounts that are in a cluster or have a significant link, one edge per pair and trace; node ids are account ids.
    Raises StoreFault when what was written does not read back as what was meant.
    """
    drawn, notes = account_graph(run)
    chosen = GRAPH_FORMATS[form]
    with appearing(path) as part:
        chosen.write(drawn, part)
        if not _same(drawn, chosen.read(part)):
            raise StoreFault(
                f"The {form} file does not read back as it was meant, so it was not kept.", "Export csv or parquet."
            )
    return notes


def account_graph(run: StoredRun) -> tuple[Any, tuple[str, ...]]:
    """The graph (networkx MultiGraph) and notes; every text in it is legal in XML."""
    edges = run.frame("edges").sort("left", "right", "trace", "window_seconds")
    apart = pl.col("role").is_in(list(APART_ROLES))  # whoever is beside a cluster stands here for its links alone
    # Whoever uses the file must see a victim as one, whatever else was done with the account.
    members = run.frame("members").filter(~apart).with_columns(victim=pl.col("role").fill_null("") == VICTIM)
    members = members.sort("account_id", "victim", "score", descending=[False, True, True]).drop("victim")
    linked = pl.concat([edges["left"], edges["right"], members["account_id"]]).drop_nulls().unique().sort()
    names, notes = _legal_names(linked.to_list())
    drawn = nx.MultiGraph()
    drawn.graph["run_id"] = xml_safe(run.run_id)
    for row in _node_rows(run, linked, members).iter_rows(named=True):
        account = row.pop("account_id")
        drawn.add_node(names[account], account_id=names[account], label=names[account], **_attributes(row))
    for number, row in enumerate(edges.iter_rows(named=True)):
        left, right = names[row.pop("left")], names[row.pop("right")]
        drawn.add_edge(left, right, key=number, **_attributes(row))
    if any("&" in name for name in names.values()):
        notes = (*notes, "Ids with '&': igraph misreads them as node ids; take its attribute account_id.")
    unlinked = run.scan("accounts").select(pl.len()).collect().item() - len(linked)
    if unlinked > 0:
        notes = (*notes, f"{unlinked:,} accounts without a significant link are not in the file.")
    return drawn, notes


def xml_safe(text: str) -> str:
    """Legal XML that reads back unchanged; a carriage return, which readers turn into a line end, is replaced too."""
    return xml_text(text).replace("\r", "\ufffd")


def _node_rows(run: StoredRun, linked: pl.Series, members: pl.DataFrame) -> pl.DataFrame:
    """One row per account; of several clusters the ring it is a victim in, else the one it belongs to most."""
    first = members.unique("account_id", keep="first", maintain_order=True)
    own = first.select("account_id", "cluster_id", "role", belongs="score", x="x", y="y")
    said = run.frame("accounts").select("account_id", "score", "tier", "kind", "actions", "reasons")
    found = pl.DataFrame({"account_id": linked}).join(own, on="account_id", how="left")
    return found.join(said.unique("account_id", keep="first"), on="account_id", how="left").sort("account_id")


def _legal_names(accounts: list[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """A name legal in XML for each account, no two alike, and a note when one had to differ from its id."""
    names: dict[str, str] = {account: account for account in accounts if xml_safe(account) == account}
    taken = set(names)
    changed = [account for account in accounts if account not in names]
    for account in changed:
        base = name = xml_safe(account)
        number = 2
        while name in taken:
            name, number = f"{base} ({number})", number + 1
        names[account] = name
        taken.add(name)
    if not changed:
        return names, ()
    note = f"{len(changed)} account ids hold characters that XML does not allow; they stand as U+FFFD in the file."
    return names, (note,)


def _attributes(row: Mapping[str, Any]) -> dict[str, Any]:
    """What of a row can be an attribute: nothing unknown or empty, lists joined, times as text."""
    said = {name: _plain(value) for name, value in row.items() if value is not None}
    return {name: value for name, value in said.items() if value != "" and value == value}  # noqa: PLR0124 - NaN


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return xml_safe(LIST_JOINT.join(value))
    if isinstance(value, str):
        return xml_safe(value)
    return value if isinstance(value, bool | int | float) else utc_text(value)


def _same(meant: Any, read: Any) -> bool:
    """Equal nodes, edges and attributes; the formats add ids of their own, and GEXF keeps the label apart."""
    return _content(meant) == _content(read)


def _content(drawn: Any) -> tuple[dict[str, dict[str, Any]], list[tuple[Any, ...]]]:
    nodes = {node: dict(said) for node, said in drawn.nodes(data=True)}
    edges = sorted(
        (*sorted((left, right)), *sorted((name, value) for name, value in said.items() if name != "id"))
        for left, right, said in drawn.edges(data=True)
    )
    return nodes, edges
