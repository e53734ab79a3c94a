"""Draw Figure 1: the architecture of GB U-Net, or of a U-Net where there is none."""

from nucleibench.jobs import logged
from nucleibench.report.figure1 import write_figure1

with logged(snakemake.log[0]):
    write_figure1(snakemake.input.blocks, *snakemake.output)
