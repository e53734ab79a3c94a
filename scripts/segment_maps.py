"""Turn the probability maps of the test images into instance label maps."""

from functools import partial
from pathlib import Path

from nucleibench.data.sheets import images_of_split, read_sheet
from nucleibench.jobs import logged
from nucleibench.segment.instances import read_choice
from nucleibench.segment.labelling import write_label_maps
from nucleibench.segment.maps import label_map

with logged(snakemake.log[0]):
    write_label_maps(
        images_of_split(read_sheet(snakemake.input.sheet), "test"),
        partial(
            label_map,
            settings=read_choice(snakemake.input.choice),
            maps_folder=Path(snakemake.input.maps),
        ),
        Path(snakemake.output.segmentations),
        workers=snakemake.threads,
    )
