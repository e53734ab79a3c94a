"""What a newcomer meets first: make, the forms of the repository, how to cite."""

import re
import resource
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import nucleibench
from nucleibench.cli import build_parser

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
COMMANDS = [sys.executable, "-m", "nucleibench"]
# Schema that check-jsonschema brings -> the files of the kind.
SCHEMAS = {
    "citation-file-format": ["CITATION.cff"],
    "github-workflows": [".github/workflows/ci.yml", ".github/workflows/release.yml"],
    "github-issue-config": [".github/ISSUE_TEMPLATE/config.yml"],
    "github-issue-forms": [f".github/ISSUE_TEMPLATE/{name}.yml" for name in ("fault", "wish")],
}
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


@pytest.mark.parametrize("schema", SCHEMAS)
def test_files_for_others_follow_their_schemas(schema):
    program = Path(sys.executable).with_name("check-jsonschema")
    files = SCHEMAS[schema]
    assert "ok" in call(program, "--builtin-schema", f"vendor.{schema}", *files)


def test_every_file_of_github_is_checked_against_a_schema():
    found = {str(path.relative_to(ROOT)) for path in (ROOT / ".github").rglob("*.yml")}
    assert found == {name for names in SCHEMAS.values() for name in names} - {"CITATION.cff"}


def test_the_projects_metadata_follows_the_standards_of_packaging():
    assert "Valid file" in call(
        Path(sys.executable).with_name("validate-pyproject"), "pyproject.toml"
    )


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


def test_help_is_instant():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    call(*COMMANDS, "--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Processor time, which other work on the machine leaves as it is.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


@pytest.fixture(scope="module")
def completion(tmp_path_factory) -> Path:
    """What the command prints for bash."""
    path = tmp_path_factory.mktemp("completion") / "nucleibench"
    path.write_text(call(*COMMANDS, "--print-completion", "bash"))
    return path


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["se"], ["segment"]),
        (["segment", "--ti"], ["--tissue"]),
        (["segment", "--tissue", ""], ["find", "none"]),
        (["segment", "sl"], ["slide.svs", "slides"]),
        (["check", "sl"], ["slide.svs", "slides"]),
    ],
    ids=" ".join,
)
def test_bash_completes_commands_options_and_files(completion, tmp_path, words, expected):
    (tmp_path / "slide.svs").touch()
    (tmp_path / "slides").mkdir()
    (tmp_path / "other.png").touch()
    # As bash does on the tabulator: it calls the function that `complete` holds for the program.
    code = f"""
        source {completion}
        function=$(complete -p nucleibench | sed -E "s/.* -F (\\S+) .*/\\1/")
        COMP_WORDS=(nucleibench "$@") COMP_CWORD=$#
        $function nucleibench "${{@: -1}}"
        printf "%s\\n" "${{COMPREPLY[@]}}"
    """
    command = ["bash", "--norc", "-c", code, "bash", *words]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert sorted({name.rstrip("/ ") for name in result.stdout.split()}) == expected


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_given_every_command(shell):
    text = call(*COMMANDS, "--print-completion", shell)
    (commands,) = (a.choices for a in build_parser()._actions if a.dest == "==SUPPRESS==")
    for name in commands:
        assert name in text
