"""Which code and which packages a job's fingerprint follows, in a small package of this name."""

import shutil
import sys
import textwrap
from importlib import metadata

import pytest
from configurations import ROOT

from nucleibench.experiment import fingerprint as module
from nucleibench.experiment import versions
from nucleibench.families.registry import own_families

FILES = {
    "nucleibench/__init__.py": "",
    "nucleibench/used.py": 'from nucleibench.deep import value\nTABLE = "facts.csv"\n',
    "nucleibench/deep.py": '"""What it is."""\nimport pandas\nvalue = 1\n',
    "nucleibench/unused.py": "value = 1\n",
    "nucleibench/folder/__init__.py": "",
    "nucleibench/folder/named.py": "value = 1\n",
    "nucleibench/facts.csv": "a,b\n",
    "scripts/job.py": "from nucleibench import used\n",
    "uv.lock": "",
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small package in another place, and a script that uses half of it."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    move(tmp_path, monkeypatch)
    yield tmp_path
    forget()


def move(folder, monkeypatch):
    monkeypatch.setattr(module, "PACKAGE", folder / "nucleibench")
    monkeypatch.setattr(module, "ROOT", folder)


def forget():
    for function in (*vars(module).values(), *vars(versions).values()):
        if hasattr(function, "cache_clear"):
            function.cache_clear()


def current(package, *modules, installed=True):
    forget()
    return module.fingerprint(package / "scripts" / "job.py", modules, installed)


def edited(package, file, text, *modules):
    """Tell whether another text of a file gives another fingerprint."""
    before = current(package, *modules)
    (package / file).write_text(textwrap.dedent(text))
    return current(package, *modules) != before


def reached(package, script):
    (package / "scripts" / "job.py").write_text(textwrap.dedent(script))
    forget()
    return module.reached_modules(package / "scripts" / "job.py")


# What counts


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
    assert edited(package, file, text)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("nucleibench/deep.py", '"""Said better."""\nimport pandas\n\n# A comment.\nvalue = (1)\n'),
        ("nucleibench/deep.py", 'import pandas\nvalue = 1\n"""What the value is."""\n'),
        ("nucleibench/unused.py", "value = 2\n"),
        ("nucleibench/folder/named.py", "value = 2\n"),
    ],
)
def test_comments_texts_that_describe_and_other_modules_do_not(package, file, text):
    assert not edited(package, file, text)


CLASS = '''
class Settings:
    """{0}"""

    size: int = {1}
    """{2}"""

    def double(self):
        """{0}"""
        return 2 * self.size
'''


def test_descriptions_of_settings_do_not_count_and_their_values_do(package):
    edited(package, "nucleibench/used.py", CLASS.format("A class.", 1, "A size."))
    assert not edited(package, "nucleibench/used.py", CLASS.format("One.", 1, "Another."))
    assert edited(package, "nucleibench/used.py", CLASS.format("One.", 2, "Another."))


def test_a_text_that_is_a_value_counts(package):
    edited(package, "nucleibench/used.py", 'value = "a"\n')
    assert edited(package, "nucleibench/used.py", 'value = "b"\n')


def test_a_module_that_is_named_counts(package):
    named = "nucleibench.unused"
    assert current(package, named) != current(package)
    assert edited(package, "nucleibench/unused.py", "value = 2\n", named)


def test_the_order_of_named_modules_does_not_count(package):
    names = ["nucleibench.unused", "nucleibench.folder.named"]
    assert current(package, *names) == current(package, *reversed(names))


def test_a_copy_elsewhere_has_the_same_fingerprint(package, monkeypatch):
    before = current(package)
    copy = package.parent / "copy"
    shutil.copytree(package, copy)
    move(copy, monkeypatch)
    assert current(copy) == before


# What is followed


