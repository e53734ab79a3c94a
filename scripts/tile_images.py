"""Cut the normalised training images into a store of tiles, augmented where variants are asked."""

from pathlib import Path

from nucleibench.data.sheets import read_sheet
from nucleibench.experiment.jobs import logged
from nucleibench.prepare.settings import Augmentation, Tiles, Validation
from nucleibench.prepare.tiling import Sources, Tiling, write_tiles

plain = snakemake.params.tiling
tiling = Tiling(
    Tiles.read(plain["tiles"]),
    Augmentation.read(plain["augmentation"]),
    Validation.read(plain["validation"]),
    plain["seed"],
)
sources = Sources(*(Path(snakemake.input[folder]) for folder in ("images", "labels", "weights")))
with logged(snakemake.log[0]):
    write_tiles(
        read_sheet(snakemake.input.sheet),
        sources,
        Path(snakemake.output[0]).parent,
        tiling,
        workers=snakemake.threads,
    )
