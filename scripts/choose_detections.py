"""Choose which detections of Mask R-CNN are nuclei, on the validation images."""

from functools import partial
from itertools import product
from pathlib import Path

from nucleibench.data.sheets import read_sheet
from nucleibench.evaluate.choosing import choose_setting
from nucleibench.jobs import logged
from nucleibench.prepare.split import draw_validation_images
from nucleibench.segment.mask_rcnn_labels import LabelSettings, label_image

sheet, validation = read_sheet(snakemake.input.sheet), snakemake.params.validation
method, sizes = snakemake.params.method, snakemake.params.candidates["min_sizes"]
with logged(snakemake.log[0]) as tell:
    choice = choose_setting(
        draw_validation_images(sheet, seed=snakemake.params.seed, **validation),
        [LabelSettings(*chosen) for chosen in product(method["scores"], method["max_ious"], sizes)],
        partial(label_image, detections_folder=Path(snakemake.input.detections)),
        Path(snakemake.input.labels),
        Path(snakemake.output.table),
        Path(snakemake.output.choice),
        workers=snakemake.threads,
    )
    tell(f"{snakemake.wildcards.method}: validation images chose {choice}")
