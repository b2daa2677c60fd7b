#!/usr/bin/env bash
# Build the wheel, install it with the locked dependencies into a fresh environment, run the demo far from the clone.
set -euo pipefail
bin=$(cd "$1" && pwd)
clone=$(pwd)
away=$(mktemp -d)
trap 'rm -rf "$away"' EXIT
"$bin/python" -m pip wheel -q --disable-pip-version-check --no-deps --no-build-isolation -w "$away" "$clone"
"$bin/python" -m venv "$away/venv"
"$away/venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$clone/requirements.lock"
"$away/venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps "$away"/flockwatch-*.whl
cd "$away"
"$away/venv/bin/flockwatch" demo --workspace "$away/workspace" --json >"$away/demo.json"
"$away/venv/bin/python" - "$away/demo.json" <<'CHECK'
import json, pathlib, sys
said = json.loads(pathlib.Path(sys.argv[1]).read_text())
assert said["clusters"], "the demo found no cluster"
assert pathlib.Path(said["report"]).exists(), "the demo wrote no report"
print(f"wheel: demo found {len(said['clusters'])} clusters, report written")
CHECK
