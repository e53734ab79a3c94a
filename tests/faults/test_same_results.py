"""The tables of a toy run are the same to the byte, whatever happened on the way to them."""

import os
from contextlib import ExitStack
from pathlib import Path

import pandas as pd
import pytest
from small_disk import small_disk
from toy import ROOT, TOY, Workflow, planned_jobs

pytestmark = [pytest.mark.workflow, pytest.mark.faults_long]
COMPARED = ("tables/*", "metrics/**/*.csv", "figures/*.csv", "models/*/history.csv")
SMALL = {
    "networks": {"unet_a": TOY["networks"]["unet_a"]},
    "methods": {"unet_a": {"network": "unet_a"}},
    "compare": ["otsu", "unet_a"],
    "figure_3_methods": ["unet_a"],
}
MOMENTS = ("started", "replacing", "replaced")
KILLING = Path(__file__).with_name("killing")
DISKS = (
    "data",
    "normalized",
    "tiles",
    "probabilities",
    "segmentations",
    "metrics",
    "tables",
    "figures",
)


def without_times(path: Path) -> bytes:
    """Return the bytes of a file; of the course of a training all but how long it took."""
    if path.name != "history.csv":
        return path.read_bytes()
    return pd.read_csv(path, dtype=str).drop(columns="seconds").to_csv().encode()


def outcome(workflow: Workflow) -> dict[str, bytes]:
    """Return file -> its bytes: the tables, what the figures show, and the courses of trainings."""
    results = workflow.folder / "results"
    paths = [path for pattern in COMPARED for path in results.glob(pattern) if path.is_file()]
    named = {str(path.relative_to(results)): without_times(path) for path in paths}
    return {name: content for name, content in named.items() if "/." not in name}


def finished(folder: Path, *arguments: str, **changes: object) -> dict[str, bytes]:
    """Run the toy workflow from nothing to its end."""
    workflow = Workflow(folder)
    result = workflow.run(*arguments, **SMALL, **changes)
    assert result.returncode == 0, result.stdout
    return outcome(workflow)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> dict[str, bytes]:
    """What an uninterrupted run with two cores leaves."""
    return finished(tmp_path_factory.mktemp("undisturbed"))


def different(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def test_a_second_run_with_one_core(undisturbed, tmp_path):
    assert {"tables/table2_tnbc.csv", "figures/figure2.csv"} <= undisturbed.keys()
    assert different(undisturbed, finished(tmp_path, "--cores", "1")) == []


def test_another_seed_gives_other_results(undisturbed, tmp_path):
    found = finished(tmp_path, "--", "results/metrics/otsu/tnbc.csv", seed=5)
    assert undisturbed.keys() > found.keys() == {"metrics/otsu/tnbc.csv"}
    assert different({name: undisturbed[name] for name in found}, found) == list(found)


def test_a_kill_at_three_moments_in_every_rule(undisturbed, tmp_path, monkeypatch):
    """Snakemake starts a killed job again; where it was killed too, the user does."""
    records = tmp_path / "kills"
    records.mkdir()
    workflow = Workflow(tmp_path)
    planned = planned_jobs(workflow.run("-n", **SMALL).stdout)
    monkeypatch.setenv("PYTHONPATH", f"{KILLING}{os.pathsep}{ROOT}")
    monkeypatch.setenv("NUCLEIBENCH_KILLS", str(records))
    monkeypatch.setenv("NUCLEIBENCH_TESTER", str(os.getpid()))
    for _ in range(2 * len(planned)):
        # The lock of the killed one has a test of its own.
        result = workflow.run("--cores", "1", "--retries", "2", "--nolock", **SMALL)
        if result.returncode == 0:
            break
    assert result.returncode == 0, result.stdout
    assert different(undisturbed, outcome(workflow)) == []
    scripts = {rule for rule in planned if (ROOT / "scripts" / f"{rule}.py").exists()}
    kills = {path.name for path in records.iterdir()}
    missed = {f"{script}.{moment}" for script in scripts for moment in MOMENTS} - kills
    assert missed == set()


def test_a_disk_that_is_full_in_every_folder_of_results(undisturbed, tmp_path):
    """Each is full in turn, as the data go; what is done already is not lost."""
    workflow = Workflow(tmp_path)
    # The records are kept before there are any folders of results.
    assert workflow.run("-n", **SMALL).returncode == 0
    with ExitStack() as stack:
        frees = {
            name: stack.enter_context(small_disk(tmp_path / "results" / name, "4k"))
            for name in DISKS
        }
        for name in frees:  # Snakemake removes folders that stay empty
            (tmp_path / "results" / name / ".keep").touch()
        for name, free in frees.items():
            result = workflow.run(**SMALL)
            assert result.returncode == 1, f"{name} took everything"
            assert "No space left on device" in result.stdout, f"{name}: {result.stdout}"
            assert "Traceback" not in result.stdout, f"{name}: {result.stdout}"
            free()
        assert different(undisturbed, finished(tmp_path)) == []
