"""The real archives, imported and colour-normalised as the experiment does."""

import os
import warnings
from pathlib import Path

from nucleibench.data.importing import import_dataset
from nucleibench.data.settings import Archive, Dataset
from nucleibench.images import read_rgb
from nucleibench.stain.dataset import normalize_dataset
from nucleibench.stain.reference import fit_reference, write_reference

REAL_DATA = os.environ.get("NUCLEIBENCH_REAL_DATA")
REFERENCE = "TCGA-B0-5711-01Z-00-DX1"
ARCHIVES = {
    "monuseg": {
        "train": "MoNuSeg_2018_Training_Data.zip",
        "test": "MoNuSegTestData.zip",
    },
    "tnbc": {"all": "TNBC_NucleiSegmentation_slides_01-03.zip"},
}


def import_real_data(folder, dataset, workers=1):
    """Import one dataset to ``folder``/``dataset``; return that folder."""
    paths = {part: Path(REAL_DATA) / name for part, name in ARCHIVES[dataset].items()}
    archives = {part: Archive(path=str(path)) for part, path in paths.items()}
    settings = Dataset(format=dataset, archives=archives)
    place = Path(folder) / dataset
    reference = REFERENCE if dataset == "monuseg" else None
    with warnings.catch_warnings(action="ignore"):
        import_dataset(dataset, settings, paths, place, "breast", reference, workers)
    return place


def normalize_real_data(folder, dataset, reference, workers=1):
    """Normalise an imported dataset to its subfolder ``normalized``."""
    reference_json = Path(folder) / "target.json"
    write_reference(reference_json, fit_reference(read_rgb(reference), "vahadane"))
    place = Path(folder) / dataset
    normalize_dataset(
        place / "images.csv", place / "images", reference_json, place / "normalized",
        place / "normalized.csv", "patient", workers,
    )  # fmt: skip
