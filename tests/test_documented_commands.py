"""Every command of the pages: it exists, its options are known, and Snakemake plans its jobs."""

import itertools
import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from packaging.requirements import Requirement
from snakemake.cli import get_argument_parser

from nucleibench.cli import build_parser
from nucleibench.data.official import official_organs

ROOT = Path(__file__).parents[1]
# The changelog names commands that were.
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "config" / "README.md"]
PAGES += sorted((ROOT / "docs").glob("*.md"))
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
# A span of code within the text is a command where it has more than the name of a program.
SPAN = re.compile(r"`((?:make|snakemake|nucleibench|python|pytest|pip) [^`]+)`")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
# Programs of the system and of Slurm, of which nothing is checked but the syntax.
SYSTEM = {"awk", "cat", "cd", "column", "git", "less", "squeue", "tail"}

# Plans the paper's experiment, after which everything is imported and the library is parsed. Each
# dry run is then a child.
RUNNER = """
import contextlib, gc, json, os, sys
from snakemake.cli import main

with contextlib.suppress(SystemExit), contextlib.redirect_stdout(sys.stderr):
    main(["-n", "--quiet", "all", "--cores", "2"])
gc.disable()  # a child is over before it would pay
codes = []
for number, arguments in enumerate(json.load(sys.stdin)):
    if not (child := os.fork()):
        told = os.open(f"{number}.log", os.O_CREAT | os.O_WRONLY)
        os.dup2(told, 1), os.dup2(told, 2)
        main(arguments)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(json.dumps(codes))
"""


def blocks(page: Path, language: str) -> list[str]:
    return [text for name, text in FENCE.findall(page.read_text()) if name == language]


def commands_of(script: str) -> list[tuple[str, ...]]:
    """Return the words of each command, without comments and variables of the environment."""
    found: list[list[str]] = []
    for line in script.replace("\\\n", " ").splitlines():
        found.append([])
        for word in shlex.split(line, comments=True):
            if word in ("&&", "|"):
                found.append([])
            elif not re.match(r"[A-Z_]+=", word):
                found[-1].append(word)
    return [tuple(words) for words in found if words]


IN_BLOCKS = {c for page in PAGES for text in blocks(page, "bash") for c in commands_of(text)}
IN_TEXT = {
    tuple(shlex.split(span))
    for page in PAGES
    for span in SPAN.findall(FENCE.sub("", page.read_text()))
}
# How many processors there are, and conda, which is not everywhere, change no plan.
WITHOUT_INFLUENCE = re.compile(r" (-n|--cores \w+|--resources gpu=1|--sdm conda)\b")
# docs/own-data.md brings a dataset, and has a test of its own.
PLANNED = sorted(
    {
        WITHOUT_INFLUENCE.sub("", shlex.join(words))
        for page in PAGES
        if page.name != "own-data.md"
        for text in blocks(page, "bash")
        for words in commands_of(text)
        if words[0] == "snakemake"
    }
)


def check_make(targets: list[str]) -> None:
    known = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {target for target in targets if "=" not in target} <= set(known)


def check_snakemake(arguments: list[str]) -> None:
    chosen = get_argument_parser().parse_args([a.removesuffix("...") for a in arguments])
    for file in chosen.configfile or []:
        assert file.parent == Path() or (ROOT / file).is_file(), file


def check_nucleibench(arguments: list[str]) -> None:
    """Parse, or only find the sub-command where the text names it without arguments."""
    if len(arguments) > 1 and arguments[-1].islower():
        build_parser().parse_args(arguments)
        return
    with pytest.raises(SystemExit, match="0"):
        build_parser().parse_args([arguments[0], "--help"])


def check_python(arguments: list[str]) -> None:
    """Find the script or the module, and in it every word that chooses what it does."""
    if arguments[0] == "-m":
        file = ROOT / Path(*arguments[1].split("."))
        assert file.with_suffix(".py").is_file() or (file / "__main__.py").is_file()
        return
    source = (ROOT / arguments[0]).read_text()
    assert [a for a in arguments[1:] if a.islower() and f'"{a}"' not in source] == []


