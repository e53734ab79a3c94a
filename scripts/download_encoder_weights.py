"""Fetch the ImageNet weights of an encoder, once."""

from nucleibench.experiment.jobs import logged
from nucleibench.families.unet.fetching import fetch_encoder_weights

with logged(snakemake.log[0]):
    fetch_encoder_weights(snakemake.output.weights)
