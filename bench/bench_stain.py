"""Colour normalisation beside staintools.

    python bench/bench_stain.py compare OUT [ITERATIONS]
                                              agreement image by image, on the real archives
    python bench/bench_stain.py minimum OUT   how far other searches come below our objective
    python bench/bench_stain.py cost          time and peak memory, one process for each engine

All need NUCLEIBENCH_REAL_DATA, the folder of the archives. staintools learns its stains
for one second of wall clock; ``compare`` lets the same call run for a fixed number of iterations
instead, and continues a table that it finds.
"""

import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
import pandas as pd
import spams
import staintools
from real_data import REFERENCE, import_real_data
from scipy.optimize import minimize

from nucleibench.images import read_rgb
from nucleibench.stain.colors import count_colors
from nucleibench.stain.reference import fit_reference, normalize_image
from nucleibench.stain.vahadane import dictionary_objective, learn_stain_matrix

CONVERGED = 20_000  # iterations of SPAMS, after which its vectors move by hundredths of a degree


def staintools_normalizer(reference):
    normalizer = staintools.StainNormalizer("vahadane")
    normalizer.fit(reference.copy())
    return lambda image: normalizer.transform(image.copy())


def our_normalizer(reference, engine="vahadane"):
    fitted = fit_reference(reference, engine)
    return lambda image: normalize_image(image, fitted)[0]


WAYS = {
    "ours": our_normalizer,
    "staintools": staintools_normalizer,
    "macenko": partial(our_normalizer, engine="macenko"),
    "reinhard": partial(our_normalizer, engine="reinhard"),
}


def real_images(folder):
    """Name -> path of all 44 MoNuSeg images."""
    images = import_real_data(folder, "monuseg") / "images"
    return {path.stem: path for path in sorted(images.glob("*.png"))}


def degrees(ones, others):
    return np.degrees(np.arccos(np.clip((ones * others).sum(axis=1), -1, 1))).max()


def tissue_of(image):
    table = count_colors(image)
    return table.select(table.is_tissue(0.8))


def objective_on(tissue):
    """The objective that staintools minimises, and its gradient, as a function of the stains."""
    weights = tissue.counts / tissue.counts.sum()
    return lambda stains: dictionary_objective(tissue.densities, weights, stains, 0.1)


def objective_of(image, stains):
    return objective_on(tissue_of(image))(stains)[0]


def compare(output, iterations=CONVERGED):
    """Append the agreement with staintools of every image that the table does not have yet."""
    output, iterations = Path(output), int(iterations)
    done = set(pd.read_csv(output)["image"]) if output.exists() else set()
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(spams, "trainDL", partial(spams.trainDL, iter=iterations)),
    ):
        images = real_images(folder)
        reference = read_rgb(images[REFERENCE])
        ours, theirs = (
            fit_reference(reference, engine) for engine in ("vahadane", "vahadane_staintools")
        )
        for name in sorted(images.keys() - done):
            agreement = compare_image(read_rgb(images[name]), ours, theirs)
            row = {"image": name, "iterations": iterations, **agreement}
            print(row, flush=True)
            pd.DataFrame([row]).to_csv(output, mode="a", header=not output.exists(), index=False)


def compare_image(image, ours, theirs):
    (our_image, we), (their_image, they) = [
        normalize_image(image, fitted) for fitted in (ours, theirs)
    ]
    return {
        "degrees": degrees(we.stain_matrix, they.stain_matrix),
        "grey_levels": np.abs(our_image.astype(int) - their_image).mean(),
        "objective": objective_of(image, we.stain_matrix),
        "their_objective": objective_of(image, they.stain_matrix),
    }


def minimum(output, starts=3):
    """Write for every image how far SciPy's L-BFGS comes below our objective, from many starts.

    It searches all stain vectors, as SPAMS does: no iteration of SPAMS can come lower than the
    lowest place there is.
    """
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            {"image": name, **search_minimum(read_rgb(path), int(starts))}
            for name, path in real_images(folder).items()
        ]
    table = pd.DataFrame(rows)
    table.to_csv(output, index=False)
    print(table.describe().loc[["min", "max"]].to_string())


def search_minimum(image, starts):
    tissue = tissue_of(image)
    ours = objective_on(tissue)(learn_stain_matrix(tissue, 0.1))[0]
    others = [
        search_from(start, objective_on(tissue))
        for start in np.random.default_rng(0).uniform(0.05, 1, (starts, 2, 3))
    ]
    return {
        "objective": ours,
        "lowest_below_ours": ours - min(others),
        "starts_that_end_within_1e_6": sum(other < ours + 1e-6 for other in others),
    }


def search_from(start, objective):
    """Minimise over two vectors of length 1, each a direction divided by its length."""

    def evaluate(values):
        directions = values.reshape(2, 3)
        lengths = np.linalg.norm(directions, axis=1, keepdims=True)
        stains = directions / lengths
        value, slope = objective(stains)
        along = (slope * stains).sum(axis=1, keepdims=True)
        return value, ((slope - along * stains) / lengths).ravel()

    return minimize(
        evaluate,
        start.ravel(),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None)] * 6,
        options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 500},
    ).fun


def cost():
    """Print time and peak memory of each way, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        images = import_real_data(folder, "monuseg") / "images"
        for way in ("idle", *WAYS):
            subprocess.run([sys.executable, __file__, "one", way, images], check=True)


def one(way, folder):
    """Normalise eight images, and print what that took."""
    cv2.setNumThreads(1)
    paths = sorted(Path(folder).glob("*.png"))[::6]
    images = [read_rgb(path) for path in paths]
    reference = read_rgb(Path(folder) / f"{REFERENCE}.png")
    normalize = WAYS[way](reference) if way != "idle" else np.copy
    wall, processor = time.perf_counter(), time.process_time()
    for image in images:
        normalize(image)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{way:12} {wall / len(images):6.2f} s an image, {processor / len(images):6.2f} s of"
        f" processor, peak memory {peak:5.0f} MiB",
        flush=True,
    )


if __name__ == "__main__":
    {"compare": compare, "minimum": minimum, "cost": cost, "one": one}[sys.argv[1]](*sys.argv[2:])
