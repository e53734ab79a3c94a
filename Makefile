# `make demo` and `make test` do all the set-up; nothing else is needed but Python, make and git.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
UV := $(VENV)/bin/uv
READY := $(VENV)/.ready
RUN := $(VENV)/bin/

# Snakemake and virtual environments do not quote the path of Python.
ifneq ($(words $(CURDIR)),1)
$(error The path of this folder has a space, and Snakemake cannot start jobs from it: $(CURDIR). \
  Move the project to a folder without spaces; folders of data and of results may have them)
endif

.DEFAULT_GOAL := help
.PHONY: help environment demo report test test-faults container-test fuzz sbom licences audit lint documents docs bench bench-quick clean

help:  ## list the targets
	@echo "Targets of make:"
	@sed -nE 's/^([a-z-]+):.*## (.*)$$/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18
	@echo "To segment images alone, without this workflow: pip install ."

environment: $(READY)  ## install all that the other targets need, into .venv

$(READY): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(UV) || { $(PYTHON) -m venv $(VENV) && $(RUN)python -m pip install --quiet uv; }
	@# Compiled bytecode makes Snakemake start in a third of the time.
	$(UV) sync --frozen --inexact --compile-bytecode \
	  --extra train --extra workflow --extra staintools --extra jax --extra lite --extra slurm
	@touch $@

demo: $(READY)  ## run the whole workflow on synthetic images; about ten minutes on two cores
	@echo "This takes about ten minutes on two cores. The lines '... of ... steps' say how far it is."
	@date "+Start: %H:%M:%S"
	$(RUN)snakemake --cores all --workflow-profile profiles/demo all report_page
	@echo "A dataset of one's own, scored with what needs no training, and with another tool:"
	$(RUN)snakemake --cores all --workflow-profile profiles/demo --configfile config/demo_own.yaml -- all report_page
	@date "+End: %H:%M:%S"
	@echo
	@echo "Scores of the demo (synthetic images, networks trained for a few steps only):"
	@# The first of the tables in it: those of the paper and of the difference follow.
	@sed '/^\*\*The /,$$d' results/demo/tables/table2_monuseg.md
	@echo
	@echo "The page to open: $(CURDIR)/results/demo/report.html"
	@echo "That of a dataset of one's own: $(CURDIR)/results/demo_own/report.html"

report: $(READY)  ## write the page of the demo, or of CONFIG=mine.yaml
	$(RUN)snakemake --cores all $(if $(CONFIG),--configfile $(CONFIG),--workflow-profile profiles/demo) -- report_page

test: $(READY)  ## run the tests
	$(RUN)pytest -n auto --dist loadfile --no-loadscope-reorder

test-faults: $(READY)  ## inject the faults of docs/reliability.md, also those that take long
	$(RUN)pytest -n auto --dist loadfile -m "" --junitxml=.faults.xml tests/faults
	$(RUN)python tests/faults/write_table.py .faults.xml

container-test:  ## build the image with buildah and work inside it; BASE=image for another base
	BASE="$(BASE)" BUILD_OPTIONS="$(BUILD_OPTIONS)" tests/container.sh

# Seconds that `make fuzz` takes.
FUZZ_SECONDS ?= 600
fuzz: $(READY)  ## read damaged files of every kind for FUZZ_SECONDS
	NUCLEIBENCH_FUZZ_SECONDS=$(FUZZ_SECONDS) $(RUN)pytest -n 0 -m "" tests/faults/test_fuzzing.py

sbom: $(READY)  ## write what is installed to sbom.json, as CycloneDX
	$(UV) tool run --from cyclonedx-bom==7.5.0 cyclonedx-py environment --of JSON -o sbom.json $(VENV)

licences: $(READY)  ## write the licences of all dependencies to docs/licences.md
	$(RUN)python tests/faults/licences.py

audit: $(READY)  ## ask the OSV database for known security holes of the dependencies
	$(UV) audit --frozen

lint: $(READY)  ## check style and types
	$(RUN)ruff check . && $(RUN)ruff format --check .
	$(RUN)snakefmt --check Snakefile rules
	$(RUN)snakemake --lint
	$(RUN)mypy

documents: $(READY)  ## write the configuration's schema and manual anew
	$(RUN)python -m nucleibench.experiment.write

docs: $(READY)  ## build the site of the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(RUN)mkdocs build --strict

bench: $(READY)  ## measure ours beside others (bench/results.md); MINUTES=30 starts no row later
	$(RUN)python -m bench $(if $(MINUTES),--minutes $(MINUTES))

bench-quick: $(READY)  ## the same with small sizes (bench/results_quick.md), some five minutes on two idle cores
	$(RUN)python -m bench --quick

# Snakemake's records stay: without them no result of another experiment can be told from a stale one.
clean:  ## remove the environment and the results of the demo
	rm -rf $(VENV) results/demo results/demo_own
