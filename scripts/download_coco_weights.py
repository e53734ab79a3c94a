"""Fetch the COCO checkpoint that Mask R-CNN starts from, once."""

from nucleibench.experiment.jobs import logged
from nucleibench.families.mask_rcnn.pretrained import fetch_coco_weights

with logged(snakemake.log[0]):
    fetch_coco_weights(snakemake.output.weights)
