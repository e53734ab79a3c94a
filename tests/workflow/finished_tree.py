"""A copy of the project with the paper's experiment finished, in name: every output is empty."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from toy import ROOT, planned_jobs

from nucleibench.experiment.records import keep_records

PARTS = ["Snakefile", "config.yaml", "rules", "scripts", "nucleibench", "envs"]
PARTS += ["profiles", "report", "uv.lock"]


@dataclass
class FinishedTree:
    """A checkout whose jobs have all run, as far as Snakemake can tell."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> "FinishedTree":
        """Copy the project to ``folder`` and pretend that everything in it has run."""
        copy_project(folder)
        tree = cls(folder)
        tree.finish()
        return tree

    def finish(self) -> None:
        """Pretend that everything that the configuration asks for has run."""
        for output in re.findall(r"^ +output: (.+)$", self.call("-n", "--forceall"), re.MULTILINE):
            for path in (self.folder / name for name in output.split(", ")):
                _create(path)
        with chdir(self.folder):
            keep_records("results/paper")
        # Without hooks, as they refuse this.
        self.call("--touch", "--forceall", "--no-hooks")

    def planned(self, *arguments: str) -> dict[str, int]:
        """Return rule -> number of jobs that would run now, or with these arguments."""
        output = self.call("-n", *arguments)
        return {} if "Nothing to be done" in output else planned_jobs(output)

    def call(self, *arguments: str) -> str:
        """Call Snakemake in the tree, with its default profile, and return what it says."""
        command = [sys.executable, "-m", "snakemake", "--cores", "all", "--resources", "gpu=1"]
        result = subprocess.run(
            [*command, *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert result.returncode == 0, result.stdout
        return result.stdout


def copy_project(folder: Path) -> None:
    """Copy what a checkout needs to run."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix:
        path.touch()
    else:
        path.mkdir(exist_ok=True)
