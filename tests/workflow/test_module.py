"""Another workflow imports this one and goes on from its tables."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from toy import ROOT, TOY, planned_jobs

pytestmark = pytest.mark.workflow

# The lines that docs/extend.md shows, with the place of this checkout.
SECTION = (ROOT / "docs" / "extend.md").read_text().split("\n## Another workflow\n")[1]
SNAKEFILE = re.search(r"^```python\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)[1]
# No network is trained: that the scripts of this workflow run from there is what matters.
CLASSICAL = {**TOY, "compare": ["otsu"], "networks": {}, "methods": {}, "figure_3_methods": []}


@pytest.fixture(scope="module")
def second(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("second_workflow")
    (folder / "Snakefile").write_text(SNAKEFILE.replace("/path/to/nucleibench", str(ROOT)))
    text = yaml.safe_dump({"nucleibench": {**CLASSICAL, "results": "results"}})
    (folder / "config.yaml").write_text(text)
    return folder


def call(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--directory", str(folder)]
    command += ["--snakefile", str(folder / "Snakefile"), *arguments]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


@pytest.fixture(scope="module")
def finished(second) -> Path:
    call(second)
    return second


def test_all_rules_carry_the_name_of_the_module(second):
    jobs = planned_jobs(call(second, "-n", "count_rows", "nucleibench_all"))
    assert jobs["nucleibench_evaluate_method"] == 2
    assert [rule for rule in jobs if not rule.startswith("nucleibench_")] == ["count_rows"]


def test_the_second_workflow_reads_the_tables_of_this_one(finished):
    assert (finished / "rows.txt").read_text().split() == ["1"]


def test_a_second_run_has_nothing_to_do(finished):
    assert "Nothing to be done" in call(finished, "-n")


def test_the_shim_of_the_catalogue_plans_the_jobs_of_the_snakefile(tmp_path):
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({**CLASSICAL, "results": "results"}))
    plans = []
    for snakefile in ("Snakefile", "workflow/Snakefile"):
        command = [sys.executable, "-m", "snakemake", "-n", "--snakefile", str(ROOT / snakefile)]
        command += ["--configfile", "config.yaml"]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr
        jobs = planned_jobs(result.stdout + result.stderr)
        plans.append({"all" if rule == "default" else rule: n for rule, n in jobs.items()})
    assert plans[0] == plans[1]
    assert plans[0]["evaluate_method"] == 2
