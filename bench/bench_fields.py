"""What it costs to measure the stains of a field by itself: run on training organs.

    python bench/bench_fields.py OUT.csv [SIZE]      fields of SIZE pixels, by default 250

Cuts the seven validation images of config/compact.yaml, none of which is breast, into fields. The
network that comes with the project segments every field twice: normalised by itself, and together
with the rest of its image. Needs NUCLEIBENCH_REAL_DATA, the folder of the archives.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from real_data import import_real_data
from skimage.segmentation import relabel_sequential
from tqdm import tqdm

from nucleibench.data.sheets import read_sheet
from nucleibench.evaluate.scores import score_image
from nucleibench.families.unet.release import read_release
from nucleibench.images import read_labels, read_rgb
from nucleibench.labelling.instances import label_nuclei
from nucleibench.labelling.stitch import predict_map
from nucleibench.prepare.settings import Validation
from nucleibench.prepare.split import draw_validation_images
from nucleibench.slides.trained_network import load_trained_network
from nucleibench.stain.reference import normalize_together

RELEASE = Path(__file__).parents[1] / "nucleibench" / "pretrained" / "compact_unet"
VALIDATION = Validation(fraction=0.2, unit="hospital")


def cut(image, size):
    """Return the whole fields of an image, row by row."""
    corners = range(0, len(image) - size + 1, size)
    return [image[top : top + size, left : left + size] for top in corners for left in corners]


def segment(image, network):
    """Return the labels of a normalised image."""
    tiling = network.inference
    predict = lambda tiles: np.stack(list(network.predict(tiles)))  # noqa: E731
    maps = predict_map(image, predict, network.tile_size, tiling.overlap, tiling.batch_size)
    return label_nuclei(maps, network.setting)


def score_fields(image, labels, size, network):
    """Return a row a field and way of normalisation."""
    true = [relabel_sequential(field)[0] for field in cut(labels, size)]
    fields = cut(image, size)
    ways = {
        "by itself": [normalize_together([field], network.reference)[0][0] for field in fields],
        "together": normalize_together(fields, network.reference)[0],
    }
    return [
        {"way": way, "share": np.mean(of > 0), **score_image(of, segment(field, network))}
        for way, normalized in ways.items()
        for field, of in zip(normalized, true, strict=True)
    ]


def main(output, size=250):
    network = load_trained_network(read_release(RELEASE))
    with tempfile.TemporaryDirectory() as folder:
        place = import_real_data(folder, "monuseg")
        names = draw_validation_images(read_sheet(place / "images.csv"), VALIDATION, seed=2021)
        rows = [
            {"image": name, **row}
            for name in tqdm(names)
            for row in score_fields(
                read_rgb(place / "images" / f"{name}.png"),
                read_labels(place / "labels" / f"{name}.tif"),
                int(size),
                network,
            )
        ]
    table = pd.DataFrame(rows)
    table.to_csv(output, index=False)
    sparse = table[table["share"] <= table["share"].quantile(0.2)]
    for title, fields in (("all fields", table), ("the sparsest fifth", sparse)):
        means = fields.groupby("way")[["aji", "n_true", "n_predicted"]].mean()
        print(f"{title}:\n{means.round(4)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
