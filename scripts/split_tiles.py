"""Say which tiles train and which validate where another organ is held out."""

from pathlib import Path

from nucleibench.data.sheets import read_sheet
from nucleibench.experiment.jobs import logged
from nucleibench.prepare.fold_tiles import write_fold_tiles
from nucleibench.prepare.settings import Validation

parameters = snakemake.params.job
with logged(snakemake.log[0]):
    write_fold_tiles(
        Path(snakemake.input.store[0]).parent,
        read_sheet(snakemake.input.sheet),
        Path(snakemake.output[0]).parent,
        Validation.read(parameters["validation"]),
        parameters["seed"],
    )
