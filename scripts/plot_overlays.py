"""Draw Figure 3: right, missed and wrong pixels in the easiest and the hardest image."""

from pathlib import Path

from nucleibench.experiment.jobs import logged
from nucleibench.report.overlays import plot_overlays
from nucleibench.report.rows import read_titles
from nucleibench.report.saw import mark_titles

with logged(snakemake.log[0]):
    titles = read_titles(snakemake.params.titles)
    titles = mark_titles(titles, snakemake.input.saw, Path(snakemake.input.images).parent.name)
    plot_overlays(
        snakemake.input.images,
        snakemake.input.labels,
        dict(zip(titles, snakemake.input.segmentations, strict=True)),
        dict(zip(titles, snakemake.input.metrics, strict=True)),
        titles,
        *snakemake.output,
    )
