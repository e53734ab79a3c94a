"""The built wheel, installed alone and used from another folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from nucleibench import __version__
from nucleibench.data.synthetic import draw_image
from nucleibench.files import read_json
from nucleibench.images import write_rgb

ROOT = Path(__file__).parents[1]
PRETRAINED = tuple(path.name for path in (ROOT / "nucleibench/pretrained/compact_unet").iterdir())
DATA = (
    "data/known_images.csv",
    "data/organs.csv",
    "families/unet/encoder_weights.csv",
    *(f"page/{name}" for name in ("page.css", "page.html", "page.js", "parts.html")),
    "page/published_systems.csv",
    "report/paper_values.csv",
    *(f"pretrained/compact_unet/{name}" for name in PRETRAINED),
)
UNREACHABLE = ("Failed to fetch", "error sending request", "dns error", "Could not connect")

pytestmark = pytest.mark.slow


def run(*command, cwd, check=True):
    """Run a command where it finds nothing of the checkout."""
    inherited = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        list(map(str, command)), cwd=cwd, env=inherited, capture_output=True, text=True, check=check
    )


def run_uv(*arguments, cwd):
    """Run uv; skip, and say so, where packages cannot be fetched."""
    uv = shutil.which("uv") or ROOT / ".venv" / "bin" / "uv"
    if not Path(uv).exists():
        pytest.skip("uv is not installed: THE WHEEL WAS NOT TESTED")
    result = run(uv, *arguments, cwd=cwd, check=False)
    if any(words in result.stderr for words in UNREACHABLE):
        pytest.skip("PyPI could not be reached: THE WHEEL WAS NOT TESTED")
    assert result.returncode == 0, result.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run_uv("build", "--wheel", "--out-dir", folder, ROOT, cwd=folder)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The folder of the programs of an environment with the base alone."""
    folder = tmp_path_factory.mktemp("installed")
    run_uv("venv", "--python", sys.executable, folder / "venv", cwd=folder)
    programs = folder / "venv" / "bin"
    run_uv("pip", "install", "--python", programs / "python", wheel, cwd=folder)
    return programs


def test_the_wheel_is_small_and_holds_the_data_of_the_package(wheel):
    assert wheel.stat().st_size < 20e6
    names = set(ZipFile(wheel).namelist())
    assert names >= {f"nucleibench/{name}" for name in DATA}
    inside = {name.split("/")[0] for name in names}
    assert inside == {"nucleibench", f"nucleibench-{__version__}.dist-info"}


def test_it_segments_in_another_folder_without_tensorflow(installed, tmp_path):
    version = run(installed / "nucleibench", "--version", cwd=tmp_path)
    assert version.stdout.strip() == f"nucleibench {__version__}"
    write_rgb(tmp_path / "drawn.png", draw_image("kidney", "drawn", 0, 256)[0])
    command = [installed / "nucleibench", "segment", "drawn.png", "out", "--turns", "1"]
    result = run(*command, "--threads", "1", cwd=tmp_path)
    assert "nuclei in 1 image: " in result.stderr
    record = read_json(tmp_path / "out" / "drawn.json")
    assert record["counts"]["nuclei"] > 20
    assert record["runtime"].startswith("onnxruntime ")


def test_the_base_is_light_and_has_one_opencv(installed, tmp_path):
    code = (
        "import importlib.metadata as m, importlib.util as u\n"
        "print(*(d.metadata['Name'] for d in m.distributions()))\n"
        "print(*(n for n in ('tensorflow', 'keras', 'staintools') if u.find_spec(n)))"
    )
    names, heavy = run(installed / "python", "-c", code, cwd=tmp_path).stdout.splitlines()
    assert not heavy
    assert [name for name in names.split() if "opencv" in name] == ["opencv-python-headless"]
    (packages,) = installed.parent.glob("lib/*/site-packages")
    size = sum(path.stat().st_size for path in packages.rglob("*") if path.is_file())
    print(f"site-packages of the base: {size / 1e6:.0f} MB")
    assert size < 0.8e9


def test_what_is_missing_is_named_with_the_extra_that_has_it(installed, tmp_path):
    write_rgb(tmp_path / "drawn.png", draw_image("kidney", "drawn", 0, 64)[0])
    command = [installed / "nucleibench", "segment", "drawn.png", "out", "--gpu", "1"]
    result = run(*command, cwd=tmp_path, check=False)
    assert result.returncode == 2
    assert "need TensorFlow and Keras: pip install 'nucleibench[train]'" in result.stderr
    code = "from nucleibench.stain.engines import ENGINES; ENGINES['macenko']"
    result = run(installed / "python", "-c", code, cwd=tmp_path, check=False)
    assert "pip install 'nucleibench[staintools]' && pip install --no-deps" in result.stderr
