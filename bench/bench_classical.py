"""The classical methods: time, scores on the real archives, agreement with ImageJ.

    pytest bench/bench_classical.py             time of an image of 1000 px
    python bench/bench_classical.py score OUT   scores on the real archives
    python bench/bench_classical.py agree OUT   ImageJ beside the engine without Java on them
    python bench/bench_classical.py tune OUT    AJI of other settings, on the organs that train

The last three need NUCLEIBENCH_REAL_DATA, the folder of the archives.
"""

import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from real_data import REFERENCE, import_real_data, normalize_real_data

from nucleibench.data.sheets import read_images_of_split
from nucleibench.data.synthetic import draw_image
from nucleibench.evaluate.evaluating import evaluate_folder, read_metrics
from nucleibench.evaluate.scores import score_image
from nucleibench.evaluate.summary import summarize
from nucleibench.families.classical.algorithms import ALGORITHMS
from nucleibench.families.classical.family import Classical
from nucleibench.families.classical.imagej.program import USUAL_PLACES
from nucleibench.families.classical.label import label_image
from nucleibench.images import read_rgb
from nucleibench.labelling.label_maps import write_label_maps

# Beside each default, changed alone.
OTHER_SETTINGS = {
    "otsu": {"minimum_size": [0, 100]},
    "watershed": {
        "opening": [1, 3],
        "marker_share": [0.4, 0.6],
        "margin": [2, 5],
        "minimum_size": [0, 100],
    },
    "fiji": {"sigma": [0.5, 2], "threshold": ["Default"], "minimum_size": [50, 150]},
    "hematoxylin": {
        "sigma": [0.5, 2],
        "neighbourhood": [20, 45],
        "contrast": [0.3, 0.7],
        "depth": [0.25, 1],
        "minimum_size": [50, 150],
    },
}

WITHOUT_IMAGEJ = not (USUAL_PLACES[-1].exists() and shutil.which("java"))


def read_method(algorithm, **changes):
    return Classical.read({"algorithm": algorithm, "settings": changes})


@pytest.mark.benchmark(group="segment an image of 1000 px")
@pytest.mark.parametrize("name", ALGORITHMS)
def test_segment(benchmark, name):
    if name == "imagej" and WITHOUT_IMAGEJ:
        pytest.skip("ImageJ is not installed")
    cv2.setNumThreads(1)
    image = draw_image("liver", "bench", 0, 1000)[0]
    benchmark.pedantic(read_method(name).settings, (image,), rounds=3, warmup_rounds=1)


def normalized_datasets(folder):
    """Yield name and folder of each dataset, imported and normalised."""
    for dataset in ("monuseg", "tnbc"):
        place = import_real_data(folder, dataset)
        reference = Path(folder) / f"monuseg/images/{REFERENCE}.png"
        normalize_real_data(folder, dataset, reference)
        yield dataset, place


def score(output):
    """Write the scores of every method on the test images of every dataset."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for dataset, place in normalized_datasets(folder):
            for name in ALGORITHMS:
                metrics = evaluate(name, place)
                row = {"dataset": dataset, "method": name, **summarize(metrics, "pooled")}
                print(row, "per image:", metrics["aji"].round(3).tolist(), flush=True)
                rows.append(row)
    pd.DataFrame(rows).to_csv(output, index=False)


def evaluate(name, place, split="test", **changes):
    found, metrics = place / name, place / f"{name}.csv"
    sheet, method = place / "images.csv", read_method(name, **changes)
    label = partial(label_image, setting=None, method=method, sources=[place / "normalized"])
    write_label_maps(read_images_of_split(sheet, split), label, found, workers=1)
    evaluate_folder(sheet, place / "labels", found, metrics, split=split, workers=1)
    return read_metrics(metrics)


def tune(output):
    """Write the mean AJI of the defaults and of OTHER_SETTINGS on the images that train."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        _, place = next(normalized_datasets(folder))
        for name, others in OTHER_SETTINGS.items():
            changes = [{key: value} for key, values in others.items() for value in values]
            for change in [{}, *changes]:
                aji = evaluate(name, place, "train", **change)["aji"].mean()
                rows.append({"method": name, "change": change or "defaults", "aji": aji})
                print(rows[-1], flush=True)
    pd.DataFrame(rows).to_csv(output, index=False)


def agree(output):
    """Write how far the two Fiji engines agree on the test images."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for dataset, place in normalized_datasets(folder):
            for image in read_images_of_split(place / "images.csv", "test"):
                picture = read_rgb(place / f"normalized/{image}.png")
                theirs, ours = (read_method(a).settings(picture) for a in ("imagej", "fiji"))
                different = np.count_nonzero((theirs > 0) != (ours > 0))
                aji = score_image(theirs, ours)["aji"]
                rows.append(
                    {"dataset": dataset, "image": image, "aji": aji, "different_pixels": different}
                )
                print(rows[-1], flush=True)
    pd.DataFrame(rows).to_csv(output, index=False)


if __name__ == "__main__":
    {"score": score, "agree": agree, "tune": tune}[sys.argv[1]](*sys.argv[2:])