def check_pytest(arguments: list[str]) -> None:
    files = [argument for argument in arguments if argument.startswith(("tests", "bench"))]
    assert [file for file in files if not (ROOT / file).exists()] == []


def check_pip(arguments: list[str]) -> None:
    """Check the extras of the project. A folder that a page tells to write is not there."""
    assert arguments[0] == "install"
    for name in arguments[1:]:
        if not name.startswith(("-", ".")):
            requirement = Requirement(name)
            known = PROJECT["project"]["optional-dependencies"]
            assert requirement.name != "nucleibench" or requirement.extras <= known.keys()


def check_uv(arguments: list[str]) -> None:
    extras = [b for a, b in itertools.pairwise(arguments) if a == "--extra"]
    assert set(extras) <= PROJECT["project"]["optional-dependencies"].keys()


def check_source(arguments: list[str]) -> None:
    assert arguments == [".venv/bin/activate"]


CHECKS = {
    "make": check_make,
    "snakemake": check_snakemake,
    "nucleibench": check_nucleibench,
    "python": check_python,
    "pytest": check_pytest,
    "pip": check_pip,
    ".venv/bin/uv": check_uv,
    "source": check_source,
    **dict.fromkeys(SYSTEM, lambda arguments: None),
}


@pytest.mark.parametrize("command", sorted(IN_BLOCKS | IN_TEXT), ids=" ".join)
def test_a_command_has_what_it_names(command):
    program, *arguments = command
    CHECKS[program](arguments)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    """A clone by links, with the files that a reader has, as empty ones."""
    folder = tmp_path_factory.mktemp("clone")
    for entry in ROOT.iterdir():
        if entry.name not in ("results", "resources", "mine.yaml", ".snakemake"):
            (folder / entry.name).symlink_to(entry)
    # The README shows a file of this name.
    mine = yaml.safe_load(blocks(ROOT / "README.md", "yaml")[0])
    consep = {"format": "consep", "archives": {"all": {"path": "downloads/consep.zip"}}}
    mine["datasets"]["consep"] = consep
    mine["slides"] = {"images": "scans"}
    (folder / "mine.yaml").write_text(yaml.safe_dump(mine))
    (folder / "three.yaml").write_text(blocks(ROOT / "docs" / "demo.md", "yaml")[0])
    (folder / "scans").mkdir()
    (folder / "scans" / "one.svs").touch()
    (folder / "downloads").mkdir()
    for dataset in mine["datasets"].values():
        for archive in dataset["archives"].values():
            (folder / archive["path"]).touch()
    archives = mine["datasets"]["monuseg"]["archives"]
    write_official_names(*(folder / archives[part]["path"] for part in ("train", "test")))
    return folder


def write_official_names(train, test):
    """Write archives of MoNuSeg with empty files: their names tell the organs before the import."""
    names = sorted(official_organs())
    for path, found in {train: names[::2], test: names[1::2]}.items():
        with ZipFile(path, "w") as archive:
            for name in found:
                archive.writestr(f"images/{name}.tif", b"")
                archive.writestr(f"images/{name}.xml", b"")


@pytest.fixture(scope="module")
def planned(workplace):
    """Command -> exit status and messages of its dry run."""
    dry = ["-n", "--quiet", "all", "--cores", "2"]
    runs = [[*dry, *shlex.split(command)[1:]] for command in PLANNED]
    finished = subprocess.run(
        [sys.executable, "-c", RUNNER],
        cwd=workplace,
        input=json.dumps(runs),
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
    told = [(workplace / f"{number}.log").read_text() for number in range(len(runs))]
    return dict(zip(PLANNED, zip(json.loads(finished.stdout), told, strict=True), strict=True))


@pytest.mark.workflow
@pytest.mark.parametrize("command", PLANNED)
def test_snakemake_plans_what_a_page_shows(planned, command):
    code, told = planned[command]
    assert code == 0, told


def test_blocks_are_bash():
    script = "\n".join(text for page in PAGES for text in blocks(page, "bash"))
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)
