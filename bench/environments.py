"""Environments of the packages that are compared: made by uv, outside the project's folder."""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.registry import OWN

MARKS = " \u00d7"
"""What uv begins a message with."""

FOLDER = "NUCLEIBENCH_BENCH_ENVIRONMENTS"
"""Variable that names the folder of environments; by default one below the temporary folder."""


class UnavailableError(Exception):
    """A package cannot be measured here; the message says why."""


@dataclass(frozen=True)
class Environment:
    """What is installed.

    Attributes:
        requirements: as pip takes them.
        tells: distributions whose versions the results tell.
    """

    requirements: tuple[str, ...]
    tells: tuple[str, ...]


def _of(*requirements: str, tells: str = "", with_: tuple[str, ...] = ()) -> Environment:
    return Environment((*requirements, *with_), (tells or requirements[0],))


# The headless build needs no display library, and is installed over the other one.
ENVIRONMENTS: dict[str, Environment] = {
    OWN: Environment((), ("nucleibench", "numpy", "scipy", "scikit-image", "staintools")),
    "stardist": _of("stardist", "tensorflow"),
    # The last version with the architecture of cyto3.
    "cellpose": _of("cellpose<4", tells="cellpose"),
    "panoptica": _of("panoptica"),
    "torchstain": _of("torchstain", with_=("torch", "numpy")),
    "torch-staintools": _of("torch-staintools", with_=("opencv-python-headless",)),
    "tiatoolbox": _of("tiatoolbox"),
    "augmentor": _of("Augmentor", with_=("numpy",)),
    "albumentations": _of("albumentations", with_=("opencv-python-headless",)),
    "rasterio": _of("rasterio", with_=("shapely", "numpy")),
    "cp-measure": _of("cp-measure"),
    "instanseg": _of("instanseg-torch"),
    "smp": _of("segmentation-models-pytorch"),
}


def find_python(name: str) -> Path:
    """Return the Python of an environment, which is made where it is missing.

    Raises:
        UnavailableError: it cannot be installed.
    """
    if name == OWN:
        return Path(sys.executable)
    folder = _folder() / name
    python, ready = folder / "bin" / "python", folder / ".requirements"
    requirements = "\n".join(ENVIRONMENTS[name].requirements)
    if not ready.exists() or ready.read_text() != requirements:
        _run("venv", "--clear", "--python", sys.executable, str(folder))
        _run("pip", "install", "--python", str(python), *ENVIRONMENTS[name].requirements)
        ready.write_text(requirements)
    return python


def _folder() -> Path:
    default = Path(tempfile.gettempdir()) / "nucleibench-bench"
    return Path(os.environ.get(FOLDER, default))


def _run(*arguments: str) -> None:
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None:
        raise UnavailableError("uv is not installed")
    done = subprocess.run([uv, "--quiet", *arguments], capture_output=True, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["uv failed"]
        raise UnavailableError(f"cannot be installed: {lines[0].strip(MARKS)[:200]}")