@pytest.mark.parametrize(
    "script",
    [
        "import nucleibench.folder.named",
        "from nucleibench.folder import named",
        "from nucleibench.folder.named import value",
        "def work():\n    from nucleibench.folder import named",
        'KINDS = {"one": "nucleibench.folder.named:value"}',
        'thing = load("nucleibench.folder.named:value")',
        'thing: str = "nucleibench.folder.named:value"',
    ],
)
def test_imports_and_names_of_registered_things_are_followed(package, script):
    assert reached(package, script) == {"nucleibench.folder.__init__", "nucleibench.folder.named"}


@pytest.mark.parametrize(
    "script",
    [
        'KINDS = {"one": "nucleibench.folder.named"}',
        'KINDS = {"one": "see nucleibench.folder.named:value"}',
        '"nucleibench.folder.named:value"',
        'KINDS = {"one": "elsewhere.folder.named:value"}',
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import nucleibench.folder.named",
    ],
)
def test_other_texts_and_imports_for_types_are_not(package, script):
    assert reached(package, script) == set()


def test_what_is_registered_counts(package):
    register = 'KINDS = {"one": "nucleibench.folder.named:value"}\n'
    edited(package, "nucleibench/used.py", register)
    assert edited(package, "nucleibench/folder/named.py", "value = 2\n")


# Packages from elsewhere


def locked(**packages):
    entry = '[[package]]\nname = "{}"\nversion = "{}"\n'
    return "\n".join(entry.format(name, v) for name, vs in packages.items() for v in vs.split())


def packages_reached(package, installed=True):
    forget()
    return module.reached_packages(package / "scripts" / "job.py", [], installed)


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
    assert packages_reached(package) == {"pandas": metadata.version("pandas")}


def test_what_only_fetches_files_does_not_count(package):
    (package / "nucleibench" / "deep.py").write_text("import requests\n")
    (package / "uv.lock").write_text(locked(requests="1.0"))
    assert packages_reached(package) == {}


def test_the_standard_library_does_not_count(package):
    (package / "nucleibench" / "deep.py").write_text("import json, xml.etree\n")
    assert packages_reached(package) == {}


# The real scripts


def reached_by_step(script, step):
    return module.reached_modules(ROOT / "scripts" / script, [step])


def test_real_scripts_reach_what_they_use_and_no_more():
    unet = reached_by_step("train_network.py", own_families()["unet"].module("train"))
    assert {
        "nucleibench.training.fit",
        "nucleibench.families.unet.encoders",
        "nucleibench.families.unet.bodies",
        "nucleibench.families.unet.losses",
    } <= unet
    assert not [name for name in unet if "mask_rcnn" in name or ".report" in name]
    mask_rcnn = reached_by_step("train_network.py", own_families()["mask_rcnn"].module("train"))
    assert not [name for name in mask_rcnn if ".unet" in name]
    importing = module._reached(ROOT / "scripts" / "import_dataset.py", [])
    assert {"organs.csv", "known_images.csv"} <= {path.name for path in importing}


def test_no_job_reaches_how_the_configuration_is_read():
    """Or a better message would train all networks anew."""
    every = {f.module(step) for f in own_families().values() for step in STEPS if f.has(step)}
    for script in (ROOT / "scripts").glob("*.py"):
        names = module.reached_modules(script, sorted(every))
        assert {name for name in names if ".experiment." in name} <= OF_JOBS, script.name


STEPS = ("network", "train", "map_tiles", "predict", "label")
OF_JOBS = {"nucleibench.experiment.__init__", "nucleibench.experiment.jobs"}


@pytest.mark.parametrize("script", sorted((ROOT / "scripts").glob("*.py")), ids=lambda p: p.stem)
def test_every_package_that_a_script_reaches_is_locked(script):
    """Otherwise its version would go unnoticed."""
    steps = [f.module(step) for f in own_families().values() for step in STEPS if f.has(step)]
    for file in module._reached(script, steps):
        for imported in module._foreign_modules(file) - set(sys.stdlib_module_names):
            package = versions.INSTALLED_AS.get(imported, imported.replace("_", "-"))
            assert package in versions._locked_versions(ROOT / "uv.lock"), f"{file}: {imported}"
