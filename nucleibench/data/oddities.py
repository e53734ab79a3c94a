"""What is odd about images and their nuclei: nothing is refused for it, all is told."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence

import cv2
import numpy as np

from nucleibench.data.samples import count, name_some
from nucleibench.data.sheets import SheetRow
from nucleibench.images import PIXEL_SIZE
from nucleibench.images.resampling import Scale

CONTRAST = 0.1
"""How much darker than the rest nuclei are, in standard deviations of the grey of the image. Of 86
real images the least has 0.38, and labels of another image have about 0."""

COARSE = 1.0
"""Micrometres (10x), from which on a nucleus has few pixels: one of 8 micrometres has 50."""


def describe_image(image: np.ndarray, labels: np.ndarray) -> tuple[str, ...]:
    """Return what is odd about the nuclei of an image, in words.

    Args:
        image: RGB uint8 (height, width, 3).
        labels: int32 (height, width), 0 = background.
    """
    nuclei = labels > 0
    if nuclei.all() or not nuclei.any():
        return ("its nuclei cover the whole image; background is 0",) if nuclei.all() else ()
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    inside, outside = float(grey[nuclei].mean()), float(grey[~nuclei].mean())
    if outside - inside > CONTRAST * grey.std():
        return ()
    return (
        f"its nuclei are not darker than the rest (mean grey {inside:.0f} and {outside:.0f}); are "
        "they of another image, shifted, or of another scale?",
    )


def describe_dataset(rows: Sequence[SheetRow], test_organ: str) -> list[str]:
    """Return what is odd about the images of a dataset together, in words.

    Args:
        rows: lines of its sheet.
        test_organ: organ that is held out.
    """
    return [note for describe in DESCRIPTIONS for note in describe(rows, test_organ)]


def _patients_of_one_name(rows: Sequence[SheetRow], test_organ: str) -> Iterator[str]:
    for names in _groups((row.patient.casefold(), row.patient) for row in rows).values():
        yield f"patients {' and '.join(names)} differ only in case; are they one patient?"


def _same_pixels(rows: Sequence[SheetRow], test_organ: str) -> Iterator[str]:
    for same in _groups((row.sha256, row.image) for row in rows).values():
        yield f"{name_some(same)} have the same pixels; is one image there twice?"


def _patient_in_splits(rows: Sequence[SheetRow], test_organ: str) -> Iterator[str]:
    pairs = ((row.patient, "test" if row.split == "test" else "train") for row in rows)
    for patient, splits in _groups(pairs).items():
        yield (
            f"patient {patient} is in {' and '.join(splits)}; what is learnt from a patient is no "
            "test of that patient"
        )


def _patient_of_organs(rows: Sequence[SheetRow], test_organ: str) -> Iterator[str]:
    for patient, organs in _groups((row.patient, row.organ) for row in rows).items():
        yield f"patient {patient} has images of {' and '.join(organs)}; are they two patients?"


def _patient_in_parts(rows: Sequence[SheetRow], test_organ: str) -> Iterator[str]:
    for patient, parts in _groups((row.patient, row.part) for row in rows).items():
        yield f"patient {patient} is in the parts {' and '.join(parts)}; are they two patients?"


def _training_on_test_organ(rows: Sequence[SheetRow], test_organ: str) -> Iterator[str]:
    held = [row.image for row in rows if row.organ == test_organ and row.split != "test"]
    if held:
        yield f"{name_some(held)}: of {test_organ}, which is held out, and split for training"


def _is_scaled(row: SheetRow) -> bool:
    scale = Scale((row.height, row.width), row.pixel_size)
    return scale.seen != scale.shape


def _other_scale(rows: Sequence[SheetRow], test_organ: str) -> Iterator[str]:
    others = [row for row in rows if _is_scaled(row)]
    if others:
        sizes = ", ".join(f"{size:g}" for size in sorted({row.pixel_size for row in others}))
        have = "has" if len(others) == 1 else "have"
        yield (
            f"{count(len(others), 'image')} of {len(rows)} {have} pixels of {sizes} micrometres."
            f" The workflow brings these images to {PIXEL_SIZE} micrometres, and what is found in"
            " them back to their own pixels, in which it is scored"
        )


def _coarse_scale(rows: Sequence[SheetRow], test_organ: str) -> Iterator[str]:
    coarse = [row.image for row in rows if row.pixel_size > COARSE]
    if coarse:
        yield (
            f"{name_some(coarse)}: pixels of more than {COARSE:g} micrometre, few on a nucleus; is"
            " pixel_size right?"
        )


DESCRIPTIONS = (
    _other_scale,
    _coarse_scale,
    _same_pixels,
    _patients_of_one_name,
    _patient_in_splits,
    _patient_of_organs,
    _patient_in_parts,
    _training_on_test_organ,
)
"""(lines of the sheet, test organ) -> notes."""


def _groups(pairs: Iterable[tuple[Hashable, str]]) -> dict[Hashable, list[str]]:
    """Return keys that have several values, with them in ascending order."""
    found: dict[Hashable, set[str]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return {key: sorted(values) for key, values in found.items() if len(values) > 1}
