"""Choose how a method's output becomes nuclei, on validation images and never on test images."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nucleibench.errors import DataError
from nucleibench.evaluate.contingency import tabulate_overlaps
from nucleibench.evaluate.scores import aggregated_jaccard_index
from nucleibench.files import atomic_path, write_json
from nucleibench.images import read_labels
from nucleibench.images.resampling import Scale
from nucleibench.parallel import map_in_processes

# From the name of an image and a setting (a dataclass) to an instance label map.
Segment = Callable[[str, Any], np.ndarray]


def choose_setting(
    images: Mapping[str, Scale],
    candidates: Sequence[Any],
    segment: Segment,
    labels_folder: Path,
    output_table: Path,
    output_choice: Path,
    workers: int,
) -> Any:
    """Return, and write as JSON, the candidate with the highest mean AJI over the ``images``.

    One setting serves all test images. The scores of all candidates are written as a table; of
    equal ones the first is taken. ``images`` says the pixels of each image by its name: labels are
    brought to them before they are scored. ``segment`` must be importable by name, for other
    processes.
    """
    if not images:
        raise DataError("there is no validation image to choose a setting on")
    job = partial(
        _score_candidates, candidates=candidates, segment=segment, labels_folder=labels_folder
    )
    scores = np.mean(list(map_in_processes(job, list(images.items()), workers)), axis=0)
    with atomic_path(output_table) as temporary:
        table = pd.DataFrame([asdict(candidate) for candidate in candidates])
        table.assign(aji=scores).to_csv(temporary, index=False)
    best = candidates[int(scores.argmax())]
    write_json(output_choice, asdict(best))
    return best


def _score_candidates(
    named: tuple[str, Scale], candidates: Sequence[Any], segment: Segment, labels_folder: Path
) -> list[float]:
    image, scale = named
    truth = read_labels(labels_folder / f"{image}.tif")
    found = (scale.bring_back(segment(image, candidate)) for candidate in candidates)
    return [aggregated_jaccard_index(tabulate_overlaps(truth, labels)) for labels in found]
