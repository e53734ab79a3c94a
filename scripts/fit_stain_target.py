"""Measure the stains of the image to which all others are normalised."""

from nucleibench.jobs import logged
from nucleibench.stain.target import load_target, write_target

settings = snakemake.params
path = snakemake.input.get("path") or f"{snakemake.input.images}/{settings.image}.png"
with logged(snakemake.log[0]):
    write_target(snakemake.output.target, load_target(path, settings.engine))
