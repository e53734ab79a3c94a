"""Segment the test images of a dataset with a method that needs no training."""

from pathlib import Path

from nucleibench.jobs import logged
from nucleibench.segment.classical import build_method, segment_folder

with logged(snakemake.log[0]):
    segment_folder(
        build_method(snakemake.params.method["algorithm"], snakemake.params.method["settings"]),
        snakemake.input.sheet,
        Path(snakemake.input.images),
        Path(snakemake.output.segmentations),
        split="test",
        workers=snakemake.threads,
    )
