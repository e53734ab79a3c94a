"""Segment a whole slide, region by region.

Memory does not grow with the slide, and neither do the nuclei depend on how it is divided: a
pixel's maps depend on the image alone (``prediction``), an object's nuclei on the object and the
maps close to it (``objects``, ``cells``), and each region is so large that the objects of its cells
lie whole in it. Reading, network and labelling work at the same time.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, groupby
from typing import Annotated

import numpy as np
from pydantic import Field

from nucleibench.errors import ConfigurationError
from nucleibench.families.interface import Colors
from nucleibench.images.interface import Raster
from nucleibench.labelling.instances import PostProcessing
from nucleibench.labelling.settings import Inference
from nucleibench.settings import Count, Settings
from nucleibench.slides.cells import CELL, CellLabels, Region, label_region, reach
from nucleibench.slides.channel_order import seem_exchanged
from nucleibench.slides.pipeline import iterate_ahead, map_ahead
from nucleibench.slides.plane import Plane
from nucleibench.slides.prediction import WindowPredictor, blend_tiles, read_tiles
from nucleibench.slides.settings import TissueChoice
from nucleibench.slides.stains import sample_tissue
from nucleibench.slides.sweep import Division, Swath, cut_regions, plan_swaths
from nucleibench.slides.tiling import Tile, choose_tiles, lay_tiles
from nucleibench.slides.tissue import Tissue, find_tissue, take_all, without_ink
from nucleibench.slides.views import show_views
from nucleibench.stain.reference import StainReference, Stains, measure_stains

# Threads beyond this would wait for the network.
MOST_THREADS = 4

# Called with the tiles done and all tiles.
Progress = Callable[[int, int], None]


class SlideSettings(Settings):
    """How a slide is segmented."""

    pixel_size: Annotated[float, Field(gt=0)] | None = None
    """Side of a pixel in micrometres; null takes what the file states."""
    tissue: TissueChoice = "find"
    """Whether to segment the tissue alone, not glass, ink and black borders, or all."""
    block: Annotated[int, Field(ge=CELL, multiple_of=CELL)] = CELL
    """Side in pixels of what is labelled at a time. Larger blocks need more memory and a few
    hundredths less time. The nuclei do not depend on it."""
    threads: Count = 2
    """How many regions are read, and labelled, at a time while the network computes; four at the
    most, for more would wait, and hold memory."""


@dataclass(frozen=True)
class TrainedNetwork:
    """A network and how to use it.

    Attributes:
        predict: from windows of tiles to their maps.
        tile_size: side of a tile in pixels.
        inference: overlap of tiles, and how many are predicted at a time.
        setting: how maps become nuclei.
        reference: the stains that the network is used to.
        runtime: name and version of what runs the network.
        views: colours of an image that ``predict`` takes, one after another (see ``views``).
    """

    predict: WindowPredictor
    tile_size: int
    inference: Inference
    setting: PostProcessing
    reference: StainReference
    runtime: str = ""
    views: tuple[Colors, ...] = ("normalized",)


@dataclass(frozen=True)
class Survey:
    """What must be known of a slide before it is segmented.

    Attributes:
        raster: the slide.
        pixel_size: side of its pixels in micrometres.
        tissue: where its tissue is.
        stains: what its stains are.
        exchanged: whether red and blue seem to be exchanged.
    """

    raster: Raster
    pixel_size: float
    tissue: Tissue
    stains: Stains
    exchanged: bool

    @property
    def tissue_mm2(self) -> float:
        """Area of the tissue in square millimetres."""
        height, width = self.raster.shape
        return float(height * width * self.tissue.mask.mean()) * (self.pixel_size / 1000) ** 2


@dataclass(frozen=True)
class CellNuclei:
    """The nuclei of a part of a slide, in pixels of the slide.

    Attributes:
        cell: row and column of the cell, which numbers its nuclei's place in the order.
        corner: row and column of the first pixel of ``labels`` and ``image``.
        labels: int32 (height, width), 0 or the number of a nucleus in the slide. The nuclei lie
            whole in it, and in no other part.
        image: RGB uint8 (height, width, 3) there, as the file has it.
        certainty: mean probability of each nucleus in the order of the numbers, float64 (n,).
        cut: whether it lies where an object was cut that is larger than a cell, bool (n,).
    """

    cell: tuple[int, int]
    corner: tuple[int, int]
    labels: np.ndarray
    image: np.ndarray
    certainty: np.ndarray
    cut: np.ndarray


def survey_slide(raster: Raster, reference: StainReference, settings: SlideSettings) -> Survey:
    """Find the tissue of a slide and measure its stains there.

    Raises:
        ConfigurationError: neither the file nor the settings say how large a pixel is.
    """
    pixel_size = settings.pixel_size or raster.pixel_size
    if pixel_size is None:
        raise ConfigurationError(
            f"{raster.path} does not state the size of its pixels; give it: 0.25 micrometres at "
            "40x, 0.5 at 20x"
        )
    tissue = {"find": find_tissue, "all": take_all}[settings.tissue](raster, pixel_size)
    patches = sample_tissue(raster, tissue)
    stains = measure_stains(patches, reference)
    return Survey(raster, pixel_size, tissue, stains, seem_exchanged(patches))


def segment_slide(
    survey: Survey,
    network: TrainedNetwork,
    settings: SlideSettings,
    progress: Progress | None = None,
    division: Division | None = None,
) -> Iterator[CellNuclei]:
    """Yield the nuclei of a slide, part by part, numbered from 1 in that order.

    Swaths come from left to right, in a swath cells by rows, in a cell nuclei by their first pixel.

    Args:
        survey: of the slide.
        network: what finds nuclei.
        settings: of the segmentation.
        progress: called now and then with the tiles done, and all tiles.
        division: of the plane, for tests.
    """
    slide = _Slide(survey, network, division or Division(block=settings.block))
    found = 0
    threads = min(settings.threads, MOST_THREADS)
    for nuclei in slide.sweep(threads, progress or (lambda done, total: None)):
        labels = nuclei.labels + found * (nuclei.labels > 0)
        found += len(nuclei.certainty)
        yield replace(nuclei, labels=labels.astype(np.int32))


class _Slide:
    """A slide and what works on it."""

    def __init__(self, survey: Survey, network: TrainedNetwork, division: Division) -> None:
        self._tissue, self._network, self._division = survey.tissue, network, division
        recolor = show_views(network.views, survey.stains, network.reference)
        self._plane = Plane(survey.raster, survey.pixel_size, recolor)
        inference = network.inference
        self._grid = lay_tiles(self._plane.shape, network.tile_size, inference.overlap)

    def sweep(self, threads: int, progress: Progress) -> Iterator[CellNuclei]:
        """Yield the nuclei of each cell, numbered from 1."""
        beyond = reach(self._network.setting.separation, self._division.cell)
        swaths = plan_swaths(self._plane.shape, self._division.swath, beyond)
        tiles = [choose_tiles(self._grid, self._tissue, *swath.seen) for swath in swaths]
        tally = _Tally(sum(map(len, tiles)), progress)
        with ThreadPoolExecutor(threads) as readers, ThreadPoolExecutor(threads) as labellers:
            for swath, chosen in zip(swaths, tiles, strict=True):
                if chosen:
                    strips = self._predict(swath, chosen, readers, threads)
                    counted = tally.count(strips, chosen)
                    regions = cut_regions(counted, swath, self._division, self._tissue)
                    parts = map_ahead(labellers, self._label, regions, threads)
                    yield from self._in_order(chain.from_iterable(parts))

    def _predict(
        self, swath: Swath, tiles: Sequence[Tile], readers: ThreadPoolExecutor, ahead: int
    ) -> Iterator[np.ndarray]:
        """Yield the maps of a swath strip by strip, which a thread of their own makes."""
        network, grid = self._network, self._grid
        windows = read_tiles(self._plane, grid, tiles, readers, ahead)
        strips = blend_tiles(grid, tiles, network.predict(windows), *swath.seen)
        return iterate_ahead(strips, 2)

    def _in_order(self, parts: Iterator[CellNuclei]) -> Iterator[CellNuclei]:
        """Yield parts, which come block by block, by the rows of their cells."""
        rows = self._division.block // self._division.cell
        if rows == 1:
            yield from parts
        else:  # a row of blocks is held
            for _, blocks in groupby(parts, lambda part: part.cell[0] // rows):
                yield from sorted(blocks, key=lambda part: part.cell)

    def _label(self, region: Region) -> list[CellNuclei]:
        found = label_region(region, self._network.setting, self._division.cell)
        return [part for part in map(self._bring_back, found) if len(part.certainty)]

    def _bring_back(self, found: CellLabels) -> CellNuclei:
        """Return the nuclei with their centre in tissue and no ink, in pixels of the slide."""
        in_tissue = self._tissue.at(self._plane.shape, *found.centres)
        labels = np.append(False, in_tissue)[found.labels] * found.labels
        labels, corner = self._plane.bring_back(labels, found.corner)
        image = self._plane.read_original(corner, labels.shape)
        if self._tissue.lacks_ink:
            labels = without_ink(labels, image)
        labels, order = _number(labels, len(in_tissue))
        return CellNuclei(
            found.cell, corner, labels, image, found.certainty[order], found.cut[order]
        )


class _Tally:
    """Counts the tiles of which the maps are done."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._done, self._total, self._progress = 0, total, progress
        progress(0, total)

    def count(self, strips: Iterator[np.ndarray], tiles: Sequence[Tile]) -> Iterator[np.ndarray]:
        """Yield the strips, one a row of tiles, and tell of their tiles."""
        done = Counter(tile.place[0] for tile in tiles)
        for row, strip in enumerate(strips):
            self._done += done[row]
            self._progress(self._done, self._total)
            yield strip


def _number(labels: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Number nuclei by their first pixels.

    Returns:
        Labels int32 from 1, without numbers that are missing; and the old numbers in the new
        order, the first being 0.
    """
    pixels = np.flatnonzero(labels > 0)  # much faster than of numbers
    first = np.full(count + 1, labels.size)
    first[labels.ravel()[pixels[::-1]]] = pixels[::-1]  # the last one that is written stays
    order = np.argsort(first[1:])[: np.count_nonzero(first[1:] < labels.size)]
    numbers = np.zeros(count + 1, np.int32)
    numbers[order + 1] = np.arange(1, len(order) + 1)
    return numbers[labels], order
