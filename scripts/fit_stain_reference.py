"""Measure the stains of the image to which all others are normalised."""

from nucleibench.experiment.jobs import logged
from nucleibench.stain.reference import load_reference, write_reference

settings = snakemake.params
path = snakemake.input.get("path") or f"{snakemake.input.images}/{settings.image}.png"
with logged(snakemake.log[0]):
    write_reference(snakemake.output.reference, load_reference(path, settings.engine))
