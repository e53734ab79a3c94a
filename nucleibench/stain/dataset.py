"""Colour normalisation of a whole image sheet."""

from functools import partial
from pathlib import Path

import pandas as pd

from nucleibench.data.sheets import read_sheet
from nucleibench.files import atomic_path
from nucleibench.images import read_rgb, write_rgb
from nucleibench.parallel import map_in_processes
from nucleibench.stain.target import StainTarget, normalize_image, read_target


def normalize_dataset(
    sheet_csv: str | Path,
    images_folder: str | Path,
    target_json: str | Path,
    output_folder: str | Path,
    output_sheet_csv: str | Path,
    workers: int,
) -> None:
    """Normalise ``{image}.png`` of every row of an image sheet.

    The sheet of results has one row an image: its name, the engine, the flag that says what
    happened (see StainReport), the share of tissue, and the stain vectors and 99th percentiles
    that were found. The result does not depend on the number of ``workers`` (processes).
    """
    images = read_sheet(sheet_csv)["image"].tolist()
    normalize = partial(
        _normalize_file,
        images_folder=Path(images_folder),
        target=read_target(target_json),
        output_folder=Path(output_folder),
    )
    rows = list(map_in_processes(normalize, images, workers))
    with atomic_path(output_sheet_csv) as temporary:
        pd.DataFrame(rows).to_csv(temporary, index=False)


def _normalize_file(
    name: str, images_folder: Path, target: StainTarget, output_folder: Path
) -> dict[str, str | float | None]:
    image = read_rgb(images_folder / f"{name}.png")
    normalized, report = normalize_image(image, target)
    write_rgb(output_folder / f"{name}.png", normalized)
    return {"image": name, **report.row()}
