"""A training of the real workflow on a real Slurm: what it asks for, and what it survives."""

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

pytestmark = pytest.mark.workflow
EPOCHS = 15
TRAINING = {"max_epochs": EPOCHS, "patience": EPOCHS, "execution": "graph"}
METHODS = {"unet_a": {"kind": "unet", "encoder": "compact", "training": TRAINING}}
CHANGES = {"methods": METHODS, "compare": ["unet_a"], "figure_3_methods": ["unet_a"]}
# As a user with an account would, but for what a Slurm without accounting cannot do.
OPTIONS = ["--workflow-profile", str(ROOT / "profiles" / "slurm"), "--slurm-no-account"]
OPTIONS += ["--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "1"]
OPTIONS += ["--seconds-between-status-checks", "1", "--latency-wait", "5"]
TARGET = "results/models/unet_a/model.weights.h5"
SECONDS = 900  # a busy machine needs ten times what an idle one does


@pytest.fixture
def slurm(tmp_path):
    reason = why_not()
    if reason:
        pytest.skip(f"NOT TESTED ON SLURM: {reason}")
    (tmp_path / "slurm").mkdir()
    with OneNodeSlurm(tmp_path / "slurm") as slurm:
        yield slurm


@contextmanager
def submitting(folder: Path):
    """Run Snakemake's head process with the Slurm profile."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
    command += ["--directory", str(folder), "--configfile", str(folder / "config.yaml")]
    with open(folder / "head.log", "w") as log:
        process = subprocess.Popen(
            [*command, *OPTIONS, TARGET],
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(happened, process: subprocess.Popen, folder: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not happened():
        said = (folder / "head.log").read_text()
        assert process.poll() is None, said
        assert time.monotonic() < deadline, said
        time.sleep(0.2)


def megabytes(job: dict[str, str]) -> float:
    memory = job["MinMemoryNode"]
    return float(memory[:-1]) * {"M": 1, "G": 1024}[memory[-1]]


def test_a_cancelled_training_is_submitted_again_and_resumes(slurm, tmp_path):
    workflow = Workflow(tmp_path)
    prepared = workflow.run("--", "results/tiles/augmented/tiles.csv", **CHANGES)
    assert prepared.returncode == 0, prepared.stdout
    log = tmp_path / "results" / "logs" / "train_unet" / "unet_a.log"

    def logged(text: str) -> bool:
        return log.exists() and text in log.read_text()

    with submitting(tmp_path) as process:
        wait_for(lambda: logged("epoch 1/"), process, tmp_path)
        first = slurm.jobs()[-1]
        slurm.call("scancel", first["JobId"])
        wait_for(lambda: logged("resuming after epoch"), process, tmp_path)
        # The node's daemon crashes and comes back; the training goes on meanwhile.
        slurm.kill_node()
        slurm.start_node()
        assert process.wait(timeout=SECONDS) == 0, (tmp_path / "head.log").read_text()

    assert (first["Partition"], first["TresPerJob"]) == ("gpu", "gres:gpu:1")
    assert (megabytes(first), first["TimeLimit"]) == (32000, "1-00:00:00")
    second = slurm.jobs()[-1]
    assert (megabytes(second), second["TimeLimit"]) == (64000, "2-00:00:00")
    assert (tmp_path / TARGET).stat().st_size > 0
    history = pd.read_csv(tmp_path / "results" / "models" / "unet_a" / "history.csv")
    assert list(history["epoch"]) == list(range(1, EPOCHS + 1))
