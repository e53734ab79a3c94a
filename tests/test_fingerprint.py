import shutil
import textwrap
from pathlib import Path

import pytest

from nucleibench import fingerprint as module

ROOT = Path(__file__).parents[1]


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small package of this name in another place, and a script that uses half of it."""
    folder = tmp_path / "nucleibench"
    for name, text in {
        "__init__.py": "",
        "used.py": 'from nucleibench.deep import value\nTABLE = "facts.csv"\n',
        "deep.py": '"""What it is."""\nvalue = 1\n',
        "unused.py": "value = 1\n",
        "facts.csv": "a,b\n",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    script = tmp_path / "scripts" / "job.py"
    script.parent.mkdir()
    script.write_text("from nucleibench import used\n")
    monkeypatch.setattr(module, "PACKAGE", folder)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return tmp_path


def current(package) -> str:
    module._imported_files.cache_clear()
    module._digest_code.cache_clear()
    return module.fingerprint(package / "scripts" / "job.py")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("nucleibench/deep.py", '"""What it is."""\nvalue = 2\n'),
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
        ("nucleibench/deep.py", '"""Said better."""\n\n# A comment.\nvalue = (1)\n'),
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
    module._imported_files.cache_clear()
    assert "nucleibench.unused" in module.reached_modules(package / "scripts" / "job.py")
