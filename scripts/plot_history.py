"""Draw the learning curve of a training."""

from nucleibench.experiment.jobs import logged
from nucleibench.report.history import plot_history

with logged(snakemake.log[0]):
    plot_history(snakemake.input.history, snakemake.input.card, snakemake.output[0])
