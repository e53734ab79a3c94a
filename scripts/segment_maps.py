"""Turn the probability maps of the test images into instance label maps."""

from pathlib import Path

from nucleibench.data.sheets import images_of_split, read_sheet
from nucleibench.files import read_json
from nucleibench.jobs import logged
from nucleibench.segment.instances import PostProcessing
from nucleibench.segment.maps import segment_maps

with logged(snakemake.log[0]):
    segment_maps(
        images_of_split(read_sheet(snakemake.input.sheet), "test"),
        PostProcessing(**read_json(snakemake.input.choice)),
        Path(snakemake.input.maps),
        Path(snakemake.output.segmentations),
        workers=snakemake.threads,
    )
