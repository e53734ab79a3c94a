"""A part of the real workflow on a real Slurm: what its jobs ask for, and what they survive."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from one_node import OneNodeSlurm, why_not
from toy import ROOT, Workflow
from toy_slides import SLIDES, TARGET, draw_slides, list_slides

pytestmark = pytest.mark.workflow
EPOCHS = 15
TRAINING = {"max_epochs": EPOCHS, "patience": EPOCHS, "execution": "graph"}
NETWORKS = {"unet_a": {"family": "unet", "encoder": "compact", "training": TRAINING}}
CHANGES = {
    "networks": NETWORKS,
    "methods": {"unet_a": {"network": "unet_a"}},
    "compare": ["unet_a"],
    "figure_3_methods": ["unet_a"],
}
# As a user with an account would, but for what a Slurm without accounting cannot do.
OPTIONS = ["--workflow-profile", str(ROOT / "profiles" / "slurm"), "--slurm-no-account"]
OPTIONS += ["--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "1"]
OPTIONS += ["--seconds-between-status-checks", "1", "--latency-wait", "5"]
MODEL = Path("results/models/unet_a")
LIGHT = 1000  # megabytes
SECONDS = 900  # a busy machine needs ten times what an idle one does


@pytest.fixture
def slurm(tmp_path):
    reason = why_not()
    if reason:
        pytest.skip(f"NOT TESTED ON SLURM: {reason}")
    (tmp_path / "slurm").mkdir()
    with OneNodeSlurm(tmp_path / "slurm") as slurm:
        yield slurm


def snakemake(folder: Path, *arguments: str) -> subprocess.Popen:
    """Start Snakemake with the Slurm profile; what it says goes to head.log."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
    command += ["--directory", str(folder), "--configfile", str(folder / "config.yaml")]
    with open(folder / "head.log", "a") as log:
        return subprocess.Popen(
            [*command, *OPTIONS, *arguments],
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )


@contextmanager
def submitting(folder: Path):
    """Run Snakemake's head process, and kill it with SIGKILL if it has not ended."""
    process = snakemake(folder, str(MODEL / "history.png"))
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(happened, folder: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < deadline, (folder / "head.log").read_text()
        time.sleep(0.2)


def finish(process: subprocess.Popen, folder: Path) -> None:
    assert process.wait(timeout=SECONDS) == 0, (folder / "head.log").read_text()


def megabytes(job: dict[str, str]) -> float:
    memory = job["MinMemoryNode"]
    return float(memory[:-1]) * {"M": 1, "G": 1024}[memory[-1]]


def test_a_training_survives_scancel_and_the_deaths_of_node_and_head(slurm, tmp_path):
    workflow = Workflow(tmp_path)
    prepared = workflow.run("--", "results/tiles/normalized/augmented/tiles.csv", **CHANGES)
    assert prepared.returncode == 0, prepared.stdout
    log = tmp_path / "results" / "logs" / "train_network" / "unet_a.log"

    def wait_for_line(text: str) -> None:
        wait_for(lambda: log.exists() and text in log.read_text(), tmp_path)

    with submitting(tmp_path):
        wait_for_line("epoch 1/")
        first = slurm.jobs()[-1]
        assert "accelerators: 0\n" in log.read_text(), "Slurm's GPU does not reach the training"
        slurm.call("scancel", first["JobId"])
        wait_for_line("resuming after epoch")
        second = slurm.jobs()[-1]
        slurm.kill_node()
        slurm.start_node()
    # Neither the crash of the node's daemon nor the end of the head process ends the training.
    wait_for(lambda: slurm.jobs()[-1]["JobState"] == "COMPLETED", tmp_path)
    assert slurm.jobs()[-1]["JobId"] == second["JobId"]
    check_history(tmp_path)
    finish(snakemake(tmp_path, "--unlock"), tmp_path)
    with submitting(tmp_path) as head:
        finish(head, tmp_path)
    check_history(tmp_path)
    assert (tmp_path / MODEL / "history.png").stat().st_size > 0

    assert (first["Partition"], first["TresPerJob"]) == ("gpu", "gres:gpu:1")
    assert (megabytes(first), first["TimeLimit"]) == (32000, "1-00:00:00")
    assert (megabytes(second), second["TimeLimit"]) == (64000, "2-00:00:00")
    plot = slurm.jobs()[-1]
    assert (plot["Partition"], plot.get("TresPerJob")) == ("cpu", None)
    assert (megabytes(plot), plot["TimeLimit"]) == (LIGHT, "00:30:00")


def check_history(folder: Path) -> None:
    """Check that the model is there, no epoch is missing and none was recorded twice."""
    assert (folder / MODEL / "model.weights.h5").stat().st_size > 0
    history = pd.read_csv(folder / MODEL / "history.csv")
    assert list(history["epoch"]) == list(range(1, EPOCHS + 1))


def test_each_slide_is_a_job_of_the_partition_with_accelerators(slurm, tmp_path):
    workflow = Workflow(tmp_path)
    draw_slides(tmp_path)
    list_slides(tmp_path, 2)
    planned = workflow.run("-n", *TARGET, slides=SLIDES)
    assert planned.returncode == 0, planned.stdout
    finish(snakemake(tmp_path, *TARGET), tmp_path)
    *slides, table = slurm.jobs()
    assert len(slides) == 2
    for job in slides:
        assert (job["Partition"], job["TresPerJob"]) == ("gpu", "gres:gpu:1")
        assert (megabytes(job), job["TimeLimit"]) == (16000, "08:00:00")
    assert (table["Partition"], table.get("TresPerJob")) == ("cpu", None)
    summary = pd.read_csv(tmp_path / "results" / "slides" / "summary.csv")
    assert summary["patient"].tolist() == ["P0", "P1"]
    assert (summary["nuclei"] > 5).all()
