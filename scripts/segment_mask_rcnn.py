"""Turn the chosen detections of the test images into instance label maps."""

from pathlib import Path

from nucleibench.data.sheets import images_of_split, read_sheet
from nucleibench.files import read_json
from nucleibench.jobs import logged
from nucleibench.segment.mask_rcnn_labels import LabelSettings, label_folder

with logged(snakemake.log[0]):
    label_folder(
        images_of_split(read_sheet(snakemake.input.sheet), "test"),
        LabelSettings(**read_json(snakemake.input.choice)),
        Path(snakemake.input.detections),
        Path(snakemake.output.segmentations),
        workers=snakemake.threads,
    )
