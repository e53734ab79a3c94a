"""Choose threshold and smallest object of a method on the validation images."""

from functools import partial
from pathlib import Path

from nucleibench.data.sheets import read_sheet
from nucleibench.evaluate.choosing import choose_setting
from nucleibench.jobs import logged
from nucleibench.prepare.split import draw_validation_images
from nucleibench.segment.instances import list_candidates
from nucleibench.segment.maps import label_map

sheet, validation = read_sheet(snakemake.input.sheet), snakemake.params.validation
with logged(snakemake.log[0]) as tell:
    choice = choose_setting(
        draw_validation_images(sheet, seed=snakemake.params.seed, **validation),
        list_candidates(snakemake.params.method["separation"], **snakemake.params.candidates),
        partial(label_map, maps_folder=Path(snakemake.input.maps)),
        Path(snakemake.input.labels),
        Path(snakemake.output.table),
        Path(snakemake.output.choice),
        workers=snakemake.threads,
    )
    tell(f"{snakemake.wildcards.method}: validation images chose {choice}")
