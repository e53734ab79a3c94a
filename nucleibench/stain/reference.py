"""The reference of colour normalisation: fitted once, saved as JSON, used for every image after."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from nucleibench.errors import ConfigurationError, DataError
from nucleibench.files import read_json, write_json
from nucleibench.images import read_rgb
from nucleibench.stain.engine import Engine
from nucleibench.stain.engines import ENGINES
from nucleibench.stain.findings import StainFindings

FORMAT = 1


@dataclass(frozen=True)
class StainReference:
    """What normalisation must know of the reference image, in plain numbers.

    Attributes:
        engine: a key of ENGINES.
        settings: every setting of the engine, the unchanged ones too.
        statistics: what the engine measured in the reference image.
    """

    engine: str
    settings: dict[str, float]
    statistics: dict[str, list]


UNCHANGED = StainReference("none", {}, {})
"""Leaves all colours as they are."""


def fit_reference(image: np.ndarray, engine: str, **settings: float) -> StainReference:
    """Measure the reference image.

    Args:
        image: RGB uint8 of shape (height, width, 3).
        engine: a key of ENGINES.
        **settings: settings of the engine that differ from its own.

    Raises:
        ConfigurationError: no such engine or setting.
        DataError: the image has no tissue or no two stains, so that it cannot be a reference.
    """
    fitting = _build(engine, settings)
    statistics, findings = fitting.fit(image)
    if not findings.usable:
        raise DataError(
            f"the reference image cannot be used ({findings.flag},"
            f" {findings.tissue_fraction:.1%} tissue);"
            " choose an image with plenty of tissue in both stains"
        )
    return StainReference(engine, asdict(fitting), statistics)


def load_reference(path: str | Path, engine: str) -> StainReference:
    """Measure the reference in an image file, or read one that was saved (suffix ``.json``).

    Raises:
        ConfigurationError: no such engine, or the saved reference is of another one.
        DataError: the file is neither, or the image cannot be a reference.
    """
    if Path(path).suffix != ".json":
        return fit_reference(read_rgb(path), engine)
    reference = read_reference(path)
    if reference.engine != engine:
        raise ConfigurationError(
            f"{path}: a reference of the stain engine {reference.engine!r}, but the configuration"
            f" has {engine!r}; name the same engine, or an image as the reference"
        )
    return reference


def normalize_image(
    image: np.ndarray, reference: StainReference
) -> tuple[np.ndarray, StainFindings]:
    """Bring an RGB uint8 image (height, width, 3) to the colours of the reference.

    An image that cannot be normalised is returned as it was, and the findings' flag says why.
    """
    return _build(reference.engine, reference.settings).transform(image, reference.statistics)


def normalize_together(
    images: Sequence[np.ndarray], reference: StainReference
) -> tuple[list[np.ndarray], StainFindings]:
    """Bring images of one slide to the reference's colours, measured as if they were one image.

    A slide is stained once, and a field that shows few nuclei cannot show how strongly. The images
    are RGB uint8 of shape (height, width, 3), of any sizes; the findings are of all together.
    """
    normalized, findings = normalize_image(_as_one(images), reference)
    ends = np.cumsum([image.size // 3 for image in images])[:-1]
    parts = zip(np.split(normalized, ends), images, strict=True)
    return [part.reshape(image.shape) for part, image in parts], findings


@dataclass(frozen=True)
class Stains:
    """What was measured of the stains of a slide or image.

    Attributes:
        statistics: in plain numbers; see Engine.
        findings: what was found; where they are not usable, the statistics are not either.
    """

    statistics: dict[str, list]
    findings: StainFindings


def measure_stains(images: Sequence[np.ndarray], reference: StainReference) -> Stains:
    """Measure the stains of a slide in images of it, as if they were one image.

    The images are RGB uint8 of shape (height, width, 3), of any sizes.
    """
    return Stains(*_build(reference.engine, reference.settings).fit(_as_one(images)))


def apply_stains(image: np.ndarray, stains: Stains, reference: StainReference) -> np.ndarray:
    """Bring a part of a slide to the colours of the reference, by what the slide's stains are.

    It gives what normalize_image gives where ``stains`` are of the image itself. Where they are not
    usable the image, RGB uint8 (height, width, 3), is returned as it was.
    """
    if not stains.findings.usable:
        return image.copy()
    engine = _build(reference.engine, reference.settings)
    return engine.recolor(image, stains.statistics, reference.statistics)


def _as_one(images: Sequence[np.ndarray]) -> np.ndarray:
    """Return one image (pixels, 1, 3) with the pixels of all."""
    return np.concatenate([image.reshape(-1, 1, 3) for image in images])


def write_reference(path: str | Path, reference: StainReference) -> None:
    """Save a reference as JSON; every bit of its numbers survives."""
    write_json(path, {"format": FORMAT, **asdict(reference)})


def read_reference(path: str | Path) -> StainReference:
    """Read a reference that write_reference saved.

    Raises:
        DataError: the file holds something else.
    """
    try:
        content = read_json(path)
        if content.pop("format") != FORMAT:
            raise ValueError(f"its format is not {FORMAT}")
        return StainReference(**content)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: not a stain reference ({error}); fit it again") from error


def _build(name: str, settings: dict[str, float]) -> Engine:
    engine = ENGINES[name]
    known = [field.name for field in fields(engine)]
    if unknown := set(settings) - set(known):
        raise ConfigurationError(
            f"stain engine {name!r} has no setting {', '.join(sorted(unknown))};"
            f" it has {', '.join(known) or 'none'}"
        )
    return engine(**settings)
