"""The conda environments, as far as they can be checked without a conda channel."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
import rattler
import yaml
from packaging.version import Version

from nucleibench.experiment.experiment import Experiment
from nucleibench.experiment.fingerprint import reached_modules
from nucleibench.experiment.versions import INSTALLED_AS
from nucleibench.families.classical.algorithms import ALGORITHMS
from nucleibench.families.classical.family import Classical
from nucleibench.families.registry import find_families

ROOT = Path(__file__).parents[2]
RULES = "".join(path.read_text() for path in sorted((ROOT / "rules").glob("*.smk")))
ENVIRONMENTS = sorted((ROOT / "envs").glob("*.yaml"))
LOCK = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
NOT_ON_PYPI = {"python", "pip", "libgl", "libglib", "fiji", "openjdk"}
# They install packages and open windows, and change no result.
ANY_VERSION = {"pip", "libgl", "libglib"}
CHANNELS = {"imagej": ["conda-forge", "bioconda", "nodefaults"]}

# Imported only where the configuration asks for it, with an error that names what to install.
ON_DEMAND = {"jax", "jpype"}

FAMILIES = find_families()
# (rule, module that does its work if its script imports one by name, environment)
Job = tuple[str, str | None, str]


def dependencies(path: Path) -> list:
    return yaml.safe_load(path.read_text())["dependencies"]


def conda_part(path: Path) -> list[str]:
    return [spec for spec in dependencies(path) if isinstance(spec, str)]


def pip_part(path: Path) -> list[str]:
    return next((spec["pip"] for spec in dependencies(path) if isinstance(spec, dict)), [])


def pinned(path: Path) -> dict[str, str]:
    """Return package -> version of both parts."""
    specs = [*conda_part(path), *pip_part(path)]
    pairs = [re.match(r"([\w-]+)(?:\[[\w,-]+\])? ?==(.+)", spec) for spec in specs]
    return {pair[1]: pair[2] for pair in pairs if pair}


def locked(name: str) -> dict | None:
    """Return a package of uv.lock as Python 3.11 gets it."""
    found = [package for package in LOCK if package["name"] == name]
    return min(found, key=lambda package: Version(package["version"]), default=None)


def brought_along(names: set[str]) -> set[str]:
    """Return the packages and all that they depend on."""
    found, waiting = set(), set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        package = locked(name) or {}
        waiting |= {d["name"] for d in package.get("dependencies", [])} - found
    return found


def rule_blocks() -> dict[str, str]:
    """Return rule -> its text, of rules with a script."""
    blocks = re.split(r"^(?:use )?rule (\w+)", RULES, flags=re.MULTILINE)[1:]
    pairs = zip(blocks[::2], blocks[1::2], strict=True)
    return {name: block for name, block in pairs if "script:" in block}


def literal_environments() -> list[Job]:
    """Return the jobs of the rules that name their environment."""
    named = {
        rule: re.findall(r'conda:\s+"\.\./envs/(\w+)\.yaml"', block)
        for rule, block in rule_blocks().items()
    }
    return [(rule, None, found[0]) for rule, found in named.items() if found]


def network_environments() -> list[Job]:
    """Return the jobs that need a network library, in the environments they may choose from."""
    steps = {"train_network": "train", "predict": "predict", "map_tiles": "map_tiles"}
    steps["describe_networks"] = "network"
    rules = ("install_network", "release_network", "segment_slide", "segment_slides")
    jobs = [(rule, None) for rule in rules]
    for rule, step in steps.items():
        modules = [family.module(step) for family in FAMILIES.values() if family.network]
        jobs += [(rule, module) for module in modules if find_spec(module)]
    return [(*job, name) for job in jobs for name in ("tensorflow_cpu", "tensorflow_gpu")]


def label_environments() -> list[Job]:
    """Return the jobs that make labels, each in the environment that its method asks for."""
    jobs = {
        (rule, family.module("label"), family.method.environment)
        for family in FAMILIES.values()
        for rule in ("choose_setting", "segment")
        if rule == "segment" or hasattr(import_module(family.module("label")), "list_candidates")
    }
    for algorithm in ALGORITHMS:
        method = Classical.read({"family": "classical", "algorithm": algorithm})
        module = FAMILIES["classical"].module("label")
        jobs.add(("segment", module, method.environment_of_labels()))
    return sorted(jobs)


JOBS = [*literal_environments(), *network_environments(), *label_environments()]


def foreign_imports(path: Path) -> set[str]:
    """Return the top-level packages from elsewhere that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"nucleibench"}


def test_every_environment_is_one_of_a_rule_and_the_other_way_round():
    assert {environment for _, _, environment in JOBS} == {path.stem for path in ENVIRONMENTS}


