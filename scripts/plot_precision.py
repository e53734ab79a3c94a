"""Draw Figure 2: average precision against the IoU threshold."""

from nucleibench.experiment.jobs import logged
from nucleibench.report.precision import plot_precision
from nucleibench.report.rows import read_titles
from nucleibench.report.saw import mark_titles

with logged(snakemake.log[0]):
    titles = read_titles(snakemake.params.titles)
    titles = mark_titles(titles, snakemake.input.saw, snakemake.params.dataset)
    plot_precision(
        dict(zip(titles, snakemake.input.metrics, strict=True)),
        titles,
        *snakemake.output,
    )
