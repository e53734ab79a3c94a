"""Segment one image or slide and write its results."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nucleibench.images import PIXEL_SIZE
from nucleibench.images.interface import Raster
from nucleibench.images.raster import open_raster
from nucleibench.slides.geojson import write_geojson
from nucleibench.slides.label_map import write_label_map
from nucleibench.slides.nuclei import NucleusStore, describe
from nucleibench.slides.options import Options
from nucleibench.slides.outputs import OutputPlan
from nucleibench.slides.pictures import OutlinePicture
from nucleibench.slides.record import RECORD, Record, write_record
from nucleibench.slides.regions import Regions
from nucleibench.slides.resuming import started, working_folder
from nucleibench.slides.tables import write_table
from nucleibench.slides.whole_slide import (
    Progress,
    Survey,
    TrainedNetwork,
    segment_slide,
    survey_slide,
)
from nucleibench.stain.findings import NO_TISSUE, SINGLE_STAIN, UNUSUAL_STAINS
from nucleibench.stain.reference import Stains

PYRAMID = 8192
"""Longest side in pixels up to which a label map needs no pyramid."""

LARGEST_UM2 = 350
"""Area in µm² beyond which an outline is no nucleus: of 30,292 nuclei of MoNuSeg (without breast)
and CoNSeP, the largest has 321, and all others less than 220."""

STAIN_WARNINGS = {
    NO_TISSUE: "hardly any tissue was found; colours were not normalised",
    SINGLE_STAIN: "one stain alone was found; colours were not normalised",
    UNUSUAL_STAINS: "the stains are unusual for H&E; colours were not normalised",
}

EXCHANGED = (
    "red and blue may be exchanged, or the stains are not H&E: the darkest tissue absorbs more "
    "blue than the rest, where nuclei absorb more red; save the image in the order of RGB"
)


@dataclass
class Segmented:
    """An image whose nuclei are known."""

    survey: Survey
    store: NucleusStore
    cut: int  # nuclei that lie where too large an object was cut
    areas: list[np.ndarray]  # in µm², block by block


def segment_image(
    plan: OutputPlan,
    record: Record,
    network: TrainedNetwork,
    options: Options,
    stains: Stains | None,
    progress: Progress,
) -> Record:
    """Segment an image, write its results, and return its record.

    Args:
        plan: where results go.
        record: what is known of the run beforehand.
        network: what finds nuclei.
        options: of the segmentation.
        stains: of the slide, where they were measured in several images of it.
        progress: called with the tiles done, and all tiles.

    Raises:
        DataError: the image cannot be read.
    """
    with (
        open_raster(plan.image) as raster,
        started(plan, record),
        working_folder(plan) as folder,
        NucleusStore(folder) as store,
    ):
        segmented = find_nuclei(raster, network, options, stains, store, progress)
        paths = {kind: path for kind, path in plan.paths.items() if kind != RECORD}
        for kind, path in paths.items():
            WRITERS[kind](folder / path.name, segmented, options)
        for path in paths.values():  # all are there: those of an earlier run stay until now
            (folder / path.name).replace(path)
        found = describe_result(segmented, options)
    finished = record.finish(runtime=network.runtime, **found)
    write_record(plan.path(RECORD), finished)
    return finished


def find_nuclei(
    raster: Raster,
    network: TrainedNetwork,
    options: Options,
    stains: Stains | None,
    store: NucleusStore,
    progress: Progress,
) -> Segmented:
    """Find the nuclei of an image and measure them into a store."""
    size = options.pixel_size or raster.pixel_size or PIXEL_SIZE
    settings = options.model_copy(update={"pixel_size": size})
    survey = survey_slide(raster, network.reference, settings)
    if stains is not None:
        survey = replace(survey, stains=stains)
    segmented = Segmented(survey, store, 0, [])
    for part in segment_slide(survey, network, settings, progress):
        origin = (part.corner[1], part.corner[0])
        regions = Regions(part.labels, part.image, size, origin, certainty=part.certainty)
        nuclei = describe(regions)
        store.add(nuclei)
        segmented.areas.append(nuclei.table["area_um2"].to_numpy())
        segmented.cut += int(part.cut.sum())
    store.finish(options.threads)
    return segmented


def describe_result(segmented: Segmented, options: Options) -> dict[str, Any]:
    """Return what is known of an image once it is segmented, as a Record has it."""
    survey, raster = segmented.survey, segmented.survey.raster
    counts: dict[str, float | None] = {
        "nuclei": len(segmented.store),
        "tissue_mm2": survey.tissue_mm2,
        "mean_area_um2": float(np.concatenate(segmented.areas).mean()) if segmented.areas else None,
    }
    source = "given" if options.pixel_size else raster.pixel_size_source or "assumed"
    return {
        "pixel_size": {"um": survey.pixel_size, "source": source},
        "stain": survey.stains.findings.row(),
        "counts": counts,
        "warnings": tuple(list_warnings(segmented, options)),
    }


def list_warnings(segmented: Segmented, options: Options) -> Iterator[str]:
    """Yield what a user should know of an image, in words."""
    raster, flag = segmented.survey.raster, segmented.survey.stains.findings.flag
    yield from raster.notes
    if options.pixel_size is None and raster.pixel_size is None:
        yield f"the file does not state the size of a pixel: {PIXEL_SIZE} micrometres are assumed"
    if flag in STAIN_WARNINGS:
        yield STAIN_WARNINGS[flag]
    if segmented.survey.exchanged:
        yield EXCHANGED
    if segmented.cut:
        yield f"{segmented.cut} nuclei lie where an object larger than any nucleus was cut"
    large = [area for areas in segmented.areas for area in areas[areas > LARGEST_UM2].tolist()]
    if large:
        yield (
            f"outlines larger than any nucleus ({LARGEST_UM2} square micrometres): "
            f"{len(large)}, up to {max(large):,.0f}; look for folds, ink and keratin there, and "
            "check the pixel size"
        )


def _write_geojson(path: Any, segmented: Segmented, options: Options) -> None:
    name = segmented.survey.raster.path.name
    write_geojson(path, name, segmented.store, simplified=options.simplified)


def _write_table(path: Any, segmented: Segmented, options: Options) -> None:
    write_table(path, segmented.store)


def _write_labels(path: Any, segmented: Segmented, options: Options) -> None:
    shape, size = segmented.survey.raster.shape, segmented.survey.pixel_size
    write_label_map(path, shape, segmented.store, size, pyramid=max(shape) > PYRAMID)


def _write_picture(path: Any, segmented: Segmented, options: Options) -> None:
    raster = segmented.survey.raster
    picture = OutlinePicture(raster.shape)
    picture.lay_under(raster)
    for _, outlines in segmented.store.outlines():
        picture.draw(outlines)
    picture.write(path)


WRITERS: Mapping[str, Callable[[Any, Segmented, Options], None]] = {
    "geojson": _write_geojson,
    "geojson.gz": _write_geojson,
    "csv": _write_table,
    "parquet": _write_table,
    "labels": _write_labels,
    "picture": _write_picture,
}
"""What writes a kind of output; the kinds are those of OUTPUTS."""
