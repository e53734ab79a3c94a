"""A method family from a package of its own, installed beside the library, in the real workflow."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from guide import read_configuration_of
from toy import Workflow, planned_jobs

pytestmark = pytest.mark.workflow

PROJECT = Path(__file__).parent / "nucleibench-dots"
EXPERIMENT = {
    **read_configuration_of("A method family"),
    "networks": {},  # nothing is trained
    "figure_3_methods": ["dots"],
}


def install(folder: Path) -> None:
    """Install the package into a folder, from a copy, as building leaves files beside it."""
    source = shutil.copytree(PROJECT, folder.with_name("source"))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--no-index", "--target", str(folder), str(source)], check=True)


@pytest.fixture(scope="module")
def plugin(tmp_path_factory):
    """The folder where the package is installed, which this process and its children can see."""
    folder = tmp_path_factory.mktemp("plugin") / "site"
    install(folder)
    with pytest.MonkeyPatch.context() as patch:
        others = os.environ.get("PYTHONPATH", "")
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(folder), others])))
        yield folder / "nucleibench_dots"


@pytest.fixture(scope="module")
def finished(plugin, tmp_path_factory) -> Workflow:
    workflow = Workflow(tmp_path_factory.mktemp("dots"))
    result = workflow.run(**EXPERIMENT)
    assert result.returncode == 0, result.stdout
    return workflow


def planned(workflow: Workflow) -> dict[str, int]:
    output = workflow.run("-n", **EXPERIMENT).stdout
    return {} if "Nothing to be done" in output else planned_jobs(output)


def test_its_row_stands_in_table_2(finished):
    for dataset in ("monuseg", "tnbc"):
        table = finished.folder / "results" / "tables" / f"table2_{dataset}.csv"
        scores = pd.read_csv(table, index_col="method")
        assert list(scores.index) == ["otsu", "dots"]
        assert scores.loc["dots", "n_predicted"] > 0
        assert 0 < scores.loc["dots", "aji"] < 1


def test_running_again_does_nothing(finished):
    assert planned(finished) == {}


ROW = {
    "segment": 2,
    "evaluate_method": 2,
    "tabulate_results": 2,
    "tabulate_images": 1,
    "tabulate_mistakes": 2,
    "tabulate_comparisons": 2,
    "tabulate_groups": 2,
    "plot_precision": 1,
    "plot_overlays": 1,
    "all": 1,
}


@pytest.mark.parametrize(
    ("file", "old", "new", "jobs"),
    [
        ("label.py", "method.radius / 2", "method.radius / 3", ROW),
        ("family.py", "FAMILY =", "OTHER = 1\nFAMILY =", ROW),
        ("label.py", '"""From a normalised', '# A remark.\n"""From a', {}),
        ("family.py", "Radius of a disc in pixels.", "Radius in pixels.", {}),
    ],
)
def test_edited_code_reruns_its_rows_and_nothing_else(finished, plugin, file, old, new, jobs):
    path = plugin / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    try:
        assert planned(finished) == jobs
    finally:
        path.write_text(text)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"radius": 0}, "methods.dots.radius: 0 is not more than 0"),
        ({"contrast": 2}, "methods.dots.contrast: 2 is not less than 1"),
        (
            {"radios": 6},
            "methods.dots: unknown key radios (did you mean radius?); allowed are: family, name,"
            " short, group, note, radius, contrast",
        ),
    ],
)
def test_wrong_settings_are_refused_with_its_keys(plugin, fresh_workflow, settings, message):
    methods = {"dots": {"family": "dots", **settings}}
    result = fresh_workflow.run("-n", **{**EXPERIMENT, "methods": methods})
    assert result.returncode != 0
    assert message in result.stdout


def test_without_the_package_its_family_is_unknown(plugin, fresh_workflow, monkeypatch):
    monkeypatch.delenv("PYTHONPATH")
    result = fresh_workflow.run("-n", **EXPERIMENT)
    assert result.returncode != 0
    assert "methods.dots.family: 'dots' is not one of: unet, gb_unet" in result.stdout
