"""Detect the nuclei of every validation and test image of a dataset with Mask R-CNN."""

from pathlib import Path

from nucleibench.data.sheets import read_sheet
from nucleibench.jobs import logged
from nucleibench.prepare.split import images_to_predict
from nucleibench.training.runtime import configure

method, settings = snakemake.params.method, snakemake.params.training
with logged(snakemake.log[0]):
    configure(settings, snakemake.threads, snakemake.resources.gpu, snakemake.params.seed)
    from nucleibench.models.mask_rcnn.checkpoint import load_trained
    from nucleibench.models.mask_rcnn.settings import MaskRCNNSettings
    from nucleibench.segment.mask_rcnn import DetectionSettings, detect_folder

    detect_folder(
        load_trained(
            MaskRCNNSettings(**method["network"]),
            snakemake.params.tile_size,
            snakemake.input.weights,
        ),
        DetectionSettings(batch_size=snakemake.params.batch_size, **method["detection"]),
        images_to_predict(
            read_sheet(snakemake.input.sheet),
            seed=snakemake.params.seed,
            **snakemake.params.validation,
        ),
        Path(snakemake.input.images),
        Path(snakemake.output.detections),
    )
