"""What a newcomer meets first: make, the forms of the repository, how to cite."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

import nucleibench

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def read(path: str) -> dict:
    return yaml.safe_load((ROOT / path).read_text())


def call(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("arguments", [[], ["help"]])
def test_make_lists_every_target_with_what_it_does(arguments):
    targets = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)[1].split()
    listed = dict(re.findall(r"^  (\S+) +(\S.+)$", call("make", *arguments), re.MULTILINE))
    assert list(listed) == targets


def test_the_configuration_of_ones_own_is_no_part_of_the_repository():
    # Outside a clone there is nothing that Git could ignore.
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone of the repository")
    assert call("git", "check-ignore", "mine.yaml").strip() == "mine.yaml"


def test_the_version_is_written_once():
    assert PROJECT["dynamic"] == ["version"]
    assert "version" not in read("CITATION.cff")
    assert f"## {nucleibench.__version__} - " in (ROOT / "CHANGELOG.md").read_text()


def test_the_citation_names_the_software_and_the_paper():
    citation = read("CITATION.cff")
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= citation.keys()
    (paper,) = citation["references"]
    assert PROJECT["urls"]["Paper"] == f"https://doi.org/{paper['doi']}"
    assert len(paper["authors"]) == 11


def test_continuous_integration_runs_on_every_python_that_is_supported():
    job = read(".github/workflows/ci.yml")["jobs"]["test"]
    supported = [c.rpartition(" ")[2] for c in PROJECT["classifiers"] if "Python :: 3." in c]
    assert job["strategy"]["matrix"]["python"] == supported
    assert job["steps"][-1] == {"run": ".ci/run"}


def test_hooks_run_what_make_lint_runs():
    (repository,) = read(".pre-commit-config.yaml")["repos"]
    assert [hook["entry"] for hook in repository["hooks"]] == ["make lint"]


@pytest.mark.parametrize(
    "form", [f for f in FORMS if f.name != "config.yml"], ids=lambda path: path.name
)
def test_a_form_has_what_github_asks_for(form):
    content = yaml.safe_load(form.read_text())
    assert {"name", "description", "body"} <= content.keys()
    ids = [field["id"] for field in content["body"]]
    assert len(ids) == len(set(ids)) > 0
    for field in content["body"]:
        assert field["type"] in ("input", "textarea")
        assert field["attributes"]["label"]


def test_the_catalogue_of_workflows_finds_what_it_looks_for():
    usage = read(".snakemake-workflow-catalog.yml")["usage"]
    assert usage["software-stack-deployment"]["conda"] is True
    assert (ROOT / "workflow" / "Snakefile").is_file()


def test_every_change_of_the_configuration_is_listed():
    text = (ROOT / "config" / "README.md").read_text()
    for path in (ROOT / "config").glob("*.yaml"):
        assert f"[{path.name}]({path.name})" in text