def test_every_rule_with_a_script_has_an_environment():
    blocks = rule_blocks()
    assert all("conda:" in block for block in blocks.values())
    assert {rule for rule, _, _ in JOBS} == blocks.keys()
    assert {f"{rule}.py" for rule in blocks} == {p.name for p in (ROOT / "scripts").glob("*.py")}


@pytest.mark.parametrize(
    ("environment", "file"), [("gpu", "tensorflow_gpu"), ("cpu", "tensorflow_cpu")]
)
def test_the_experiment_answers_with_these_environments(environment, file):
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    experiment = Experiment.read({**config, "tensorflow_environment": environment}, ROOT)
    answers = {experiment.networks.environment(name) for name in experiment.networks.trainings}
    assert answers == {f"{ROOT}/envs/{file}.yaml"}
    labels = {name: experiment.labels.environment(name) for name in experiment.labels.rows}
    assert labels.pop("imagej") == f"{ROOT}/envs/imagej.yaml"
    assert set(labels.values()) == {f"{ROOT}/envs/data.yaml"}


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda p: p.stem)
def test_specs_are_strict_and_pinned(path):
    for spec in conda_part(path):
        match = rattler.MatchSpec(spec, strict=True)
        assert match.version or match.name.normalized in ANY_VERSION, f"{spec} is not pinned"
    assert yaml.safe_load(path.read_text())["channels"] == CHANNELS.get(
        path.stem, ["conda-forge", "nodefaults"]
    )


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda p: p.stem)
def test_pins_are_those_of_the_lock_file(path):
    pins = {name: version for name, version in pinned(path).items() if name not in NOT_ON_PYPI}
    assert pins
    for name, version in pins.items():
        assert locked(name), f"{name} is not in uv.lock"
        assert version == locked(name)["version"], f"{name} differs from uv.lock"


@pytest.mark.parametrize(("rule", "module", "environment"), JOBS)
def test_an_environment_has_what_its_jobs_import(rule, module, environment):
    script = ROOT / "scripts" / f"{rule}.py"
    files = [script]
    for reached in reached_modules(script, [module] if module else []):
        files.append(ROOT.joinpath(*reached.split(".")).with_suffix(".py"))
    wanted = set().union(*(foreign_imports(path) for path in files if path.exists())) - ON_DEMAND
    if rule == "segment_slide":
        wanted -= {"staintools"}  # for networks that were trained with it
    present = brought_along(set(pinned(ROOT / "envs" / f"{environment}.yaml")))
    # The build with windows provides the same module.
    present |= {"opencv-python-headless"} if "opencv-python" in present else set()
    packages = {INSTALLED_AS.get(name, name.replace("_", "-")) for name in wanted}
    missing = packages - present
    assert not missing, f"{environment} lacks what {rule} imports"


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda p: p.stem)
def test_settings_are_checked_where_they_are_read_and_nowhere_else(path):
    """pydantic is in the environments of those jobs alone."""
    reached = set()
    for rule, module, environment in JOBS:
        if environment == path.stem:
            script = ROOT / "scripts" / f"{rule}.py"
            reached |= reached_modules(script, [module] if module else [])
    assert ("pydantic" in pinned(path)) == ("nucleibench.settings" in reached)


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda p: p.stem)
def test_only_one_opencv_is_installed(path):
    """Two builds overwrite each other's files, and the last one wins."""
    present = brought_along(set(pinned(path)))
    assert len(present & {"opencv-python", "opencv-python-headless"}) <= 1


@pytest.fixture
def uv() -> str:
    found = shutil.which("uv") or ROOT / ".venv" / "bin" / "uv"
    if not Path(found).exists():
        pytest.skip("uv is not installed: environments were not resolved")
    return str(found)


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda p: p.stem)
def test_pip_part_resolves_with_the_pins(uv, path):
    pins = {f"{n}=={v}" for n, v in pinned(path).items() if n not in NOT_ON_PYPI}
    command = [uv, "pip", "compile", "--python-version", "3.11", "--no-header", "--quiet", "-"]
    result = subprocess.run(
        command, input="\n".join(pins | set(pip_part(path))), capture_output=True, text=True
    )
    if "Failed to fetch" in result.stderr or "error sending request" in result.stderr:
        pytest.skip("PyPI could not be reached: the pip part was not resolved")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("recipe", ["Dockerfile", "apptainer.def"])
def test_containers_get_the_environment_of_the_lock_file(uv, tmp_path, recipe):
    """The line that makes it, short of installing."""
    for name in ("pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, tmp_path)
    (line,) = re.findall(r"uv (sync --frozen .+)", (ROOT / recipe).read_text())
    options = line.replace("$EXTRAS", "--extra gpu").split()
    command = [uv, *options, "--dry-run", "--offline", "--python", sys.executable]
    environment = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(tmp_path / "environment")}
    result = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    for name in ("snakemake", "tensorflow", "segmentation-models", "nvidia-cudnn-cu12"):
        assert f" + {name}=={locked(name)['version']}\n" in result.stderr
