"""Compare a folder of segmentations with the true label maps; one row of scores per image."""

from functools import partial
from pathlib import Path

import pandas as pd

from nucleibench.data.sheets import read_images_of_split
from nucleibench.errors import DataError
from nucleibench.evaluate.scores import SCORES, score_image
from nucleibench.files import atomic_path
from nucleibench.images import read_labels
from nucleibench.parallel import map_in_processes

METRICS_COLUMNS = ("image", *SCORES)


def evaluate_folder(
    sheet_csv: str | Path,
    labels_folder: str | Path,
    segmentations_folder: str | Path,
    output_csv: str | Path,
    *,
    split: str,
    workers: int,
) -> None:
    """Score the segmentation of every image of one split and write the metrics file.

    Args:
        sheet_csv: Sheet of the dataset; see ``data.sheets``.
        labels_folder: True instance label maps, ``{image}.tif``.
        segmentations_folder: Predicted instance label maps, ``{image}.tif``.
        output_csv: Metrics file to write: columns ``METRICS_COLUMNS``, rows in the sheet's order.
        split: Which rows of the sheet to score, for example test.
        workers: Number of processes.

    Raises:
        DataError: If the split is empty, if label maps or segmentations are missing, or if the two
            maps of an image cannot be compared.
    """
    images = read_images_of_split(sheet_csv, split)
    for folder in (labels_folder, segmentations_folder):
        _check_all_present(Path(folder), images)
    score = partial(_score_files, Path(labels_folder), Path(segmentations_folder))
    rows = pd.DataFrame(map_in_processes(score, images, workers), columns=METRICS_COLUMNS)
    with atomic_path(output_csv) as temporary:
        rows.to_csv(temporary, index=False)


def read_metrics(metrics_csv: str | Path) -> pd.DataFrame:
    """Read a metrics file; raise DataError if a column is missing or if it has no rows."""
    metrics = pd.read_csv(metrics_csv, dtype={"image": str})
    missing = [column for column in METRICS_COLUMNS if column not in metrics]
    if missing:
        raise DataError(f"{metrics_csv}: lacks the columns {', '.join(missing)}; evaluate again")
    if metrics.empty:
        raise DataError(f"{metrics_csv}: holds no images; evaluate again")
    return metrics


def _check_all_present(folder: Path, images: list[str]) -> None:
    missing = [image for image in images if not (folder / f"{image}.tif").is_file()]
    if missing:
        raise DataError(
            f"{folder}: {len(missing)} of {len(images)} label maps are missing, first "
            f"{folder / missing[0]}.tif; run the step that writes this folder again"
        )


def _score_files(labels_folder: Path, segmentations_folder: Path, image: str) -> dict[str, object]:
    segmentation = segmentations_folder / f"{image}.tif"
    try:
        scores = score_image(read_labels(labels_folder / f"{image}.tif"), read_labels(segmentation))
    except DataError as error:
        raise DataError(f"{segmentation}: {error}") from error
    return {"image": image, **scores}
