"""Write the AJI of every method on each organ that was held out."""

from nucleibench.experiment.jobs import logged
from nucleibench.report.hold_out import write_hold_out
from nucleibench.report.rows import read_titles

cells = map(tuple, snakemake.params.cells)
with logged(snakemake.log[0]):
    write_hold_out(
        dict(zip(cells, snakemake.input.metrics, strict=True)),
        read_titles(snakemake.params.titles),
        snakemake.params.dataset,
        *snakemake.output,
        saw=snakemake.params.saw,
    )
