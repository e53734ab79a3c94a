"""Draw Figure 3: right, missed and wrong pixels in the easiest and the hardest image."""

from nucleibench.jobs import logged
from nucleibench.report.figure3 import write_figure3

methods = snakemake.params.methods
with logged(snakemake.log[0]):
    write_figure3(
        snakemake.input.images,
        snakemake.input.labels,
        dict(zip(methods, snakemake.input.segmentations, strict=True)),
        dict(zip(methods, snakemake.input.metrics, strict=True)),
        *snakemake.output,
    )
