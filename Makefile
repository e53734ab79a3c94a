# `make demo` and `make test` do all the set-up; nothing else is needed but Python, make and git.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
UV := $(VENV)/bin/uv
READY := $(VENV)/.ready
RUN := $(VENV)/bin/

.PHONY: environment demo test lint documents bench clean

environment: $(READY)

$(READY): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(UV) || { $(PYTHON) -m venv $(VENV) && $(RUN)python -m pip install --quiet uv; }
	@# Compiled bytecode makes Snakemake start in a third of the time.
	$(UV) sync --frozen --inexact --compile-bytecode \
	  --extra train --extra workflow --extra staintools --extra jax --extra slurm
	@touch $@

demo: $(READY)
	$(RUN)snakemake --cores all --workflow-profile profiles/demo
	@echo
	@echo "Tables and figures of the demo (synthetic images, networks trained for a few steps only):"
	@ls results/demo/tables/*.md results/demo/figures/*.png

test: $(READY)
	$(RUN)pytest -n auto --dist loadfile --no-loadscope-reorder

lint: $(READY)
	$(RUN)ruff check . && $(RUN)ruff format --check .
	$(RUN)snakefmt --check Snakefile rules
	$(RUN)snakemake --lint
	$(RUN)mypy

documents: $(READY)
	$(RUN)python -m nucleibench.experiment.write

bench: $(READY)
	$(RUN)pytest bench --benchmark-only --benchmark-group-by=group -o python_files='bench_*.py'

clean:
	rm -rf $(VENV) results/demo .snakemake
