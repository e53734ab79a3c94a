"""Measure the stains of the image to which all others are normalised."""

from nucleibench.images import read_rgb
from nucleibench.jobs import logged
from nucleibench.stain.target import fit_target, write_target

settings = snakemake.params.settings
with logged(snakemake.log[0]):
    image = read_rgb(f"{snakemake.input.images}/{settings['target']}.png")
    write_target(snakemake.output.target, fit_target(image, settings["engine"]))
