"""Turn the chosen detections of the test images into instance label maps."""

from functools import partial
from pathlib import Path

from nucleibench.data.sheets import images_of_split, read_sheet
from nucleibench.files import read_json
from nucleibench.jobs import logged
from nucleibench.segment.labelling import write_label_maps
from nucleibench.segment.mask_rcnn_labels import LabelSettings, label_image

with logged(snakemake.log[0]):
    write_label_maps(
        images_of_split(read_sheet(snakemake.input.sheet), "test"),
        partial(
            label_image,
            settings=LabelSettings(**read_json(snakemake.input.choice)),
            detections_folder=Path(snakemake.input.detections),
        ),
        Path(snakemake.output.segmentations),
        workers=snakemake.threads,
    )
