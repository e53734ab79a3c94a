"""Write the instance label maps of the test images of a dataset."""

from functools import partial
from importlib import import_module
from pathlib import Path

from nucleibench.data.sheets import read_images_of_split, read_sheet, scales_of
from nucleibench.experiment.jobs import logged
from nucleibench.labelling.label_maps import write_label_maps

parameters, sheet = snakemake.params.job, snakemake.input.sheet
with logged(snakemake.log[0]):
    family = import_module(parameters["module"])
    chosen = [family.read_setting(Path(path)) for path in snakemake.input.get("setting", [])]
    write_label_maps(
        scales_of(read_sheet(sheet), read_images_of_split(sheet, "test")),
        partial(
            family.label_image,
            setting=next(iter(chosen), None),
            method=family.METHOD.read(parameters["method"]),
            sources=list(map(Path, snakemake.input.sources)),
        ),
        Path(snakemake.output.labels),
        workers=snakemake.threads,
    )
