"""Segmenting an image end to end, beside the networks alone of others.

Others' networks have random weights, and find nothing that is worth labelling. So of a peer only
its network counts, on tiles of its usual size; of ours everything: tissue, stains, network, labels,
measurements and outlines. Ours lays a tile one way, as the peers do.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from bench.registry import Candidate, Comparison, Inputs, Work

ALONE = "the network alone, random weights: no labels"


def draw(size: int) -> dict[str, np.ndarray]:
    from bench.drawn import lay_image

    return {"image": lay_image(size, "breast")}


def ours(inputs: Inputs) -> Work:
    import nucleibench

    def work():
        found = nucleibench.segment(inputs["image"], tissue="all", turns=1)
        return {"nuclei": len(found.nuclei)}

    return work


def _by_tile(inputs: Inputs, tile: int, step: int, run: Callable[[Any], Any]) -> Work:
    """Run a PyTorch network on four tiles at a time, which lie ``step`` pixels apart."""
    import torch

    image = np.pad(inputs["image"], ((0, tile), (0, tile), (0, 0)), mode="reflect")
    size = len(inputs["image"])
    places = [(t, left) for t in range(0, size, step) for left in range(0, size, step)]

    def work():
        with torch.inference_mode():
            for first in range(0, len(places), 4):
                tiles = [image[t : t + tile, le : le + tile] for t, le in places[first : first + 4]]
                run(torch.from_numpy(np.stack(tiles).transpose(0, 3, 1, 2).copy()).float())
        return {}

    return work


def hovernet(inputs: Inputs) -> Work:
    from tiatoolbox.models.architecture.hovernet import HoVerNet

    return _by_tile(inputs, 256, 164, HoVerNet(mode="fast").eval())


def instanseg(inputs: Inputs) -> Work:
    """The network of InstanSeg's nucleus model: one head of coordinates, sigma and seeds."""
    from instanseg.utils.models.InstanSeg_UNet import InstanSeg_UNet

    network = InstanSeg_UNet(3, [[2, 2, 1]], layers=[256, 128, 64, 32]).eval()
    return _by_tile(inputs, 256, 216, lambda tiles: network(tiles / 255))


def cellpose(inputs: Inputs) -> Work:
    """The network of cyto3, on an image in which nuclei have their natural size."""
    from cellpose.core import run_net
    from cellpose.resnet_torch import CPnet

    network = CPnet([2, 32, 64, 128, 256], 3, 3).eval()
    pixels = inputs["image"][None, ..., :2].astype(np.float32) / 255
    return lambda: run_net(network, pixels) and {}


def stardist(inputs: Inputs) -> Work:
    """The network of 2D_versatile_he, with as many tiles as StarDist makes of the image."""
    from stardist.models import Config2D, StarDist2D

    config = Config2D(n_rays=32, grid=(2, 2), n_channel_in=3, unet_n_depth=3)
    network = StarDist2D(config, name=None, basedir=None)
    pixels = inputs["image"].astype(np.float32) / 255
    tiles = (-(-len(pixels) // 1024), -(-len(pixels) // 1024), 1)
    return lambda: network.predict(pixels, n_tiles=tiles, show_tile_progress=False) and {}


COMPARISONS = [
    Comparison(
        "Segmenting end to end",
        draw,
        Candidate("ours", ours),
        (
            Candidate("InstanSeg", instanseg, "instanseg", ALONE),
            Candidate("StarDist", stardist, "stardist", ALONE),
            Candidate("Cellpose cyto3", cellpose, "cellpose", ALONE),
            Candidate("HoVer-Net (TIAToolbox)", hovernet, "tiatoolbox", ALONE, slow=True),
        ),
        sizes=(500, 1000, 2000),
        quick=(300,),
        aim=1,
        rate=lambda size: size**2 / 1e6,
        rate_unit="megapixels",
    )
]
