import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "nucleibench"
FOLDERS = ["data", "stain", "prepare", "models", "training", "segment", "evaluate", "report"]
MODULES = sorted(LIBRARY.rglob("*.py"))


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def folder_of(module: str) -> str | None:
    parts = module.split(".")
    return (
        parts[1] if parts[0] == "nucleibench" and len(parts) > 1 and parts[1] in FOLDERS else None
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(LIBRARY)))
def test_imports_run_one_way_and_never_to_snakemake(path):
    names = imports(path)
    assert not [name for name in names if name.split(".")[0] == "snakemake"]
    own = path.relative_to(LIBRARY).parts[0]
    reached = {folder_of(name) for name in names} - {None}
    allowed = FOLDERS[: FOLDERS.index(own) + 1] if own in FOLDERS else []
    assert reached <= set(allowed)


@pytest.mark.parametrize(
    "path", [ROOT / "Snakefile", *(ROOT / "rules").glob("*.smk")], ids=lambda p: p.name
)
def test_the_workflow_never_imports_networks_and_has_no_run_blocks(path):
    for line in path.read_text().splitlines():
        assert not line.strip().startswith(
            ("import tensorflow", "import keras", "from keras", "run:")
        )


@pytest.mark.parametrize("path", sorted((ROOT / "scripts").glob("*.py")), ids=lambda p: p.name)
def test_a_script_is_an_adapter_named_as_its_rule(path):
    assert len(path.read_text().splitlines()) <= 40
    rules = "".join(rule.read_text() for rule in (ROOT / "rules").glob("*.smk"))
    assert f"rule {path.stem}:" in rules
    assert f"../scripts/{path.name}" in rules


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(LIBRARY)))
def test_modules_are_short_and_documented(path):
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    assert ast.get_docstring(ast.parse(text)), "module without docstring"


def test_light_rules_do_not_need_a_network_library():
    """The environments of these rules have neither Keras nor TensorFlow."""
    from nucleibench.fingerprint import reached_modules

    rules = "".join(path.read_text() for path in (ROOT / "rules").glob("*.smk"))
    for block in rules.split("\nrule ")[1:]:
        name = block.split(":")[0]
        script = ROOT / "scripts" / f"{name}.py"
        if "conda:\n        TENSORFLOW" in block or not script.exists():
            continue
        for module in reached_modules(script):
            path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
            heavy = (
                {n for n in imports(path) if n.split(".")[0] in ("keras", "tensorflow")}
                if path.exists()
                else set()
            )
            assert not heavy, f"{name} reaches {module}, which imports {heavy}"
