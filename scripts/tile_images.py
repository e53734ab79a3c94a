"""Cut the normalised training images into a store of tiles, augmented where variants are asked."""

from pathlib import Path

from nucleibench.data.sheets import read_sheet
from nucleibench.jobs import logged
from nucleibench.prepare.augment import Augmentation
from nucleibench.prepare.tiling import Sources, Tiling, write_tiles

tiling = Tiling(
    **snakemake.params.tiles,
    augmentation=Augmentation(**snakemake.params.augmentation),
    validation_fraction=snakemake.params.validation["fraction"],
    validation_unit=snakemake.params.validation["unit"],
    seed=snakemake.params.seed,
)
sources = Sources(*(Path(snakemake.input[folder]) for folder in ("images", "labels", "weights")))
with logged(snakemake.log[0]):
    write_tiles(
        read_sheet(snakemake.input.sheet),
        sources,
        Path(snakemake.output.sheet).parent,
        tiling,
        workers=snakemake.threads,
    )
