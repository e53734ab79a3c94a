"""From maps to labels, and from labels to measurements."""

from typing import Any

import numpy as np

from bench.registry import Candidate, Comparison, Inputs, Work

OTHER = "another algorithm, on maps of the same nuclei"


def draw_maps(size: int) -> dict[str, np.ndarray]:
    """Draw labels, and the maps that a perfect but blurred network would give of them."""
    from scipy.ndimage import gaussian_filter

    from bench.drawn import draw_field, lay_labels
    from nucleibench.prepare.target_maps import draw_horizontal_vertical

    labels = lay_labels(draw_field()[1], size)
    nucleus = gaussian_filter((labels > 0).astype(np.float32), 1)
    places = draw_horizontal_vertical(labels)[..., 1:]
    return {"labels": labels, "nucleus": nucleus, "places": places}


def our_labels(inputs: Inputs) -> Work:
    from nucleibench.labelling.instances import PostProcessing, label_nuclei

    maps = np.concatenate([inputs["nucleus"][..., None], inputs["places"]], axis=-1)
    setting = PostProcessing(0.5, 10, "horizontal_vertical", depth=0.1)
    return lambda: {"nuclei": label_nuclei(maps, setting).max()}


def hovernet_labels(inputs: Inputs) -> Work:
    from tiatoolbox.models.architecture.hovernet import HoVerNet

    nucleus = inputs["nucleus"][..., None]
    return lambda: {"nuclei": len(np.unique(HoVerNet._proc_np_hv(nucleus, inputs["places"]))) - 1}


def stardist_labels(inputs: Inputs) -> Work:
    """With the grid and rays of 2D_versatile_he."""
    from stardist.geometry import polygons_to_label, star_dist
    from stardist.nms import non_maximum_suppression

    grid, shape = (2, 2), inputs["labels"].shape
    distances = star_dist(inputs["labels"].astype(np.uint16), n_rays=32, grid=grid)
    probability = inputs["nucleus"][::2, ::2]

    def work():
        points, scores, rays = non_maximum_suppression(
            distances, probability, grid=grid, prob_thresh=0.69, nms_thresh=0.3
        )
        return {"nuclei": polygons_to_label(rays, points, shape, prob=scores).max()}

    return work


def cellpose_labels(inputs: Inputs) -> Work:
    import torch
    from cellpose.dynamics import labels_to_flows, resize_and_compute_masks

    processor = torch.device("cpu")
    flows = labels_to_flows([inputs["labels"]], device=processor)[0][2:4]
    probability = 12 * (inputs["nucleus"] - 0.5)

    def work():
        masks = resize_and_compute_masks(5 * flows, probability, device=processor)
        masks = masks[0] if isinstance(masks, tuple) else masks
        return {"nuclei": len(np.unique(masks)) - 1}

    return work


def draw_nuclei(size: int) -> dict[str, np.ndarray]:
    from bench.drawn import draw_field, lay_image, lay_labels

    return {"labels": lay_labels(draw_field()[1], size), "image": lay_image(size)}


def our_measurements(inputs: Inputs) -> Work:
    from nucleibench.slides.measurements import measure
    from nucleibench.slides.regions import Regions

    def work():
        table = measure(Regions(inputs["labels"], inputs["image"], 1.0))
        return {
            "area": table["area_um2"], "x": table["x_px"], "y": table["y_px"],
            "major": table["major_axis_um"], "minor": table["minor_axis_um"],
            "eccentricity": table["eccentricity"], "perimeter": table["perimeter_um"],
        }  # fmt: skip

    return work


def skimage_measurements(inputs: Inputs) -> Work:
    """The same measurements, as far as it has them."""
    from skimage.measure import regionprops_table

    names = (
        "area", "centroid", "axis_major_length", "axis_minor_length", "eccentricity", "orientation",
        "perimeter_crofton", "solidity", "feret_diameter_max", "intensity_mean", "intensity_std",
    )  # fmt: skip

    def work():
        table = regionprops_table(inputs["labels"], inputs["image"], properties=names)
        return {
            "area": table["area"], "x": table["centroid-1"] + 0.5, "y": table["centroid-0"] + 0.5,
            "major": table["axis_major_length"], "minor": table["axis_minor_length"],
            "eccentricity": table["eccentricity"], "perimeter": table["perimeter_crofton"],
        }  # fmt: skip

    return work


def cp_measurements(inputs: Inputs) -> Work:
    from cp_measure.bulk import get_core_measurements

    measures = get_core_measurements()
    grey = inputs["image"].mean(axis=2) / 255

    def work():
        found: dict[str, Any] = {}
        for kind in ("sizeshape", "intensity", "feret"):
            found |= measures[kind](inputs["labels"], grey)
        return {"area": found["Area"]}

    return work


COMPARISONS = [
    Comparison(
        "Maps to labels",
        draw_maps,
        Candidate("ours", our_labels),
        (
            Candidate("HoVer-Net (TIAToolbox)", hovernet_labels, "tiatoolbox", OTHER),
            Candidate("StarDist", stardist_labels, "stardist", OTHER, limit=4000),
            Candidate("Cellpose", cellpose_labels, "cellpose", OTHER, limit=2000),
        ),
        sizes=(1000, 2000, 4000, 8000),
        quick=(500, 1000),
        aim=5,
        rate=lambda size: size**2 / 1e6,
        rate_unit="megapixels",
    ),
    Comparison(
        "Labels to measurements",
        draw_nuclei,
        Candidate("ours", our_measurements),
        (
            Candidate("regionprops_table", skimage_measurements, limit=4000),
            Candidate(
                "cp-measure",
                cp_measurements,
                "cp-measure",
                "more measurements of shape",
                limit=2000,
            ),
        ),
        sizes=(1000, 2000, 4000, 8000),
        quick=(500, 1000),
        aim=5,
        tolerance=1e-6,
    ),
]
