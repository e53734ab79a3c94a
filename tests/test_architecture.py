"""The plan of the house, and that the code keeps to it."""

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from nucleibench.experiment.fingerprint import reached_modules
from nucleibench.families.registry import OWN, find_families

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "nucleibench"
MODULES = sorted(LIBRARY.rglob("*.py"))
SCRIPTS = sorted((ROOT / "scripts").glob("*.py"))
RULE_FILES = sorted((ROOT / "rules").glob("*.smk"))
WORKFLOW = [ROOT / "Snakefile", *RULE_FILES]
CODE = [
    *MODULES,
    *SCRIPTS,
    *WORKFLOW,
    *sorted((ROOT / "tests").rglob("*.py")),
    *sorted((ROOT / "bench").rglob("*.py")),
]

# What all rooms stand on.
GROUND = ["bounds", "errors", "files", "images", "parallel", "registry", "settings"]
# Room -> the rooms that it imports beside the ground: some of those before it.
ROOMS = {
    "compute": [],
    "data": [],
    "stain": ["data"],
    "evaluate": ["data"],
    "prepare": ["data", "stain"],
    "training": ["compute", "prepare"],
    "labelling": ["prepare"],
    "families": ["compute", "data", "prepare", "training", "labelling"],
    "slides": ["compute", "stain", "prepare", "labelling", "families"],
    "experiment": ["data", "stain", "prepare", "training", "labelling", "families", "slides"],
    "report": ["compute", "data", "evaluate", "families"],
    "page": ["data", "evaluate", "slides", "report"],
    "commands": ["data", "evaluate", "experiment"],
    "cli": ["commands", "compute", "slides"],
    "__main__": ["cli"],
}
# Family -> another whose modules it imports.
FAMILIES_THAT_SHARE = {"gb_unet": "unet", "ensemble": "unet"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def name_of(path: Path) -> str:
    """Return the dotted name of a module of the library."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


PATHS = {name_of(path): path for path in MODULES}


def imports(path: Path) -> Iterator[str]:
    """Yield the dotted names that a file imports: modules, or what is in them."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_modules(path: Path) -> set[str]:
    """Return the modules of the library that a file imports."""
    names = (name if name in PATHS else name.rpartition(".")[0] for name in imports(path))
    return {name for name in names if name in PATHS}


def room_of(module: str) -> str:
    """Return the folder or the module right below the library; of the library itself nothing."""
    return module.removeprefix("nucleibench").strip(".").split(".")[0]


def rooms_reached_by(room: str) -> set[str]:
    """Return the other rooms that the modules of a room import, without the ground."""
    own = [path for name, path in PATHS.items() if room_of(name) == room]
    reached = {room_of(name) for path in own for name in imported_modules(path)}
    return reached - {room, "", *GROUND}


def rules() -> dict[str, str]:
    """Return rule -> its text."""
    text = "\n".join(path.read_text() for path in RULE_FILES)
    pattern = r"^((?:use )?rule [^\n]+:\n(?:(?:[ #][^\n]*)?\n)+)"
    blocks = [block.strip() for block in re.findall(pattern, text, re.MULTILINE)]
    return {re.match(r"(?:use rule \w+ as |rule )(\w+)", block)[1]: block for block in blocks}


# Rooms


def test_every_module_has_a_room():
    assert {room_of(name) for name in PATHS} == {"", *GROUND, *ROOMS}


def test_a_room_is_allowed_those_before_it_alone():
    order = list(ROOMS)
    for room, allowed in ROOMS.items():
        assert set(allowed) <= set(order[: order.index(room)]), room


@pytest.mark.parametrize("room", [*GROUND, *ROOMS])
def test_a_room_imports_exactly_what_it_is_allowed(room):
    assert rooms_reached_by(room) == set(ROOMS.get(room, []))


def test_no_module_imports_one_that_imports_it():
    graph = {name: imported_modules(path) - {name} for name, path in PATHS.items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(PATHS)


@pytest.mark.parametrize("family", OWN)
def test_a_family_imports_no_other_familys_modules(family):
    inside = re.compile(r"nucleibench\.families\.(\w+)\.")
    own = [path for name, path in PATHS.items() if family in inside.findall(f"{name}.")]
    reached = {f for path in own for name in imported_modules(path) for f in inside.findall(name)}
    assert own
    assert reached - {family} == {FAMILIES_THAT_SHARE.get(family)} - {None}


def test_only_the_workflows_adapters_know_snakemake():
    for path in MODULES:
        assert not [name for name in imports(path) if name.split(".")[0] == "snakemake"], path


def test_reading_a_configuration_imports_no_network_library_and_no_image_processing():
    code = "import sys, nucleibench.experiment.experiment; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert not {"keras", "tensorflow", "jax", "skimage", "cv2"} & set(result.stdout.split())


# Workflow


@pytest.mark.parametrize("path", WORKFLOW, ids=relative)
def test_the_workflow_never_imports_networks_and_has_no_run_blocks(path):
    for line in path.read_text().splitlines():
        assert not re.match(r"\s*(import|from) (tensorflow|keras)\b", line)
        assert not line.strip().startswith(("run:", "ruleorder"))


@pytest.mark.parametrize(("name", "block"), rules().items(), ids=rules().keys())
def test_a_rule_fits_on_half_a_page(name, block):
    assert len(block.splitlines()) < 20


def test_what_rules_share_fits_on_two_pages():
    assert len((ROOT / "rules" / "common.smk").read_text().splitlines()) < 80


@pytest.mark.parametrize("path", SCRIPTS, ids=relative)
def test_a_script_is_an_adapter_named_as_its_rule(path):
    assert len(path.read_text().splitlines()) < 40
    assert f'"../scripts/{path.name}"' in rules()[path.stem]


def light_jobs() -> Iterator[tuple[str, list[str]]]:
    """Yield (rule, modules that its script imports by name) of rules without a network library."""
    for rule, block in rules().items():
        if '"../envs/' in block and f"../scripts/{rule}.py" in block:
            yield rule, []
    for family in find_families().values():
        yield from ((rule, [family.module("label")]) for rule in ("choose_setting", "segment"))


@pytest.mark.parametrize(("rule", "modules"), [*light_jobs()])
def test_light_rules_do_not_need_a_network_library(rule, modules):
    """Their environments have neither Keras nor TensorFlow."""
    reached = reached_modules(ROOT / "scripts" / f"{rule}.py", modules)
    for module in reached & PATHS.keys():
        packages = {name.split(".")[0] for name in imports(PATHS[module])}
        assert not packages & {"keras", "tensorflow"}, f"{rule} reaches {module}"


# Sizes


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_modules_are_documented(path):
    assert ast.get_docstring(ast.parse(path.read_text())), "module without docstring"


def test_no_file_is_long():
    long = {relative(path): n for path in CODE if (n := len(path.read_text().splitlines())) > 300}
    assert not long


def test_functions_are_short():
    nodes = (node for path in MODULES for node in ast.walk(ast.parse(path.read_text())))
    lengths = [
        node.end_lineno - node.lineno + 1 for node in nodes if isinstance(node, ast.FunctionDef)
    ]
    assert statistics.median(lengths) < 10
