"""Claims on accelerators by real processes; the accelerators themselves are names only."""

import os
import subprocess
import sys
import textwrap
from contextlib import contextmanager

import pytest

from nucleibench.compute.accelerators import visible_accelerators

JOB = """
import sys
from nucleibench.compute.accelerators import claim_accelerators
print("claimed:", *claim_accelerators(int(sys.argv[1])), flush=True)
sys.stdin.read()
"""


@contextmanager
def job(visible: str | None, count: int = 1, **environment: str):
    """Start a process that claims accelerators and keeps them until it is killed."""
    variables = {**os.environ, **environment}
    variables.pop("CUDA_VISIBLE_DEVICES", None)
    if visible is not None:
        variables["CUDA_VISIBLE_DEVICES"] = visible
    process = subprocess.Popen(
        [sys.executable, "-c", JOB, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=variables,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def said(process: subprocess.Popen) -> str:
    return process.stdout.readline().strip()


@pytest.fixture(autouse=True)
def own_locks(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def test_two_jobs_have_an_accelerator_each_and_a_third_waits_for_a_killed_one():
    with job("0,1") as first:
        assert said(first) == "claimed: 0"
        with job("0,1") as second:
            assert said(second) == "claimed: 1"
            with job("0,1") as third:
                assert said(third) == "waiting for 1 of the accelerators 0, 1"
                first.kill()
                assert said(third) == "claimed: 0"


def test_a_job_that_asks_for_two_waits_until_both_are_free():
    with job("0,1") as single, job("4,5", count=2) as elsewhere:
        assert said(single) == "claimed: 0"
        assert said(elsewhere) == "claimed: 4 5"
        with job("0,1", count=2) as both:
            assert said(both) == "waiting for 2 of the accelerators 0, 1"
            with job("0,1") as another:
                assert said(another) == "claimed: 1", "who waits must hold nothing"
            single.kill()
            assert said(both) == "claimed: 0 1"


def test_fewer_than_asked_for_are_all_used():
    with job("GPU-6a3f", count=4) as process:
        assert said(process) == "claimed: GPU-6a3f"


def test_allocations_of_slurm_number_their_accelerators_apart():
    with job("0", SLURM_JOB_ID="7") as first, job("0", SLURM_JOB_ID="8") as second:
        assert said(first) == said(second) == "claimed: 0"


@pytest.mark.parametrize("visible", ["", "-1", "-1,0"])
def test_hidden_accelerators_are_not_claimed(visible):
    with job(visible) as first, job(visible) as second:
        assert said(first) == said(second) == "claimed:"


def test_without_a_choice_all_gpus_of_the_machine_are_visible(tmp_path, monkeypatch):
    """As nvidia-smi lists them, whose place a script of this name takes."""
    program = tmp_path / "nvidia-smi"
    program.write_text(
        textwrap.dedent("""\
        #!/bin/sh
        echo 'GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5d5ba0d6)'
        echo '  MIG 1g.5gb      Device  0: (UUID: MIG-c6d4f1ef)'
        echo 'GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-6a3f)'
        """)
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert visible_accelerators() == ["0", "1"]
    program.unlink()
    assert visible_accelerators() == []
