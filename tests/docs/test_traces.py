"""docs/traces.md shows the declarations of graph.traces, all of them and nothing else; every extractor exists."""

from importlib import import_module
from pathlib import Path

import pytest

from detectors.risk import WEIGHT
from detectors.sentences import span
from graph.traces import TRACES, Trace

PAGE = (Path(__file__).parents[2] / "docs" / "traces.md").read_text(encoding="utf-8")
HEADER = (
    "| trace | evidence | within | weight | shared | block | tested | filled by |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
)


def row_of(trace: Trace) -> str:
    within = ", ".join("any time" if window is None else span(window) for window in trace.windows)
    block = trace.block + (" (source)" if trace.source else "")
    tested = "yes" if trace.default else "on request" if trace.alone else "never alone"
    cells = (f"`{trace.name}`", trace.evidence, within, f"{trace.weight:g}", str(trace.min_shared), block, tested,
             f"`{trace.extractor}`")  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def expected_rows() -> list[str]:
    return [row_of(trace) for trace in TRACES.values()]


def test_the_table_of_the_page_is_the_table_of_declarations():
    lines = PAGE.splitlines()
    start = lines.index(HEADER[0])
    table = [line for line in lines[start:] if line.startswith("|")]
    assert table == [*HEADER, *expected_rows()]


@pytest.mark.parametrize("trace", TRACES.values(), ids=lambda trace: trace.name)
def test_the_extractor_of_a_trace_exists(trace: Trace):
    module, _, name = trace.extractor.rpartition(".")
    assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize("trace", TRACES.values(), ids=lambda trace: trace.name)
def test_a_declaration_makes_sense(trace: Trace):
    spans = [float("inf") if window is None else window for window in trace.windows]
    assert spans == sorted(set(spans))
    assert spans[0] > 0
    assert trace.evidence in WEIGHT
    assert 0 < trace.weight <= 2
    assert trace.min_shared >= 1
    assert trace.block or not trace.source, "only a block can be a source"
    assert trace.alone or not trace.default, "what cannot stand alone is asked for, never assumed"
