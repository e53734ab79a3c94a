"""The target of colour normalisation: fitted once, saved as JSON, used for every image after."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from nucleibench.errors import ConfigurationError, DataError
from nucleibench.files import read_json, write_json
from nucleibench.images import read_rgb
from nucleibench.stain.engines import ENGINES, Engine
from nucleibench.stain.report import StainReport

FORMAT = 1


@dataclass(frozen=True)
class StainTarget:
    """What normalisation needs to know of its target, in plain numbers.

    Attributes:
        engine: a key of ENGINES.
        settings: every setting of the engine, the unchanged ones too.
        statistics: what the engine measured in the target image.
    """

    engine: str
    settings: dict[str, float]
    statistics: dict[str, list]


def fit_target(image: np.ndarray, engine: str, **settings: float) -> StainTarget:
    """Measure the target image.

    Args:
        image: RGB uint8 of shape (height, width, 3).
        engine: a key of ENGINES.
        **settings: settings of the engine that differ from its own.

    Raises:
        ConfigurationError: no such engine or setting.
        DataError: the image has no tissue or no two stains, so that it cannot be a target.
    """
    fitting = _build(engine, settings)
    statistics, report = fitting.fit(image)
    if not report.usable:
        raise DataError(
            f"the target image cannot be used ({report.flag}, {report.tissue_fraction:.1%} tissue);"
            " choose an image with plenty of tissue in both stains"
        )
    return StainTarget(engine, asdict(fitting), statistics)


def load_target(path: str | Path, engine: str) -> StainTarget:
    """Measure the target in an image file, or read one that was saved (suffix ``.json``).

    Raises:
        ConfigurationError: no such engine, or the saved target is of another one.
        DataError: the file is neither, or the image cannot be a target.
    """
    if Path(path).suffix != ".json":
        return fit_target(read_rgb(path), engine)
    target = read_target(path)
    if target.engine != engine:
        raise ConfigurationError(
            f"{path}: a target of the stain engine {target.engine!r}, but the configuration has"
            f" {engine!r}; name the same engine, or an image as the target"
        )
    return target


def normalize_image(image: np.ndarray, target: StainTarget) -> tuple[np.ndarray, StainReport]:
    """Bring an RGB uint8 image to the colours of the target.

    An image that cannot be normalised comes back as it was, and the report's flag says why.
    """
    return _build(target.engine, target.settings).transform(image, target.statistics)


def normalize_together(
    images: Sequence[np.ndarray], target: StainTarget
) -> tuple[list[np.ndarray], StainReport]:
    """Bring images of one slide to the colours of the target, measured as if they were one image.

    A slide is stained once, and a field that shows few nuclei cannot tell how strongly. The images
    are RGB uint8 of any sizes; the report is of all together.
    """
    strip = np.concatenate([image.reshape(-1, 1, 3) for image in images])
    normalized, report = normalize_image(strip, target)
    ends = np.cumsum([image.size // 3 for image in images])[:-1]
    parts = zip(np.split(normalized, ends), images, strict=True)
    return [part.reshape(image.shape) for part, image in parts], report


def write_target(path: str | Path, target: StainTarget) -> None:
    """Save a target as JSON; every bit of its numbers survives."""
    write_json(path, {"format": FORMAT, **asdict(target)})


def read_target(path: str | Path) -> StainTarget:
    """Read a target that write_target saved.

    Raises:
        DataError: the file holds something else.
    """
    try:
        content = read_json(path)
        if content.pop("format") != FORMAT:
            raise ValueError(f"its format is not {FORMAT}")
        return StainTarget(**content)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: not a stain target ({error}); fit the target again") from error


def _build(engine: str, settings: dict[str, float]) -> Engine:
    if engine not in ENGINES:
        raise ConfigurationError(f"no stain engine {engine!r}; choose one of {', '.join(ENGINES)}")
    known = [field.name for field in fields(ENGINES[engine])]
    if unknown := set(settings) - set(known):
        raise ConfigurationError(
            f"stain engine {engine!r} has no setting {', '.join(sorted(unknown))};"
            f" it has {', '.join(known) or 'none'}"
        )
    return ENGINES[engine](**settings)
