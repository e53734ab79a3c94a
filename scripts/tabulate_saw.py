"""Write what every row saw in training."""

from nucleibench.experiment.jobs import logged
from nucleibench.report.rows import read_titles
from nucleibench.report.saw import write_saw

with logged(snakemake.log[0]):
    write_saw(
        snakemake.params.saw,
        read_titles(snakemake.params.titles),
        dict(zip(snakemake.params.datasets, snakemake.input.sheets, strict=True)),
        snakemake.params.training_dataset,
        *snakemake.output,
    )
