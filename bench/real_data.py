"""The real archives, imported and colour-normalised as the experiment does."""

import os
import warnings
from pathlib import Path

from nucleibench.data.importing import import_dataset
from nucleibench.images import read_rgb
from nucleibench.stain.dataset import normalize_dataset
from nucleibench.stain.target import fit_target, write_target

REAL_DATA = os.environ.get("NUCLEIBENCH_REAL_DATA")
TARGET = "TCGA-B0-5711-01Z-00-DX1"
ARCHIVES = {
    "monuseg": {
        "train": "MoNuSeg_2018_Training_Data.zip",
        "test": "MoNuSegTestData.zip",
    },
    "tnbc": {"all": "TNBC_NucleiSegmentation_slides_01-03.zip"},
}


def import_real_data(folder, dataset, workers=1):
    """Import one dataset to ``folder``/``dataset``; return that folder."""
    archives = {part: Path(REAL_DATA) / name for part, name in ARCHIVES[dataset].items()}
    place = Path(folder) / dataset
    target = TARGET if dataset == "monuseg" else None
    with warnings.catch_warnings(action="ignore"):
        import_dataset(dataset, archives, place, "breast", target, None, workers)
    return place


def normalize_real_data(folder, dataset, target, workers=1):
    """Normalise an imported dataset to its subfolder ``normalized``."""
    target_json = Path(folder) / "target.json"
    write_target(target_json, fit_target(read_rgb(target), "vahadane"))
    place = Path(folder) / dataset
    normalize_dataset(
        place / "images.csv", place / "images", target_json, place / "normalized",
        place / "normalized.csv", "patient", workers,
    )  # fmt: skip
