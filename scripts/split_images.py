"""Say which images train and which test where another organ is held out."""

from nucleibench.data.sheets import write_fold_sheet
from nucleibench.experiment.jobs import logged

with logged(snakemake.log[0]):
    write_fold_sheet(snakemake.input.sheet, snakemake.params.organ, snakemake.output.sheet)
