"""Synthetic datasets in the official layouts, for a run without downloads and for tests."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import cv2
import numpy as np
from scipy.ndimage import maximum_filter

from nucleibench.data.staining import stain
from nucleibench.data.tissue import TISSUES, Layout, lay_out
from nucleibench.errors import ConfigurationError
from nucleibench.files import atomic_path

TNBC_IMAGES_PER_SLIDE = 2
MONUSEG_IMAGES_PER_ORGAN = 50
"""At most, in one part: the numbers of the other part follow."""


@dataclass(frozen=True)
class MonusegPart:
    """Where a MoNuSeg archive keeps its files, and what the synthetic one holds.

    Attributes:
        images: folder of the images.
        annotations: folder of the annotations.
        organs: organs of the images, in turn.
        first_number: number of the first image of an organ; it keeps the ids of parts apart.
    """

    images: str
    annotations: str
    organs: tuple[str, ...]
    first_number: int


MONUSEG_PARTS = {
    "train": MonusegPart(
        images="MoNuSeg 2018 Training Data/Tissue Images",
        annotations="MoNuSeg 2018 Training Data/Annotations",
        organs=("liver", "kidney", "prostate", "breast", "colon", "stomach", "bladder"),
        first_number=1,
    ),
    "test": MonusegPart(
        images="MoNuSegTestData",
        annotations="MoNuSegTestData",
        organs=("breast", "kidney", "lung", "brain", "prostate", "bladder", "colon"),
        first_number=1 + MONUSEG_IMAGES_PER_ORGAN,
    ),
}
"""The two archives, each with the organs of the real one."""

Member = tuple[str, bytes]


def write_synthetic_archive(
    format: str, path: Path, part: str, seed: int, images: int, size: int
) -> None:
    """Write a zip file of synthetic H&E images with exact annotations in an official layout.

    The same arguments give the same bytes. Image ids are ``SYN-LIVER-01`` and so on for MoNuSeg,
    the organs in turn, and ``01_1``, ``01_2``, ``02_1`` and so on for TNBC.

    Args:
        format: ``monuseg`` or ``tnbc``.
        path: where the archive goes.
        part: ``train`` or ``test`` for monuseg; tnbc has one part of any name.
        seed: images differ by seed, and within a seed from each other.
        images: number of images.
        size: their side in pixels.

    Raises:
        ConfigurationError: the format or part is unknown, or has no ids for so many images.
    """
    if format not in WRITERS:
        raise ConfigurationError(f"unknown format {format!r}; choose one of {', '.join(WRITERS)}")
    members = WRITERS[format](part, seed, images, size)
    with atomic_path(path) as temporary, ZipFile(temporary, "w", ZIP_STORED) as archive:
        for name, content in members:
            archive.writestr(ZipInfo(name), content)


def _monuseg_members(part: str, seed: int, images: int, size: int) -> Iterator[Member]:
    if part not in MONUSEG_PARTS:
        raise ConfigurationError(
            f"unknown part {part!r} of synthetic monuseg; choose one of {', '.join(MONUSEG_PARTS)}"
        )
    layout = MONUSEG_PARTS[part]
    limit = MONUSEG_IMAGES_PER_ORGAN * len(layout.organs)
    if images > limit:
        raise ConfigurationError(f"{images} synthetic images are too many; ask for {limit} at most")
    for index in range(images):
        cycle, turn = divmod(index, len(layout.organs))
        organ = layout.organs[turn]
        image = f"SYN-{organ.upper()}-{layout.first_number + cycle:02d}"
        pixels, tissue = draw_image(organ, image, seed, size)
        bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
        yield f"{layout.images}/{image}.tif", _encode(".tif", bgr)
        yield f"{layout.annotations}/{image}.xml", aperio_xml(tissue.outlines)


def _tnbc_members(part: str, seed: int, images: int, size: int) -> Iterator[Member]:
    for index in range(images):
        slide, number = divmod(index, TNBC_IMAGES_PER_SLIDE)
        slide, image = f"{slide + 1:02d}", f"{slide + 1:02d}_{number + 1}"
        pixels, tissue = draw_image("breast", image, seed, size)
        folder = "TNBC_NucleiSegmentation"
        # The official images have an opaque alpha channel too.
        rgba = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGRA)
        yield f"{folder}/Slide_{slide}/{image}.png", _encode(".png", rgba)
        yield f"{folder}/GT_{slide}/{image}.png", _encode(".png", binary_mask(tissue.labels))


WRITERS: dict[str, Callable[[str, int, int, int], Iterator[Member]]] = {
    "monuseg": _monuseg_members,
    "tnbc": _tnbc_members,
}


def draw_image(organ: str, image: str, seed: int, size: int) -> tuple[np.ndarray, Layout]:
    """Draw one image; its id and the seed decide every detail.

    Returns:
        RGB uint8 (size, size, 3) and the tissue in it, with outlines and labels.
    """
    random = np.random.default_rng([seed, zlib.crc32(image.encode())])
    tissue = lay_out(TISSUES[organ], size, random)
    return stain(TISSUES[organ], tissue, random), tissue


def aperio_xml(outlines: list[np.ndarray]) -> bytes:
    """Write outlines, each float (vertices, 2) of (x, y), as an Aperio annotation."""
    regions = "\n".join(
        f'<Region Id="{number}" Type="0"><Vertices>{_vertices(outline)}</Vertices></Region>'
        for number, outline in enumerate(outlines, 1)
    )
    return (
        '<Annotations MicronsPerPixel="0.25">\n<Annotation Id="1" Name="">\n<Regions>\n'
        f"{regions}\n</Regions>\n</Annotation>\n</Annotations>\n"
    ).encode()


def _vertices(outline: np.ndarray) -> str:
    return "".join(f'<Vertex X="{x:.2f}" Y="{y:.2f}"/>' for x, y in outline)


def binary_mask(labels: np.ndarray) -> np.ndarray:
    """Return 255 in nuclei and 0 elsewhere, with a gap of a pixel where two nuclei touch."""
    behind = maximum_filter(labels, 3) > labels
    return np.where((labels > 0) & ~behind, 255, 0).astype(np.uint8)


def _encode(suffix: str, image: np.ndarray) -> bytes:
    """Encode an image whose channels, if any, are in the order of OpenCV."""
    return cv2.imencode(suffix, image)[1].tobytes()
