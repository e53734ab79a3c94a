"""Images of a whole sheet as networks see them: in the colours of a reference, and at one scale."""

from collections.abc import Mapping
from functools import partial
from itertools import chain
from pathlib import Path

import pandas as pd

from nucleibench.data.sheets import read_sheet
from nucleibench.files import atomic_path
from nucleibench.images import read_rgb, write_rgb
from nucleibench.images.resampling import resample_image
from nucleibench.parallel import map_in_processes
from nucleibench.stain.reference import (
    UNCHANGED,
    StainReference,
    normalize_together,
    read_reference,
)


def normalize_dataset(
    sheet_csv: str | Path,
    images_folder: str | Path,
    reference_json: str | Path | None,
    output_folder: str | Path,
    output_sheet_csv: str | Path,
    unit: str,
    workers: int,
) -> None:
    """Normalise ``{image}.png`` of every row of an image sheet; without a reference, keep colours.

    An image whose pixels have another size than 0.25 micrometres is then brought to that scale.
    ``unit`` is a column of the sheet, ``patient`` or ``image``; images with the same value in it
    are measured together. The sheet of results has one row an image: its name and the findings
    (see StainFindings), which are those of the whole unit. The result does not depend on the number
    of ``workers`` (processes).
    """
    sheet = read_sheet(sheet_csv)
    sizes = sheet.set_index("image")["pixel_size"]
    units = [sizes[names].to_dict() for _, names in sheet.groupby(unit, sort=False)["image"]]
    normalize = partial(
        _normalize_files,
        images_folder=Path(images_folder),
        reference=read_reference(reference_json) if reference_json else UNCHANGED,
        output_folder=Path(output_folder),
    )
    rows = chain.from_iterable(map_in_processes(normalize, units, workers))
    results = pd.DataFrame(rows).set_index("image").loc[sheet["image"]]
    with atomic_path(output_sheet_csv) as temporary:
        results.to_csv(temporary)


def _normalize_files(
    pixel_sizes: Mapping[str, float],
    images_folder: Path,
    reference: StainReference,
    output_folder: Path,
) -> list[dict[str, str | float | None]]:
    images = [read_rgb(images_folder / f"{name}.png") for name in pixel_sizes]
    normalized, findings = normalize_together(images, reference)
    for (name, pixel_size), image in zip(pixel_sizes.items(), normalized, strict=True):
        write_rgb(output_folder / f"{name}.png", resample_image(image, pixel_size))
    return [{"image": name, **findings.row()} for name in pixel_sizes]
