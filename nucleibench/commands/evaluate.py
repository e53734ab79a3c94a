"""``nucleibench evaluate``: scores of predicted nuclei, from two folders."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nucleibench.commands.arguments import PIXEL_SIZES
from nucleibench.errors import DataError, NucleiBenchError

if TYPE_CHECKING:
    import pandas as pd

DESCRIPTION = (
    "Compare the nuclei that any tool predicted with the true ones. Both folders hold one file an"
    " image, of the same name: label maps (.tif, .png, .npy, .mat) or outlines (.geojson, Aperio"
    " .xml, COCO .json). Exit status: 0 where all images are scored, 1 where a file is missing or"
    " cannot be read, 2 for wrong use."
)

SEED = 0
"""Of the resampling of images, for the interval."""


def add_evaluate(parser: argparse.ArgumentParser) -> None:
    """Say what the command line of ``evaluate`` has."""
    parser.description = DESCRIPTION
    parser.set_defaults(run=evaluate)
    add = parser.add_argument
    add("truth", type=Path, help="folder of the true nuclei")
    add("predicted", type=Path, help="folder of the predicted nuclei")
    add("--output", type=Path, metavar="FILE", help="write a CSV with the scores of each image")
    add(
        "--pixel-size",
        type=PIXEL_SIZES,
        metavar="UM",
        help="micrometres a pixel, to notice outlines in micrometres; 0.25 by default",
    )


def evaluate(chosen: argparse.Namespace) -> int:
    """Print the scores of all images together, and write those of each where asked to.

    Returns:
        0, or 1 where a file is missing or cannot be read.

    Raises:
        NucleiBenchError: for wrong use, before anything is read.
    """
    _check_use(chosen)
    try:
        scores = _score(chosen)
    except DataError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    if chosen.output:
        from nucleibench.files import atomic_path

        with atomic_path(chosen.output) as temporary:
            scores.to_csv(temporary, index=False)
    print("\n".join(_describe(scores)))
    return 0


def _check_use(chosen: argparse.Namespace) -> None:
    for folder in (chosen.truth, chosen.predicted):
        if not folder.is_dir():
            raise NucleiBenchError(
                f"{folder} is no folder; give a folder of label maps or outlines"
            )
    if chosen.truth.resolve() == chosen.predicted.resolve():
        raise NucleiBenchError(f"{chosen.truth} is given twice; give the folder of predictions too")
    if chosen.output and chosen.output.exists():
        raise NucleiBenchError(f"{chosen.output} exists; remove it or choose another file")


def _score(chosen: argparse.Namespace) -> "pd.DataFrame":
    import pandas as pd

    from nucleibench.data.label_folders import pair_folders
    from nucleibench.evaluate.pairs import score_pairs
    from nucleibench.images import PIXEL_SIZE

    pairs = pair_folders(chosen.truth, chosen.predicted)
    rows, notes = score_pairs(pairs, chosen.pixel_size or PIXEL_SIZE, len(os.sched_getaffinity(0)))
    for note in notes:
        print(f"Warning: {note}", file=sys.stderr)
    return pd.DataFrame(rows)


def _describe(scores: "pd.DataFrame") -> list[str]:
    """Return the lines of the table: AJI, AJI+ and PQ as means over images, all else pooled."""
    from nucleibench.evaluate.summary import MEASURES, bootstrap_interval, summarize

    found = summarize(scores, "pooled")
    head = (
        f"{found['images']} images, {found['n_true']} true nuclei, {found['n_predicted']} predicted"
    )
    lines = [f"{MEASURES[name].heading:<10} {found[name]:.4f}" for name in MEASURES]
    low, high = bootstrap_interval(scores["aji"].to_numpy(), SEED)
    lines[0] += f"   95% interval over the images: {low:.2f} to {high:.2f}"
    return [head, *lines, f"{'AJI+':<10} {scores['aji_plus'].mean():.4f}"]
