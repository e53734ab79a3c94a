"""Choose on the validation images how predictions become nuclei."""

from functools import partial
from importlib import import_module
from pathlib import Path

from nucleibench.data.sheets import read_sheet, scales_of
from nucleibench.evaluate.choosing import choose_setting
from nucleibench.experiment.jobs import logged
from nucleibench.labelling.settings import Candidates
from nucleibench.prepare.settings import Validation
from nucleibench.prepare.split import draw_validation_images

parameters = snakemake.params.job
validation = Validation.read(parameters["validation"])
with logged(snakemake.log[0]) as tell:
    family = import_module(parameters["module"])
    method = family.METHOD.read(parameters["method"])
    sheet = read_sheet(snakemake.input.sheet)
    images = draw_validation_images(sheet, validation, parameters["seed"])
    setting = choose_setting(
        scales_of(sheet, images),
        family.list_candidates(method, Candidates.read(parameters["candidates"])),
        partial(
            family.label_image, method=method, sources=list(map(Path, snakemake.input.sources))
        ),
        Path(snakemake.input.labels),
        Path(snakemake.output.table),
        Path(snakemake.output.setting),
        workers=snakemake.threads,
    )
    tell(f"{snakemake.wildcards.chosen}: validation images chose {setting}")
