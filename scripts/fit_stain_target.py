"""Measure the stains of the image to which all others are normalised."""

from nucleibench.jobs import logged
from nucleibench.stain.dataset import fit_target_image

with logged(snakemake.log[0]):
    fit_target_image(
        snakemake.input.sheet,
        snakemake.input.images,
        snakemake.params.settings["target"],
        snakemake.params.settings["engine"],
        snakemake.output.target,
    )
