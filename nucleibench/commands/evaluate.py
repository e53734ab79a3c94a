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
    "Compare the nuclei that any tool predicted with the true ones. Both folders hold one file for"
    " each image, with its name: label maps (.tif, .png, .npy, .mat) or outlines (.geojson, Aperio"
    " .xml, COCO .json). Exit status: 0 if all images are scored, 1 if a file is missing or cannot"
    " be read (each is named), 2 for wrong use."
)

SEED = 0
"""Of the resampling of patients, for the interval."""

IN_ORGANS = ("aji", "pq", "f1_50", "f1_70")
"""Measures in the table of organs."""


def add_evaluate(parser: argparse.ArgumentParser) -> None:
    """Say what the command line of ``evaluate`` has."""
    parser.description = DESCRIPTION
    parser.set_defaults(run=evaluate)
    add = parser.add_argument
    add("truth", type=Path, help="folder of the true nuclei")
    add("predicted", type=Path, help="folder of the predicted nuclei")
    add("--sheet", type=Path, metavar="FILE", help="CSV: image, and patient, organ or both")
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
    from nucleibench.data.notices import warnings_told

    try:
        with warnings_told(lambda told: print(told, file=sys.stderr)):
            scores = _score(chosen)
    except DataError as error:
        for problem in str(error).splitlines():
            print(f"Error: {problem}", file=sys.stderr)
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
    if chosen.sheet and not chosen.sheet.is_file():
        raise NucleiBenchError(f"--sheet {chosen.sheet}: there is no such file")
    if chosen.output and chosen.output.exists():
        raise NucleiBenchError(f"{chosen.output} exists; remove it or choose another file")


def _score(chosen: argparse.Namespace) -> "pd.DataFrame":
    import pandas as pd

    from nucleibench.data.label_folders import pair_folders
    from nucleibench.evaluate.groups import read_groups
    from nucleibench.evaluate.pairs import score_pairs
    from nucleibench.images import PIXEL_SIZE

    pairs = pair_folders(chosen.truth, chosen.predicted)
    images = [pair.image for pair in pairs]
    groups = read_groups(chosen.sheet, images) if chosen.sheet else pd.DataFrame(index=images)
    pixel_size = chosen.pixel_size or PIXEL_SIZE
    rows, notes = score_pairs(pairs, pixel_size, len(os.sched_getaffinity(0)))
    for note in notes:
        print(f"Warning: {note}", file=sys.stderr)
    scores = pd.DataFrame(rows)
    return pd.concat([scores[["image"]], groups.reset_index(drop=True), scores.iloc[:, 1:]], axis=1)


def _describe(scores: "pd.DataFrame") -> list[str]:
    """Return the lines of the table: AJI, AJI+ and PQ as means over images, all else pooled."""
    from nucleibench.data.samples import count
    from nucleibench.evaluate.summary import MEASURES, summarize

    found = summarize(scores, "pooled")
    images = count(int(found["images"]), "image")
    true = count(int(found["n_true"]), "true nucleus", "true nuclei")
    head = f"{images}, {true}, {found['n_predicted']} predicted"
    lines = [f"{MEASURES[name].heading:<10} {found[name]:.4f}" for name in MEASURES]
    lines[0] += f"   {_describe_interval(scores)}"
    plus = f"{'AJI+':<10} {scores['aji_plus'].mean():.4f}"
    return [head, *lines, plus, *_describe_organs(scores)]


def _describe_interval(scores: "pd.DataFrame") -> str:
    from nucleibench.data.samples import count
    from nucleibench.evaluate.comparisons import FEWEST
    from nucleibench.evaluate.groups import interval_by_patient

    low, high, patients = interval_by_patient(scores, SEED)
    units = count(patients, "patient" if "patient" in scores else "image")
    if patients < FEWEST:
        return f"no interval from {units}, fewer than {FEWEST}"
    return f"95% interval from {units}: {low:.2f} to {high:.2f}"


def _describe_organs(scores: "pd.DataFrame") -> list[str]:
    """Return a table of organs, as far as they are known."""
    from nucleibench.evaluate.groups import summarize_organs
    from nucleibench.evaluate.summary import MEASURES

    organs = summarize_organs(scores)
    if not organs:
        return []
    width = max(map(len, ["Organ", *organs])) + 2
    heads = [MEASURES[name].heading for name in IN_ORGANS]
    rows = [
        [name, f"{found['images']:.0f}", *(f"{found[key]:.4f}" for key in IN_ORGANS)]
        for name, found in organs.items()
    ]
    table = [["Organ", "Images", *heads], *rows]
    return ["", *(f"{row[0]:<{width}}" + "".join(f"{c:>10}" for c in row[1:]) for row in table)]
