"""Jobs run in the image that a configuration names, and in none where it names none.

A program of the name of Apptainer notes what it is asked, and runs it outside, with what is bound.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from toy import Workflow

pytestmark = pytest.mark.workflow
TARGET = "results/archives/synthetic/tnbc_all.zip"
APPTAINER = """#!/bin/bash
if [ "$1" = --version ]; then echo "apptainer version 1.4.5"; exit; fi
echo "$*" >> "{record}"
binds=()
while [ "$1" != "{image}" ]; do [ "$1" = --bind ] && binds+=("$2"); shift; done
shift
# As in a container: what is bound lies at its place, for this command alone.
export BINDS="${{binds[*]}}"
exec unshare --map-root-user --mount bash -c '
  mount -t tmpfs none /mnt
  for bind in $BINDS; do
    [[ "$bind" = /*:/mnt/* ]] || continue
    mkdir -p "${{bind#*:}}"
    mount --bind "${{bind%:*}}" "${{bind#*:}}"
  done
  exec "$@"' command "$@"
"""


@pytest.fixture
def record(tmp_path, monkeypatch):
    """The file where the program notes its calls; the image is beside it."""
    if subprocess.run(["unshare", "--map-root-user", "--mount", "true"], check=False).returncode:
        pytest.skip("no mounts of one's own are allowed here")
    (tmp_path / "image.sif").touch()
    folder = tmp_path / "programs"
    folder.mkdir()
    program, record = folder / "apptainer", tmp_path / "record"
    program.write_text(APPTAINER.format(record=record, image=tmp_path / "image.sif"))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{Path(sys.executable).parent}", prepend=":")
    return record


def test_a_job_runs_in_the_image_that_is_named(record, tmp_path):
    image = tmp_path / "image.sif"
    result = Workflow(tmp_path).run("--sdm", "apptainer", "--", TARGET, container=str(image))
    assert result.returncode == 0, result.stdout
    assert (tmp_path / TARGET).is_file()
    (call,) = record.read_text().splitlines()
    assert f" {image} " in call
    assert "draw_archive" in call


def test_without_an_image_jobs_run_here(record, tmp_path):
    result = Workflow(tmp_path).run("--sdm", "apptainer", "--", TARGET)
    assert result.returncode == 0, result.stdout
    assert not record.exists()
