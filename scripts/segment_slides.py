"""Write the table of all slides."""

from nucleibench.experiment.jobs import logged
from nucleibench.slides.record import read_record
from nucleibench.slides.tables import write_cohort

with logged(snakemake.log[0]) as tell:
    records = list(map(read_record, snakemake.input.records))
    write_cohort(snakemake.output.summary, snakemake.params.slides, records)
    for line in snakemake.params.left_out:
        tell(f"slides: {line}")
