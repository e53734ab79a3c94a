"""Runs that are killed, and disks that fill: the next run completes, and nothing partial stays."""

import os
import shutil
import signal
import subprocess
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd
import pytest
from small_disk import small_disk
from toy import Workflow

pytestmark = pytest.mark.workflow
EPOCHS = 12
TRAINING = {"max_epochs": EPOCHS, "patience": EPOCHS, "execution": "eager"}
NETWORKS = {"unet_a": {"family": "unet", "encoder": "compact", "training": TRAINING}}
CHANGES = {
    "networks": NETWORKS,
    "methods": {"unet_a": {"network": "unet_a"}},
    "compare": ["unet_a"],
    "figure_3_methods": ["unet_a"],
}
TARGET = "results/models/unet_a/model.weights.h5"
LOG = "results/logs/train_network/unet_a.log"


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Workflow:
    """All that comes before training."""
    workflow = Workflow(tmp_path_factory.mktemp("prepared"))
    result = workflow.run("--", "results/tiles/normalized/augmented/tiles.csv", **CHANGES)
    assert result.returncode == 0, result.stdout
    return workflow


@pytest.fixture
def prepared(template, tmp_path) -> Workflow:
    shutil.copytree(template.folder, tmp_path, dirs_exist_ok=True)
    return Workflow(tmp_path)


def train(workflow: Workflow) -> subprocess.CompletedProcess:
    return workflow.run("--", TARGET, **CHANGES)


@contextmanager
def training(workflow: Workflow):
    """Start a run in the background; whatever is left of it is killed."""
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(train, workflow)
        try:
            yield run
        finally:
            for pid in processes(workflow):
                os.kill(pid, signal.SIGKILL)


def processes(workflow: Workflow) -> list[int]:
    """Return the processes that name the folder in their command line, Snakemake's own first."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (entry / "cmdline").read_text().split("\0")
            if f"{workflow.folder}" in words or f"{workflow.folder}/.snakemake" in "".join(words):
                found.append(int(entry.name))
    return sorted(found)


def wait_for(text: str, workflow: Workflow, run: Future) -> None:
    log, deadline = workflow.folder / LOG, time.monotonic() + 900
    while not (log.exists() and text in log.read_text()):
        assert not run.done(), run.result().stdout
        assert time.monotonic() < deadline, f"{text!r} did not appear in {log}"
        time.sleep(0.1)


def model_files(workflow: Workflow) -> list[str]:
    folder = workflow.folder / "results" / "models" / "unet_a"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def check_history(workflow: Workflow) -> None:
    """Check that no epoch is missing and none was recorded twice."""
    assert model_files(workflow) == ["card.json", "history.csv", "model.weights.h5"]
    history = pd.read_csv(workflow.folder / "results/models/unet_a/history.csv")
    assert list(history["epoch"]) == list(range(1, EPOCHS + 1))


def test_killed_job_and_killed_snakemake(prepared):
    with training(prepared) as run:
        wait_for("epoch 1/", prepared, run)
        os.kill(processes(prepared)[-1], signal.SIGKILL)  # the job
        assert run.result(300).returncode == 1
    assert model_files(prepared) == []

    with training(prepared) as run:
        wait_for("epoch 4/", prepared, run)
        assert "resuming after epoch" in (prepared.folder / LOG).read_text()
        for pid in processes(prepared):  # as when the whole node dies
            os.kill(pid, signal.SIGKILL)
    assert model_files(prepared) == []

    locked = train(prepared)
    assert locked.returncode == 1
    assert "--unlock" in locked.stdout
    assert prepared.run("--unlock", **CHANGES).returncode == 0
    result = train(prepared)
    assert result.returncode == 0, result.stdout
    assert "resuming after epoch" in (prepared.folder / LOG).read_text()
    check_history(prepared)


def test_killed_snakemake_whose_job_goes_on(prepared):
    """Two processes then train the same model; each writes only whole files, and the same ones."""
    with training(prepared) as run:
        wait_for("epoch 1/", prepared, run)
        head, *job = processes(prepared)
        os.kill(head, signal.SIGKILL)
        assert prepared.run("--unlock", **CHANGES).returncode == 0
        assert set(job) <= set(processes(prepared)), "the job ended with Snakemake"
        result = train(prepared)
        assert result.returncode == 0, result.stdout
        check_history(prepared)
        assert run.result(900).returncode == -signal.SIGKILL  # known once the job ended as well
    check_history(prepared)


def test_full_disk(prepared):
    results = prepared.folder / "results"
    with small_disk(results / "states") as free_states, small_disk(results / "models") as free:
        for step in ("the state", "the results"):
            failed = train(prepared)
            assert failed.returncode == 1
            assert "No space left on device" in failed.stdout, f"while writing {step}"
            assert "model.weights.h5" not in model_files(prepared)
            free_states()
        free()
        result = train(prepared)
        assert result.returncode == 0, result.stdout
        assert f"resuming after epoch {EPOCHS}" in (prepared.folder / LOG).read_text()
        check_history(prepared)
