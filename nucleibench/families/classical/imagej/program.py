"""Real ImageJ without a display, in a Java machine inside this process.

JPype starts Java once; then every image takes ImageJ's own classes, an error of ImageJ is an
exception here, and nothing is written to disk. ImageJ's command line offers none of that: without a
display its macros stop at the first `open`, and it still ends with exit code 0.
"""

import atexit
import sys
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from nucleibench.errors import ConfigurationError, NucleiBenchError
from nucleibench.families.classical.algorithms import Algorithm
from nucleibench.families.classical.imagej.steps import label_particles
from nucleibench.settings import Size

# Where bioconda's package of Fiji and Debian's of ImageJ put it.
USUAL_PLACES = (Path(sys.prefix) / "share", Path("/usr/share/java/ij.jar"))

Threshold = Literal[
    "Default", "Huang", "Intermodes", "IsoData", "IJ_IsoData", "Li", "MaxEntropy", "Mean",
    "MinError", "Minimum", "Moments", "Otsu", "Percentile", "RenyiEntropy", "Shanbhag", "Triangle",
    "Yen",
]  # fmt: skip


class ImageJ(Algorithm):
    """Segment with ImageJ itself; Fiji is the same without it."""

    environment: ClassVar[str] = "imagej"
    max_workers: ClassVar[int | None] = 1  # Java starts once for all images

    sigma: Annotated[float, Field(ge=0)] = 1.0
    """Standard deviation of the Gaussian filter in pixels."""
    threshold: Threshold = "Li"
    """ImageJ's name of the threshold."""
    minimum_size: Size = 100
    """A particle of fewer pixels than this is left out, as by Analyze Particles."""
    installation: str | None = None
    """Path of ij.jar, or of the folder of a Fiji or ImageJ. Null takes the one of the job's conda
    environment, or Debian's (/usr/share/java/ij.jar)."""

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Return labels int32 (height, width) of an RGB uint8 image (height, width, 3).

        Raises:
            ConfigurationError: ImageJ, Java or JPype is not installed.
            NucleiBenchError: ImageJ failed.
        """
        steps = run_steps(image, self.sigma, self.threshold, self.installation)
        return label_particles(steps["separated"], self.minimum_size)


def find_jar(installation: str | Path | None) -> Path:
    """Return ij.jar: the file itself, or the one in a folder of Fiji or ImageJ.

    None stands for the first of USUAL_PLACES that has one.
    """
    places = USUAL_PLACES if installation is None else [Path(installation)]
    for place in places:
        jars = sorted([*place.glob("jars/ij-*.jar"), *place.glob("ij.jar")])
        if place.is_file() or jars:
            return place if place.is_file() else jars[-1]
    raise ConfigurationError(
        f"no ImageJ at {' or '.join(map(str, places))}; install it (Debian: apt install imagej) or"
        " name ij.jar or the folder of a Fiji installation"
    )


def run_steps(
    image: np.ndarray, sigma: float, threshold: str, installation: str | Path | None
) -> dict[str, np.ndarray]:
    """Run ImageJ's steps on an RGB uint8 image (height, width, 3).

    Returns:
        What each step leaves, shape (height, width): ``grey`` and ``blurred`` uint8; ``mask``,
        ``filled`` and ``separated`` bool.

    Raises:
        ConfigurationError: ImageJ, Java or JPype is not installed.
        NucleiBenchError: ImageJ failed, complained or returned what it cannot have meant.
    """
    java = _start(find_jar(installation))
    printed = _capture_output(java)
    try:
        result = _run(java, image, sigma, threshold)
    except java.JException as error:
        raise NucleiBenchError(f"ImageJ failed: {error}") from error
    # ImageJ prints errors of its worker threads, and goes on. Otherwise it is silent.
    if printed.size():
        raise NucleiBenchError(f"ImageJ failed: {printed}")
    if ((result["mask"] | result["separated"]) & ~result["filled"]).any():
        raise NucleiBenchError("ImageJ's Fill Holes lost pixels or its Watershed added some")
    return result


def _start(jar: Path) -> Any:
    """Start Java with ImageJ, unless it runs; return the bridge to it."""
    java = _import_bridge()
    if not java.isJVMStarted():
        _start_java(java, jar)
    return java


def _import_bridge() -> Any:
    try:
        import jpype
        import jpype.config
    except ImportError as error:
        raise ConfigurationError(
            "ImageJ needs the package jpype1: pip install 'nucleibench[imagej]'"
        ) from error
    return jpype


def _start_java(java: Any, jar: Path) -> None:
    try:
        java.startJVM("-Djava.awt.headless=true", classpath=[str(jar)], convertStrings=True)
        java.JClass("ij.IJ")
        atexit.register(_end_threads, java)
    except java.JVMNotFoundException as error:
        raise ConfigurationError(
            "ImageJ needs Java; install it (Debian: apt install default-jre-headless)"
        ) from error
    except TypeError as error:
        raise ConfigurationError(f"{jar} holds no ImageJ; name ij.jar or a Fiji folder") from error


def _end_threads(java: Any) -> None:
    """End ImageJ's pool of threads; Java would wait for it at the end of the process."""
    java.JClass("ij.util.ThreadUtil").threadPoolExecutor.shutdown()


def _capture_output(java: Any) -> Any:
    """Return a stream into which all goes that Java's classes print from now on."""
    printed = java.JClass("java.io.ByteArrayOutputStream")()
    stream, system = java.JClass("java.io.PrintStream")(printed), java.JClass("java.lang.System")
    system.setOut(stream)
    system.setErr(stream)
    return printed


def _run(java: Any, image: np.ndarray, sigma: float, threshold: str) -> dict[str, np.ndarray]:
    shape = image.shape[:2]
    picture = java.JClass("ij.ImagePlus")("image", _to_color_processor(java, image))
    java.JClass("ij.process.ImageConverter")(picture).convertToGray8()
    pixels = picture.getProcessor()
    result = {"grey": _to_array(pixels, shape)}
    java.JClass("ij.plugin.filter.GaussianBlur")().blurGaussian(pixels, sigma)
    result["blurred"] = _to_array(pixels, shape)
    pixels.setAutoThreshold(threshold)
    mask = pixels.createMask()
    result["mask"] = _to_mask(mask, shape)
    _fill_holes(java, mask)
    result["filled"] = _to_mask(mask, shape)
    java.JClass("ij.plugin.filter.EDM")().toWatershed(mask)
    result["separated"] = _to_mask(mask, shape)
    return result


def _to_color_processor(java: Any, image: np.ndarray) -> Any:
    height, width = image.shape[:2]
    red, green, blue = (image[..., channel].astype(np.int32) for channel in range(3))
    packed = (red << 16 | green << 8 | blue).ravel()
    return java.JClass("ij.process.ColorProcessor")(width, height, java.JArray(java.JInt)(packed))


def _fill_holes(java: Any, mask: Any) -> None:
    java.JClass("ij.Prefs").blackBackground = True
    binary = java.JClass("ij.plugin.filter.Binary")()
    binary.setup("fill", java.JClass("ij.ImagePlus")("mask", mask))
    binary.run(mask)


def _to_array(pixels: Any, shape: tuple[int, int]) -> np.ndarray:
    return np.array(pixels.getPixels(), np.int8).view(np.uint8).reshape(shape)


def _to_mask(pixels: Any, shape: tuple[int, int]) -> np.ndarray:
    values = _to_array(pixels, shape)
    if not np.isin(values, (0, 255)).all():
        raise NucleiBenchError("ImageJ returned a mask with values other than 0 and 255")
    return values > 0
