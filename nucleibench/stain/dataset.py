"""Colour normalisation of a whole image sheet."""

from collections.abc import Sequence
from functools import partial
from itertools import chain
from pathlib import Path

import pandas as pd

from nucleibench.data.sheets import read_sheet
from nucleibench.files import atomic_path
from nucleibench.images import read_rgb, write_rgb
from nucleibench.parallel import map_in_processes
from nucleibench.stain.target import StainTarget, normalize_together, read_target


def normalize_dataset(
    sheet_csv: str | Path,
    images_folder: str | Path,
    target_json: str | Path,
    output_folder: str | Path,
    output_sheet_csv: str | Path,
    unit: str,
    workers: int,
) -> None:
    """Normalise ``{image}.png`` of every row of an image sheet.

    Images of one ``unit`` are measured together; it is the column of the sheet that tells them
    apart: ``image`` (each by itself) or ``patient``. The sheet of results has one row an image: its
    name, the engine, the flag that says what happened (see StainReport), the share of tissue, and
    the stain vectors and 99th percentiles that were found, all of them of the whole unit. The
    result does not depend on the number of ``workers`` (processes).
    """
    sheet = read_sheet(sheet_csv)
    units = [names.tolist() for _, names in sheet.groupby(unit, sort=False)["image"]]
    normalize = partial(
        _normalize_files,
        images_folder=Path(images_folder),
        target=read_target(target_json),
        output_folder=Path(output_folder),
    )
    rows = chain.from_iterable(map_in_processes(normalize, units, workers))
    results = pd.DataFrame(rows).set_index("image").loc[sheet["image"]]
    with atomic_path(output_sheet_csv) as temporary:
        results.to_csv(temporary)


def _normalize_files(
    names: Sequence[str], images_folder: Path, target: StainTarget, output_folder: Path
) -> list[dict[str, str | float | None]]:
    images = [read_rgb(images_folder / f"{name}.png") for name in names]
    normalized, report = normalize_together(images, target)
    for name, image in zip(names, normalized, strict=True):
        write_rgb(output_folder / f"{name}.png", image)
    return [{"image": name, **report.row()} for name in names]
