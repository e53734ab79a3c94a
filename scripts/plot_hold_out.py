"""Draw the AJI of every method on each organ that was held out."""

from nucleibench.experiment.jobs import logged
from nucleibench.report.hold_out import plot_hold_out
from nucleibench.report.rows import read_titles

with logged(snakemake.log[0]):
    plot_hold_out(snakemake.input.table, read_titles(snakemake.params.titles), *snakemake.output)
