"""Folders with odd names: they work, or are refused in words before anything starts."""

import re
import shutil
import subprocess
import tempfile

import pytest
from toy import ROOT, Workflow

from nucleibench.errors import ConfigurationError
from nucleibench.experiment.jobs import check_interpreter

ODD = "a b [c] Größe 細胞"


@pytest.mark.parametrize("sign", [*" ()${}&;|'\"*?<>`\\"])
def test_a_python_that_jobs_cannot_be_started_from(sign):
    path = f"/home/me/nuclei{sign}bench/.venv/bin/python"
    with pytest.raises(ConfigurationError, match=re.escape(f"the path of Python, {path}, has")):
        check_interpreter(path)


@pytest.mark.parametrize("name", ["plain", "Größe", "brackets[a]", "with-dash_1.0+2"])
def test_a_python_that_jobs_can_be_started_from(name):
    check_interpreter(f"/home/me/{name}/.venv/bin/python")


def test_make_refuses_a_folder_with_a_space(tmp_path):
    folder = tmp_path / "my project"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    result = subprocess.run(["make", "demo"], cwd=folder, capture_output=True, text=True)
    assert result.returncode == 2
    assert "The path of this folder has a space" in result.stderr
    assert [path.name for path in folder.iterdir()] == ["Makefile"]


@pytest.mark.workflow
@pytest.mark.faults_long
def test_working_and_temporary_folders_may_be_called_anything(tmp_path, monkeypatch):
    folder = tmp_path / ODD
    folder.mkdir()
    monkeypatch.setenv("LC_ALL", "C")
    target = "results/data/tnbc/images.csv"
    # Sockets of processes lie in TMPDIR: the system allows them 107 bytes.
    with tempfile.TemporaryDirectory(dir="/tmp", prefix=ODD) as temporary:
        monkeypatch.setenv("TMPDIR", temporary)
        result = Workflow(folder).run("--", target)
    assert result.returncode == 0, result.stdout
    assert (folder / target).is_file()
