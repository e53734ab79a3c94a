"""Put a network that others trained where those of this experiment lie."""

from pathlib import Path

from nucleibench.experiment.jobs import logged
from nucleibench.families.unet.release import check_network, read_release
from nucleibench.families.unet.settings import UNet
from nucleibench.files import copy_file

folder = Path(snakemake.input.card).parent
with logged(snakemake.log[0]):
    check_network(read_release(folder), UNet.read(snakemake.params.network))
    for name in ("weights", "card"):
        copy_file(snakemake.input[name], snakemake.output[name])
