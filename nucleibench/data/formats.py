"""Dataset formats: how the archives of a dataset are read, and how synthetic ones are drawn.

A format is one module, which ends with its ``FORMAT``, and one line of :data:`FORMATS`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nucleibench.data.archives import OpenArchive
from nucleibench.data.samples import LabelledImage, Sample
from nucleibench.data.splits import SplitRule
from nucleibench.errors import ConfigurationError
from nucleibench.registry import Registry

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class SyntheticImage:
    """An image of a synthetic archive, before it is drawn.

    Attributes:
        image: id of the image.
        organ: organ in lower case, which decides what the image looks like.
        image_member: name of the image in the archive.
        annotation_member: name of the annotation in the archive.
        encode: (RGB uint8 (height, width, 3), labels int32 (height, width), outlines, each float
            (vertices, 2) of (x, y)) -> content of the image member and of the annotation member.
    """

    image: str
    organ: str
    image_member: str
    annotation_member: str
    encode: "Callable[[np.ndarray, np.ndarray, Sequence[np.ndarray]], tuple[bytes, bytes]]"


@dataclass(frozen=True)
class DatasetFormat:
    """How to find, read and draw the images of a dataset.

    Attributes:
        find_samples: (archive, part, organs by image) -> samples.
        read_sample: (archive, sample) -> image and labels.
        split: which images test, unless the settings of the dataset say otherwise.
        pixel_size: side of a pixel in micrometres where it is the same in all datasets of the
            format, whatever a file states; None where tables or files say it.
        synthesize: (part, number of images) -> the images of a synthetic archive; it raises
            ConfigurationError where it has none. None where no synthetic archive can be drawn.
        official_organs: () -> organ of each image of the official archives, known before they
            are downloaded; None where nothing is known.
    """

    find_samples: Callable[[OpenArchive, str, Mapping[str, str]], list[Sample]]
    read_sample: Callable[[OpenArchive, Sample], LabelledImage]
    split: SplitRule = "organ"
    pixel_size: float | None = None
    synthesize: Callable[[str, int], list[SyntheticImage]] | None = None
    official_organs: Callable[[], dict[str, str]] | None = None


FORMATS: Registry[DatasetFormat] = Registry(
    "dataset format",
    {
        "monuseg": "nucleibench.data.monuseg:FORMAT",
        "tnbc": "nucleibench.data.tnbc:FORMAT",
        "consep": "nucleibench.data.consep:FORMAT",
        "folder": "nucleibench.data.folder:FORMAT",
    },
)


def plan_synthetic_images(format: str, part: str, images: int) -> list[SyntheticImage]:
    """Return the images of a synthetic archive, none of them drawn yet.

    Args:
        format: a key of ``FORMATS``.
        part: name of the archive within the dataset.
        images: number of images.

    Raises:
        ConfigurationError: the format is unknown or cannot be drawn, has no such part, or has no
            ids for so many images.
    """
    synthesize = FORMATS[format].synthesize
    if synthesize is None:
        raise ConfigurationError(
            f"images of the format {format} cannot be drawn; give a path, url or google_drive"
            " in place of synthetic"
        )
    return synthesize(part, images)
