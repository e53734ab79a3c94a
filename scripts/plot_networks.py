"""Draw Figure 1: the architecture of GB U-Net, or of a U-Net where there is none."""

from nucleibench.experiment.jobs import logged
from nucleibench.report.networks import plot_networks

with logged(snakemake.log[0]):
    plot_networks(snakemake.input.blocks, snakemake.params.names, *snakemake.output)
