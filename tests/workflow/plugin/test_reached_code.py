"""Which code of an installed family counts, however its package is laid out."""

from pathlib import Path

import pytest

from nucleibench.experiment import fingerprint as module
from nucleibench.experiment import versions
from nucleibench.families.registry import own_families

SCRIPT = Path(__file__).parents[3] / "scripts" / "segment.py"


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder of installed packages; return a function that puts files and entry points there."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def put(entry: str, files: dict[str, str]) -> None:
        points = f"[nucleibench.families]\nmine = {entry}\n"
        distribution = {
            "mine-1.dist-info/entry_points.txt": points,
            "mine-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: mine\nVersion: 1\n",
        }
        for name, text in {**distribution, **files}.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)

    yield put
    forget()


def forget() -> None:
    for function in (*vars(module).values(), *vars(versions).values()):
        if hasattr(function, "cache_clear"):
            function.cache_clear()


def code(of: str) -> str:
    forget()
    return module.fingerprint(SCRIPT, [of], installed=True)


LAYOUTS = {
    "a package": ("mine.family:FAMILY", "mine.label", "mine/label.py"),
    "a package in its own file": ("mine:FAMILY", "mine.label", "mine/__init__.py"),
    "a module": ("mine:FAMILY", "mine", "mine.py"),
    "a namespace": ("many.mine.family:FAMILY", "many.mine.label", "many/mine/label.py"),
}


@pytest.mark.parametrize(("entry", "step", "file"), LAYOUTS.values(), ids=LAYOUTS)
def test_an_edit_counts_in_every_layout(site, tmp_path, entry, step, file):
    label = f"{step.replace('.', '/')}.py"
    site(entry, {label: "VALUE = 1\n", file: "VALUE = 1\n"})
    before = code(step)
    (tmp_path / file).write_text("VALUE = 2\n")
    assert code(step) != before


@pytest.mark.parametrize(
    ("imports", "file"),
    [
        ("from . import deep", "mine/deep.py"),
        ("from .deep import VALUE", "mine/deep.py"),
        ("from .inner.deep import VALUE", "mine/inner/deep.py"),
        ("from mine.deep import VALUE", "mine/deep.py"),
    ],
)
def test_relative_imports_are_followed(site, tmp_path, imports, file):
    site("mine:FAMILY", {"mine/label.py": imports, "mine/__init__.py": "", file: "VALUE = 1\n"})
    before = code("mine.label")
    (tmp_path / file).write_text("VALUE = 2\n")
    assert code("mine.label") != before


def test_its_place_does_not_count(site, tmp_path):
    site("mine:FAMILY", {"mine/__init__.py": "", "mine/zebra.py": "from . import ant\n"})
    (tmp_path / "mine" / "ant.py").write_text("VALUE = 1\n")
    files = [tmp_path / "mine" / "zebra.py", tmp_path / "mine" / "ant.py"]
    assert set(files) <= module._reached(SCRIPT, ["mine.zebra"])
    here = code("mine.zebra")
    elsewhere = tmp_path / "a" / "folder"
    elsewhere.mkdir(parents=True)
    for name in ("mine", "mine-1.dist-info"):
        (tmp_path / name).rename(elsewhere / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(elsewhere))
        assert code("mine.zebra") == here


def test_the_version_of_what_it_alone_imports_counts(site, tmp_path):
    """The lock file has none of it."""
    site("mine:FAMILY", {"mine/label.py": "import other_package\n", "mine/__init__.py": ""})
    metadata = tmp_path / "other_package-1.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.1\nName: Other-Package\nVersion: 1\n")
    before = code("mine.label")
    found = module.reached_packages(SCRIPT, ["mine.label"], installed=True)
    assert found["other_package"] == "1"
    assert "mine" not in found, "its code is read itself"
    metadata.parent.rename(tmp_path / "other_package-2.dist-info")
    text = "Metadata-Version: 2.1\nName: Other-Package\nVersion: 2\n"
    (tmp_path / "other_package-2.dist-info" / "METADATA").write_text(text)
    assert code("mine.label") != before


def test_a_family_has_the_steps_that_it_has_modules_for():
    family = own_families()["classical"]
    assert family.has("label")
    assert not family.has("train")
    assert own_families()["ensemble"].has("label"), "another family's"
