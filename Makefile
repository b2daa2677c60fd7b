# Everything runs from a fresh clone: each target makes the virtual environment it needs first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint bench bench-quality bench-attacks bench-worlds bench-detect ui lock components wheel-demo clean

demo: $(VENV)/.installed
	$(BIN)/flockwatch demo

ui: $(VENV)/.installed
	$(BIN)/flockwatch ui

test: $(VENV)/.dev-installed components
	$(BIN)/python -m pytest --durations=20

lint: $(VENV)/.dev-installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev-installed
	$(BIN)/python tests/bench/run_all.py

# Every method on every labelled mix and generated world; writes docs/evidence/detection_table.md.
bench-quality: $(VENV)/.dev-installed
	$(BIN)/python -m tests.bench.quality_bench

# The attacks of SECURITY section 5 on generated rings; writes docs/evidence/attacks.md.
bench-attacks: $(VENV)/.dev-installed
	$(BIN)/python -m tests.bench.attacks_bench

# Generated worlds, one per archetype, and worlds in which nobody coordinates; prints the tables of docs/evidence/detection.md.
bench-worlds: $(VENV)/.dev-installed
	$(BIN)/python -m tests.bench.worlds_bench

# A whole run on ten million actions within 60 s: seconds per stage and peak memory.
bench-detect: $(VENV)/.dev-installed
	$(BIN)/python -m tests.bench.detect_bench --rows 10000000

# The wheel as a stranger gets it: built, installed into an environment of its own, run away from the clone.
wheel-demo: $(VENV)/.dev-installed
	bash scripts/wheel_demo.sh $(BIN)

# Real components for the tests; fails with a sentence when one cannot be had.
components:
	bash scripts/components.sh

# Versions and hashes, no addresses: any index serves.
lock: $(VENV)/.dev-installed
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade pyproject.toml requirements-build.in -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade pyproject.toml requirements-build.in --group dev -o requirements-dev.lock

$(VENV)/bin/python:
	bash scripts/make_venv.sh $(PYTHON) $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev-installed: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
