"""Put a released network where those that are trained lie."""

from pathlib import Path

from nucleibench.compute.accelerators import hide_accelerators
from nucleibench.experiment.jobs import logged
from nucleibench.families.unet.installing import install_network
from nucleibench.families.unet.settings import UNet

with logged(snakemake.log[0]):
    hide_accelerators()  # the job asked for none
    install_network(
        Path(snakemake.input.card).parent,
        UNet.read(snakemake.params.network),
        Path(snakemake.output.weights),
        Path(snakemake.output.card),
    )
