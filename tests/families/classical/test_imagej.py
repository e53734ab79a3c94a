"""ImageJ itself beside the engine that needs no Java."""

import os
import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from default_methods import default_method
from drawn_tissue import draw_hard_images, draw_random_tissue

from nucleibench.errors import ConfigurationError, NucleiBenchError
from nucleibench.families.classical.imagej import program as imagej
from nucleibench.families.classical.imagej import steps as imagej_steps
from nucleibench.families.classical.imagej.watershed import separate_particles

INSTALLATION = os.environ.get("NUCLEIBENCH_IMAGEJ", "/usr/share/java/ij.jar")
needs_imagej = pytest.mark.skipif(
    not (Path(INSTALLATION).exists() and shutil.which("java") and find_spec("jpype")),
    reason=(
        f"no ImageJ at {INSTALLATION} (Debian: apt install imagej; the environment variable"
        " NUCLEIBENCH_IMAGEJ names another), no java or no jpype1"
    ),
)

# ImageJ's filters need a few pixels.
IMAGES = {
    **{f"tissue {seed}": draw_random_tissue(seed, size=200, nuclei=60) for seed in range(3)},
    **{name: image for name, image in draw_hard_images().items() if image.shape[0] > 1},
}


def run_own_steps(image, sigma, threshold):
    grey = imagej_steps.convert_to_grey(image)
    blurred = imagej_steps.blur(grey, sigma)
    mask = blurred <= imagej_steps.THRESHOLDS[threshold](blurred)
    filled = imagej_steps.fill_holes(mask)
    steps = (grey, blurred, mask, filled, separate_particles(filled))
    return dict(zip(("grey", "blurred", "mask", "filled", "separated"), steps, strict=True))


@needs_imagej
@pytest.mark.parametrize("sigma", [0.5, 2.0, 6.0])
@pytest.mark.parametrize("threshold", imagej_steps.THRESHOLDS)
@pytest.mark.parametrize("name", IMAGES)
def test_every_step_is_imagejs_to_the_pixel(name, sigma, threshold):
    theirs = imagej.run_steps(IMAGES[name], sigma, threshold, INSTALLATION)
    for step, ours in run_own_steps(IMAGES[name], sigma, threshold).items():
        np.testing.assert_array_equal(ours, theirs[step], err_msg=step)


@needs_imagej
def test_labels_are_those_of_the_own_engine():
    image = draw_random_tissue(5)
    theirs = default_method("imagej", installation=INSTALLATION)(image)
    np.testing.assert_array_equal(default_method("fiji")(image), theirs)


@needs_imagej
def test_an_exception_of_imagej_is_raised():
    with pytest.raises(NucleiBenchError, match=r"ImageJ failed: java.lang.NegativeArraySize"):
        imagej.run_steps(IMAGES["tissue 0"], float("inf"), "Li", INSTALLATION)


@needs_imagej
def test_an_error_that_imagej_only_prints_is_raised():
    with pytest.raises(NucleiBenchError, match=r"ImageJ failed: java.lang.ArrayIndexOutOf"):
        imagej.run_steps(np.zeros((9, 0, 3), np.uint8), 2.0, "Li", INSTALLATION)


@needs_imagej
def test_a_jar_without_imagej_is_named(tmp_path):
    jar = tmp_path / "other.jar"
    with zipfile.ZipFile(jar, "w") as archive:
        archive.writestr("empty.txt", "")
    result = run_in_new_process(jar)
    assert "ConfigurationError" in result.stderr
    assert f"{jar} holds no ImageJ; name ij.jar or a Fiji folder" in result.stderr


@needs_imagej
def test_a_process_that_used_imagej_ends():
    """ImageJ leaves threads behind that would keep Java, and so the process, alive."""
    process = run_in_new_process(INSTALLATION)
    assert (process.returncode, process.stderr) == (0, "")


def run_in_new_process(installation):
    code = (
        "import numpy as np; from nucleibench.families.classical.imagej.program import run_steps;"
        f"run_steps(np.zeros((300, 300, 3), np.uint8), 2.0, 'Li', {str(installation)!r})"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)


def test_missing_imagej_says_how_to_install_it(tmp_path):
    with pytest.raises(ConfigurationError, match=r"no ImageJ at .*nowhere; install it \(Debian"):
        imagej.find_jar(tmp_path / "nowhere")


def test_a_folder_of_fiji_is_an_installation(tmp_path):
    jar = tmp_path / "Fiji.app/jars/ij-1.54f.jar"
    jar.parent.mkdir(parents=True)
    jar.touch()
    assert imagej.find_jar(tmp_path / "Fiji.app") == jar
    assert imagej.find_jar(jar) == jar


def test_without_an_installation_the_usual_places_are_searched(tmp_path, monkeypatch):
    places = (tmp_path / "conda/share", tmp_path / "java/ij.jar")
    monkeypatch.setattr(imagej, "USUAL_PLACES", places)
    with pytest.raises(ConfigurationError, match=r"no ImageJ at .*share or .*ij.jar; install it"):
        imagej.find_jar(None)
    for jar in (places[1], places[0] / "jars/ij-1.54f.jar"):
        jar.parent.mkdir(parents=True)
        jar.touch()
        assert imagej.find_jar(None) == jar
