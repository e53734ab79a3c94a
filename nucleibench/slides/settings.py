"""The section `slides` of a configuration; it imports nothing heavy."""

from typing import Annotated, Literal

from pydantic import Field

from nucleibench.bounds import MOST_TURNS
from nucleibench.settings import Count, Settings

Kind = Literal["geojson", "geojson.gz", "csv", "parquet", "labels", "picture"]
TissueChoice = Literal["find", "all"]
Turns = Annotated[int, Field(ge=1, le=MOST_TURNS)]


class Slides(Settings):
    """Slides of one's own to segment beside the experiment: `snakemake segment_slides`."""

    images: Annotated[str, Field(min_length=1)]
    """Folder of slides, or a CSV sheet with the column slide (paths of files, relative to the
    sheet) and, if you like, patient and pixel_size (micrometres; empty takes what the file
    states)."""
    network: Annotated[str, Field(min_length=1)] = "nucleibench/pretrained/compact_unet"
    """What finds nuclei: a name in `networks`, released with the first method that uses it alone;
    a name in `methods`, for the mean of several networks; or the folder of a release, relative to
    the Snakefile."""
    members: Annotated[tuple[Count, ...], Field(min_length=1)] | None = None
    """Which of the networks of a release segment: numbers from 1, in the order of its card. null
    takes the mean of all."""
    outputs: Annotated[tuple[Kind, ...], Field(min_length=1)] = (
        "geojson",
        "csv",
        "labels",
        "picture",
    )
    """What is written of each slide, beside its record."""
    tissue: TissueChoice = "find"
    """Whether to segment the tissue alone, not glass, ink and black borders, or all."""
    turns: Turns | None = None
    """Ways to lay a tile before the network, averaged; null takes those of the network's scores."""
    threads: Count = 8
    """Processor threads of the job of a slide."""
    gpus: Annotated[int, Field(ge=0)] = 1
    """Accelerators that the job of a slide asks for. Without one, processors compute."""
