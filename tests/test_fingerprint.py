import shutil
import sys
import textwrap
from importlib import metadata
from pathlib import Path

import pytest

from nucleibench import fingerprint as module
from nucleibench import versions

ROOT = Path(__file__).parents[1]


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small package of this name in another place, and a script that uses half of it."""
    folder = tmp_path / "nucleibench"
    for name, text in {
        "__init__.py": "",
        "used.py": 'from nucleibench.deep import value\nTABLE = "facts.csv"\n',
        "deep.py": '"""What it is."""\nimport pandas\nvalue = 1\n',
        "unused.py": "value = 1\n",
        "facts.csv": "a,b\n",
        "../uv.lock": "",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    script = tmp_path / "scripts" / "job.py"
    script.parent.mkdir()
    script.write_text("from nucleibench import used\n")
    monkeypatch.setattr(module, "PACKAGE", folder)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return tmp_path


def current(package, installed=True) -> str:
    for function in (*vars(module).values(), *vars(versions).values()):
        if hasattr(function, "cache_clear"):
            function.cache_clear()
    return module.fingerprint(package / "scripts" / "job.py", installed)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("nucleibench/deep.py", '"""What it is."""\nimport pandas\nvalue = 2\n'),
        ("nucleibench/used.py", "from nucleibench.deep import value\nother = 1\n"),
        ("nucleibench/facts.csv", "a,c\n"),
        ("scripts/job.py", "from nucleibench import used\nprint(used)\n"),
    ],
)
def test_code_and_tables_that_are_reached_count(package, file, text):
    before = current(package)
    (package / file).write_text(text)
    assert current(package) != before


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("nucleibench/deep.py", '"""Said better."""\nimport pandas\n\n# A comment.\nvalue = (1)\n'),
        ("nucleibench/unused.py", "value = 2\n"),
    ],
)
def test_comments_docstrings_and_other_modules_do_not(package, file, text):
    before = current(package)
    (package / file).write_text(text)
    assert current(package) == before


def test_a_copy_elsewhere_has_the_same_fingerprint(package, monkeypatch):
    before = current(package)
    copy = package.parent / "copy"
    shutil.copytree(package, copy)
    monkeypatch.setattr(module, "PACKAGE", copy / "nucleibench")
    monkeypatch.setattr(module, "ROOT", copy)
    assert current(copy) == before


def test_real_scripts_reach_what_they_use_and_no_more():
    unet = module.reached_modules(ROOT / "scripts" / "train_unet.py")
    assert {"nucleibench.training.fit", "nucleibench.models.encoders"} <= unet
    assert not [name for name in unet if "mask_rcnn" in name or ".report" in name]
    importing = module._reached(ROOT / "scripts" / "import_dataset.py")
    assert {"organs.csv", "known_images.csv"} <= {path.name for path in importing}


def test_function_local_imports_are_followed(package):
    (package / "scripts" / "job.py").write_text(
        textwrap.dedent("""
        def work():
            from nucleibench import unused
        """)
    )
    assert "nucleibench.unused" in module.reached_modules(package / "scripts" / "job.py")


def locked(**packages: str) -> str:
    entry = '[[package]]\nname = "{}"\nversion = "{}"\n'
    return "\n".join(entry.format(name, v) for name, vs in packages.items() for v in vs.split())


def test_the_locked_version_of_what_is_imported_counts(package):
    (package / "uv.lock").write_text(locked(pandas="1.0", numpy="1.0"))
    before = current(package, installed=False)
    (package / "uv.lock").write_text(locked(pandas="1.0", numpy="2.0"))
    assert current(package, installed=False) == before, "nothing here imports numpy"
    (package / "uv.lock").write_text(locked(pandas="1.1", numpy="2.0"))
    assert current(package, installed=False) != before


def test_an_environment_of_the_lock_file_counts_as_none(package):
    """So that a checkout means the same on every machine and every version of Python."""
    (package / "uv.lock").write_text(locked(pandas=f"1.0 {metadata.version('pandas')}"))
    assert current(package, installed=True) == current(package, installed=False)


def test_a_package_installed_in_another_version_counts(package):
    (package / "uv.lock").write_text(locked(pandas="1.0"))
    assert current(package, installed=True) != current(package, installed=False)
    assert module.reached_packages(package / "scripts" / "job.py", installed=True) == {
        "pandas": metadata.version("pandas")
    }


def test_what_only_fetches_files_does_not_count(package):
    (package / "nucleibench" / "deep.py").write_text("import pooch\n")
    (package / "uv.lock").write_text(locked(pooch="1.0"))
    current(package)
    assert module.reached_packages(package / "scripts" / "job.py", installed=True) == {}


@pytest.mark.parametrize("script", sorted((ROOT / "scripts").glob("*.py")), ids=lambda p: p.stem)
def test_every_package_that_a_script_reaches_is_locked(script):
    """Otherwise its version would go unnoticed."""
    for name in module._reached(script):
        for imported in module._foreign_modules(name) - set(sys.stdlib_module_names):
            package = versions.INSTALLED_AS.get(imported, imported.replace("_", "-"))
            assert package in versions._locked_versions(ROOT / "uv.lock"), f"{name}: {imported}"
