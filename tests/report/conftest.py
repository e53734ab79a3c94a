from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nucleibench.data.sheets import SheetRow, write_sheet
from nucleibench.evaluate.evaluating import METRICS_COLUMNS
from nucleibench.evaluate.scores import IOU_PERCENTS
from nucleibench.report.rows import RowTitle

IMAGES = ("TCGA-A7-A13E-01Z-00-DX1", "TCGA-E2-A1B5-01Z-00-DX1", "other_image")

CLASSICAL = "Classical segmentation"
UNETS = "U-Net with varying encoders"
COMBINED = "Mask R-CNN and ensemble networks"
EXTRAS = "Beyond the paper"
ENCODERS = {
    "unet_vgg16": "VGG-16",
    "unet_vgg19": "VGG-19",
    "unet_resnet50": "ResNet-50",
    "unet_resnet101": "ResNet-101",
    "unet_resnet152": "ResNet-152",
    "unet_densenet121": "DenseNet-121",
    "unet_densenet201": "DenseNet-201",
    "unet_inceptionv3": "Inception-v3",
}
PAPER_TITLES = {
    "otsu": RowTitle("Otsu", "Otsu", CLASSICAL),
    "watershed": RowTitle("Watershed", "Watershed", CLASSICAL),
    "fiji": RowTitle("Fiji", "Fiji", CLASSICAL),
    **{key: RowTitle(f"U-Net ({name})", name, UNETS) for key, name in ENCODERS.items()},
    "mask_rcnn": RowTitle("Mask R-CNN", "Mask R-CNN", COMBINED),
    "unet_ensemble": RowTitle("U-Net Ensemble", "Ensemble", COMBINED),
    "gb_unet": RowTitle("GB U-Net", "GB U-Net", COMBINED),
}


@pytest.fixture
def paper_titles():
    """The titles of the paper's rows, in the order of its Table 2."""
    return PAPER_TITLES


@pytest.fixture
def titles_of():
    """A function that gives rows their titles; those that the paper has not go by their keys."""

    def titles_of(*rows, notes=()):
        titles = {row: PAPER_TITLES.get(row, RowTitle(row, row, EXTRAS)) for row in rows}
        return {row: replace(title, note=dict(notes).get(row, "")) for row, title in titles.items()}

    return titles_of


@pytest.fixture
def write_sheet_of(tmp_path):
    """A function that writes the sheet of images, whose patients and organs can be given."""

    def write(images=IMAGES, patients=None, organs=None, split="test", name="images"):
        facts = zip(images, patients or images, organs or ["breast"] * len(images), strict=True)
        rows = [
            SheetRow(image, organ, patient, "all", split, 100, 100, 1, "0" * 64)
            for image, patient, organ in facts
        ]
        write_sheet(tmp_path / f"{name}.csv", rows)
        return tmp_path / f"{name}.csv"

    return write


@pytest.fixture
def write_metrics(tmp_path):
    """A function that writes a metrics file: AJIs of three images, counts that fall with IoU."""

    def write(
        method,
        aji=(0.3, 0.2, 0.4),
        n_true=(10, 20, 30),
        n_predicted=(20, 20, 20),
        name=None,
        images=IMAGES,
    ):
        counts = np.linspace(10, 1, len(IOU_PERCENTS)).astype(int)
        rows = pd.DataFrame(0.5, range(len(images)), METRICS_COLUMNS).astype({"image": object})
        rows[["image", "n_true", "n_predicted", "aji"]] = list(
            zip(images, n_true, n_predicted, aji, strict=True)
        )
        rows[[f"tp_{percent}" for percent in IOU_PERCENTS]] = counts
        path = tmp_path / "metrics" / (name or f"{method}.csv")
        path.parent.mkdir(exist_ok=True)
        rows.to_csv(path, index=False)
        return path

    return write
