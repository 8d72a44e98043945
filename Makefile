# Everything from nothing: each target makes the environment it needs in .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test oracle lint types benchmark docs clean

demo: .venv/installed  ## train on ShapesSet and draw the figures: about ten minutes on two cores
	$(BIN)/python demos/shapes_beta4.py

test: .venv/installed-test  ## the whole test suite; comparisons with PyTorch are skipped if it is not there
	$(BIN)/python -m pytest

oracle: .venv/installed-oracle  ## the comparisons with PyTorch
	$(BIN)/python -m pytest tests/oracles

lint: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/installed-types  ## the annotations of public names
	$(BIN)/basedpyright

benchmark: .venv/installed-oracle  ## one training step against PyTorch
	$(BIN)/python tests/benchmarks/training_step.py

docs: .venv/installed-docs  ## the site, into build/docs; build/docs/index.html opens from disk
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet docs build/docs

clean:
	rm -rf .venv

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python setup.cfg pyproject.toml
	$(BIN)/pip install --quiet --editable .
	touch $@

.venv/installed-%: .venv/installed
	$(BIN)/pip install --quiet --editable ".[test,$*]"
	touch $@
