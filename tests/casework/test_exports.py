"""Exports open elsewhere: no formula in a sheet, every graph readable by networkx and igraph, ids as they were."""

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import igraph
import networkx as nx
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework import interchange
from casework.actors import Actor, NotAllowed
from casework.exports import EXPORT_FORMATS, export_run
from casework.interchange import account_graph
from casework.spreadsheets import spreadsheet_form, write_csv
from graph.errors import BadSetting, StoreFault
from graph.runs import StoredRun, save_run
from graph.schemas import RUN_SCHEMAS
from graph.workspace import Workspace

DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")
HOSTILE = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["=1+1", " =1", "＝1", "@x", "-2", "\t=1", "\r\n=1", '"=1', "'=1", "a\nb", 'say "hi"', ""]
)


def cells_of(path: Path) -> list[list[str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_no_cell_of_any_table_starts_a_formula(run: StoredRun, tmp_path: Path) -> None:
    export = export_run(run, "csv", tmp_path / "out")
    assert [path.name for path in export.files] == [f"{name}.csv" for name in RUN_SCHEMAS]
    cells = [cell for path in export.files for row in cells_of(path) for cell in row]
    assert [cell for cell in cells if cell.startswith(DANGEROUS)] == []
    assert '\'=HYPERLINK("http://pixel.example/x","open")' in cells


@given(texts=st.lists(HOSTILE, min_size=1, max_size=5))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_text_survives_in_its_own_cell(texts: list[str], tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": texts, "n": range(len(texts))}, schema={"a": pl.String, "n": pl.Int64})
    write_csv(frame, tmp_path / "t.csv")
    rows = cells_of(tmp_path / "t.csv")
    assert rows[0] == ["a", "n"]
    assert [row[1] for row in rows[1:]] == [str(place) for place in range(len(texts))]
    for text, (cell, _) in zip(texts, rows[1:], strict=True):
        assert cell in (text, f"'{text}")
        assert not cell.lstrip().startswith(DANGEROUS)


def test_every_cell_is_quoted_and_nothing_is_half_a_row(tmp_path: Path) -> None:
    write_csv(pl.DataFrame({"a": ["x", None], "b": [1.5, None]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == b'"a","b"\r\n"x","1.5"\r\n"",""\r\n'


def test_a_sheet_says_who_was_first_and_how_far_apart(run: StoredRun) -> None:
    evidence = run.frame("evidence")
    for row, cells in zip(evidence.to_dicts(), spreadsheet_form(evidence).to_dicts(), strict=True):
        assert cells["seconds_apart"] == abs(row["gap_s"])
        expected = {1: "left", -1: "right", 0: "both"}[(row["gap_s"] > 0) - (row["gap_s"] < 0)]
        assert cells["first"] == expected
        assert cells["left_at"].endswith("Z")


def test_parquet_holds_the_run_byte_for_byte(run: StoredRun, tmp_path: Path) -> None:
    export_run(run, "parquet", tmp_path)
    for name in RUN_SCHEMAS:
        assert pl.read_parquet(tmp_path / f"{name}.parquet").equals(run.frame(name))


@pytest.mark.parametrize("form", EXPORT_FORMATS)
def test_equal_runs_give_equal_files(run: StoredRun, tmp_path: Path, form: str) -> None:
    first, second = export_run(run, form, tmp_path / "a"), export_run(run, form, tmp_path / "b")
    assert [path.read_bytes() for path in first.files] == [path.read_bytes() for path in second.files]
    assert list(tmp_path.rglob(".*")) == []  # no passing file is left


def test_graphml_reads_alike_in_networkx_and_igraph(run: StoredRun, sample: ModuleType, tmp_path: Path) -> None:
    export = export_run(run, "graphml", tmp_path)
    assert export.notes == ("12 accounts without a significant link are not in the file.",)
    accounts = {*sample.RING_ACCOUNTS, *sample.FRIEND_ACCOUNTS}
    edges = run.frame("edges")
    by_networkx = nx.read_graphml(export.path)
    by_igraph = igraph.Graph.Read_GraphML(str(export.path))
    assert set(by_networkx.nodes) == set(by_igraph.vs["id"]) == accounts
    assert by_networkx.number_of_edges() == by_igraph.ecount() == len(edges)
    assert by_networkx.nodes["amber_kite_100"]["cluster_id"] == "c-ring"
    assert sum(by_igraph.es["n"]) == edges["n"].sum()


def test_gexf_reads_in_networkx_with_its_clusters(run: StoredRun, sample: ModuleType, tmp_path: Path) -> None:
    drawn = nx.read_gexf(export_run(run, "gexf", tmp_path / "ring.gexf").path)
    assert Counter(said["cluster_id"] for _, said in drawn.nodes(data=True)) == {"c-ring": 8, "c-friends": 3}
    assert set(drawn.nodes) == {*sample.RING_ACCOUNTS, *sample.FRIEND_ACCOUNTS}


def renamed(workspace: Workspace, sample: ModuleType, names: dict[str, str]) -> StoredRun:
    """The sample run with other account ids."""
    whole = sample.sample_result()
    frames = {
        table: frame.with_columns(
            pl.col(column).replace(names) for column in ("account_id", "left", "right") if column in frame.columns
        )
        for table, frame in whole.frames.items()
    }
    return save_run(workspace, replace(whole, frames=frames))


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_ids_that_xml_cannot_hold_are_replaced_told_apart_and_noted(
    workspace: Workspace, sample: ModuleType, tmp_path: Path, form: str
) -> None:
    odd = {"amber_kite_100": "a\x00b", "-1+1": "a\x01b", "Новости 24": "a\ufffdb"}
    export = export_run(renamed(workspace, sample, odd), form, tmp_path)
    assert "2 account ids hold characters that XML does not allow" in export.notes[0]
    read = nx.read_graphml(export.path) if form == "graphml" else nx.read_gexf(export.path)
    assert {name for name in read.nodes if name.startswith("a\ufffd")} == {"a\ufffdb", "a\ufffdb (2)", "a\ufffdb (3)"}
    assert read.number_of_nodes() == 11


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), min_size=11, max_size=11, unique=True))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_ids_come_back_from_both_formats_and_from_igraph(
    workspace: Workspace, sample: ModuleType, tmp_path: Path, names: list[str]
) -> None:
    accounts = [*sample.RING_ACCOUNTS, *sample.FRIEND_ACCOUNTS]
    run = renamed(workspace, sample, dict(zip(accounts, names, strict=True)))
    drawn, _ = account_graph(run)
    for form in ("graphml", "gexf"):
        export_run(run, form, tmp_path)  # reads back and compares before it is done
    by_igraph = igraph.Graph.Read_GraphML(str(tmp_path / "flockwatch.graphml"))
    # igraph reads "&" in an attribute as "&#38;", so ids with it are right in the data of the node alone.
    assert set(by_igraph.vs["account_id"]) == set(drawn.nodes)
    assert {name for name in by_igraph.vs["id"] if "&" not in name} == {name for name in drawn.nodes if "&" not in name}


def test_a_file_that_does_not_read_back_is_not_kept(
    run: StoredRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interchange, "xml_safe", lambda text: text)
    whole = run.frame("members")
    broken = whole.with_columns(role=pl.lit("line\rend"))
    broken.write_parquet(run.folder / "members.parquet")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "flockwatch.graphml").write_text("the earlier one")
    with pytest.raises(StoreFault, match="does not read back"):
        export_run(run, "graphml", tmp_path / "out")
    assert [path.read_text() for path in (tmp_path / "out").iterdir()] == ["the earlier one"]


def test_what_cannot_be_exported_is_refused(run: StoredRun, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="'xlsx' is not a format of export"):
        export_run(run, "xlsx", tmp_path)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadSetting, match="is a file"):
        export_run(run, "csv", tmp_path / "file")
    with pytest.raises(NotAllowed):
        export_run(run, "csv", tmp_path, actor=Actor("eve", "visitor"))
    assert (tmp_path / "file").read_text() == "mine"
