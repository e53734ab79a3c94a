"""Draw Figure 2: average precision against the IoU threshold."""

from nucleibench.jobs import logged
from nucleibench.report.figure2 import write_figure2

with logged(snakemake.log[0]):
    write_figure2(
        dict(zip(snakemake.params.methods, snakemake.input.metrics, strict=True)),
        *snakemake.output,
    )
