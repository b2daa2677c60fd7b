"""Every method on every data set, with intervals, and what is found where there is nothing.

    python -m tests.bench.quality_bench [--shared DIR] [--only NAME ...] [--worlds PRESET ...] [--shuffles N]

Writes tests/bench/quality_bench.json and docs/evidence/detection_table.md. Exit 1 when ours at review is not above the naive rule on
precision and on recall of a mix (DATA.md's bar), 2 when there is nothing to measure on. Prints figures only: no text and no id of a real row.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from detectors import Settings
from tests.bench.quality.data_sets import DataSet, example, mixes, worlds
from tests.bench.quality.false_discoveries import false_discoveries
from tests.bench.quality.figures import compared, flagged_by, measured, population
from tests.bench.quality.methods import answers
from tests.bench.quality.page import page

HERE = Path(__file__).parents[2]


def measure(
    data: DataSet, resamples: int, shuffles: Sequence[int], seed: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """All methods on one data set, and the null worlds made of it."""
    with tempfile.TemporaryDirectory() as folder:
        loaded = data.load(Path(folder))
        settings = Settings()
        actions = loaded.tables.actions.collect()
        table = compared(loaded.labels, actions, settings.traces)
        methods = []
        for answer in answers(loaded.tables, settings, seed):
            methods.append(
                {
                    "name": answer.method,
                    "has_cut": answer.has_cut,
                    "seconds": round(answer.seconds, 2),
                    "flagged": int(answer.accounts["flagged"].sum()),
                    "figures": measured(table, answer.accounts, has_cut=answer.has_cut, resamples=resamples, seed=seed),
                    "flagged_by": {
                        column: flagged_by(table, answer.accounts, loaded.labels, column)
                        for column in ("archetype", "group")
                    },
                }
            )
            print(f"{data.name}: {answer.method}, {answer.seconds:.1f} s", file=sys.stderr, flush=True)
        nothing = false_discoveries(data.name, loaded, table, shuffles, seed) if shuffles else []
        told = {"name": data.name, "kind": data.kind, "actions": actions.height, "population": population(table)}
        return {**told, "methods": methods}, nothing


def surroundings() -> dict[str, Any]:
    """When, where and with which versions."""
    versions = {"Python": platform.python_version()}
    for name in ("flockwatch", "polars", "numpy", "scipy", "igraph"):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    asked = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True, check=False
    )
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": asked.stdout.strip(),
        "versions": versions,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


def below_naive(one: dict[str, Any]) -> bool:
    """Whether ours at review is not above the naive rule on both precision and recall."""
    figures = {method["name"]: method["figures"] for method in one["methods"]}
    ours, naive = figures["Flockwatch, review"], figures["naive"]
    return any((ours[name]["value"] or 0.0) <= (naive[name]["value"] or 0.0) for name in ("precision", "recall"))


def chosen_sets(options: argparse.Namespace) -> list[DataSet]:
    """The data sets asked for; what is not there is said aloud."""
    sets = mixes(options.shared)
    if not sets:
        print("The labelled mixes are not there (--shared): they are left out.", file=sys.stderr)
    try:
        sets += worlds(options.worlds, options.events, range(options.seed, options.seed + options.world_seeds))
    except ImportError:
        print("There is no detectors.worlds: generated worlds are left out.", file=sys.stderr)
    sets.append(example())
    return [data for data in sets if not options.only or data.name in options.only]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=HERE.parent / "shared")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--worlds", nargs="*", default=["organic", "mixed"], help="presets of flockwatch generate")
    parser.add_argument("--events", type=int, default=100_000, help="rows of a generated world")
    parser.add_argument("--world-seeds", type=int, default=2)
    parser.add_argument("--resamples", type=int, default=200)
    parser.add_argument("--shuffles", type=int, default=3, help="null worlds per data set; 0 leaves them out")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, default=HERE / "tests" / "bench" / "quality_bench.json")
    parser.add_argument("--page", type=Path, default=HERE / "docs" / "evidence" / "detection_table.md")
    options = parser.parse_args(arguments)
    sets = chosen_sets(options)
    if not sets:
        print("There is nothing to measure on.", file=sys.stderr)
        return 2
    told = {**surroundings(), "seed": options.seed, "resamples": options.resamples}
    found = [measure(data, options.resamples, range(options.shuffles), options.seed) for data in sets]
    told["sets"] = [one for one, _ in found]
    told["false_discoveries"] = [row for _, rows in found for row in rows]
    options.json.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
    text = page(told)
    options.page.write_text(text, "utf-8")
    print(text)
    missed = [one["name"] for one in told["sets"] if one["kind"] == "mix" and below_naive(one)]
    if missed:
        print(f"Not above the naive rule on both precision and recall: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
