"""Fetch the ImageNet weights of an encoder, once."""

from nucleibench.jobs import logged
from nucleibench.models.pretrained import fetch_encoder_weights

with logged(snakemake.log[0]):
    fetch_encoder_weights(snakemake.wildcards.encoder, snakemake.output.weights)
