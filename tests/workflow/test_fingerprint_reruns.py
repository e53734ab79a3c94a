"""Which jobs an edited module makes run again, in a finished tree of the paper's experiment."""

import os
import shutil

import pytest
from finished_tree import FinishedTree

pytestmark = pytest.mark.workflow

# What hangs on any method's scores.
REPORT = {
    "tabulate_results": 2,
    "tabulate_images": 1,
    "tabulate_mistakes": 2,
    "tabulate_comparisons": 2,
    "tabulate_groups": 2,
    "plot_precision": 1,
    "plot_overlays": 1,
    "all": 1,
}
MASK_RCNN = {
    "train_network": 1,
    "plot_history": 1,
    "predict": 2,
    "choose_setting": 1,
    "segment": 2,
    "evaluate_method": 2,
    **REPORT,
}
# Eight U-Nets, GB U-Net and the ensemble of three; the last two once more, separated.
UNETS = {
    "describe_networks": 1,
    "plot_networks": 1,
    "train_network": 9,
    "map_tiles": 3,
    "plot_history": 9,
    "predict": 18,
    "choose_setting": 12,
    "segment": 24,
    "evaluate_method": 24,
    **REPORT,
}
CLASSICAL = {"segment": 8, "evaluate_method": 8, **REPORT}


@pytest.fixture
def tree(finished_paper) -> FinishedTree:
    return finished_paper


def planned_after(tree: FinishedTree, edit: dict[str, str]) -> dict[str, int]:
    """Append text to modules, return what would run, and undo."""
    before = {path: path.read_text() for path in (tree.folder / name for name in edit)}
    try:
        for path, text in zip(before, edit.values(), strict=True):
            path.write_text(before[path] + text)
        return tree.planned()
    finally:
        for path, text in before.items():
            path.write_text(text)


def test_a_fresh_checkout_reruns_nothing(tree):
    for path in tree.folder.rglob("*"):
        if path.is_file() and "results" not in path.parts and ".snakemake" not in path.parts:
            os.utime(path)
    assert tree.planned() == {}


def test_comments_docstrings_and_unused_code_rerun_nothing(tree):
    docstring = tree.folder / "nucleibench" / "training" / "fit.py"
    text = docstring.read_text()
    docstring.write_text(text.replace('"""The training loop', '"""A training loop'))
    edits = {
        "nucleibench/families/unet/network.py": "\n# A remark.\n",
        "scripts/train_network.py": "\n# A remark.\n",
    }
    assert docstring.read_text() != text
    assert planned_after(tree, edits) == {}


@pytest.mark.parametrize(
    ("module", "jobs"),
    [
        ("families/mask_rcnn/network.py", MASK_RCNN),
        ("families/mask_rcnn/losses.py", MASK_RCNN),
        ("families/unet/network.py", UNETS),
        ("families/classical/otsu.py", CLASSICAL),
        ("report/precision.py", {"plot_precision": 1, "all": 1}),
        ("data/download.py", {}),  # a checksum says what is right
    ],
)
def test_edited_code_reruns_what_reaches_it(tree, module, jobs):
    assert planned_after(tree, {f"nucleibench/{module}": "\nCHANGED = True\n"}) == jobs


@pytest.mark.parametrize(
    "module", ["labelling/settings.py", "labelling/separation.py", "evaluate/choosing.py"]
)
def test_edited_labelling_trains_nothing(tree, module):
    jobs = planned_after(tree, {f"nucleibench/{module}": "\nCHANGED = True\n"})
    assert jobs["choose_setting"] == 13
    assert not {"train_network", "map_tiles", "tile_images"} & set(jobs)


def test_a_further_method_family_reruns_nothing(tree):
    path = tree.folder / "nucleibench" / "families" / "registry.py"
    before = path.read_text()
    line = '    "further": "nucleibench.families.unet.family:FAMILY",\n'
    path.write_text(before.replace("OWN = {\n", "OWN = {\n" + line))
    assert path.read_text() != before
    planned = tree.planned()
    path.write_text(before)
    assert planned == {}


def test_edited_preparation_reruns_everything_after_it(tree):
    jobs = planned_after(tree, {"nucleibench/prepare/augment.py": "\nCHANGED = True\n"})
    assert jobs["tile_images"] == jobs["augment_tiles"] == 1
    assert jobs["train_network"] == 10
    assert not {"import_dataset", "normalize_images", "map_weights"} & set(jobs)


@pytest.fixture
def install(tree):
    """Return a function that puts a package of another version before the installed one."""
    places = []

    def put(package: str) -> None:
        places.append(tree.folder / f"{package.replace('-', '_')}-99.dist-info")
        places[-1].mkdir()
        (places[-1] / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {package}\nVersion: 99\n"
        )

    yield put
    for place in places:
        shutil.rmtree(place)


PLOTS = {"plot_history": 10, "plot_networks": 1, "plot_precision": 1, "plot_overlays": 1, "all": 1}


@pytest.mark.parametrize(
    ("package", "jobs"),
    [
        ("h5py", MASK_RCNN),
        ("segmentation-models", UNETS),
        ("matplotlib", PLOTS),
        ("gdown", {}),
        ("snakemake", {}),
    ],
)
def test_an_updated_package_reruns_what_imports_it(tree, install, package, jobs):
    install(package)
    assert tree.planned() == jobs


def test_an_updated_package_of_the_preparation_reruns_everything_after_it(tree, install):
    install("scikit-image")
    jobs = tree.planned()
    assert jobs["import_dataset"] == 2
    assert jobs["train_network"] == 10
    assert not [rule for rule in jobs if rule.startswith("download")]


def test_a_lock_file_that_runs_ahead_of_the_environment_reruns_nothing(tree):
    """What would run is what is installed."""
    lock = tree.folder / "uv.lock"
    before = lock.read_text()
    lock.write_text(before.replace('name = "h5py"\nversion = "', 'name = "h5py"\nversion = "99.'))
    assert lock.read_text() != before
    planned = tree.planned()
    lock.write_text(before)
    assert planned == {}
