"""Nuclei in whole images, kept as files of detections."""

from tqdm import tqdm

from nucleibench.families.interface import PredictionJob
from nucleibench.families.mask_rcnn.checkpoint import load_trained
from nucleibench.families.mask_rcnn.detections import write_detections
from nucleibench.families.mask_rcnn.finder import build_finder
from nucleibench.families.mask_rcnn.settings import MaskRCNNNetwork
from nucleibench.images import read_rgb

NETWORK = MaskRCNNNetwork


def predict(job: PredictionJob) -> None:
    """Write the detections of each image as ``{image}.npz``; tiles are as large as in training.

    Raises:
        DataError: the weights are of another network.
    """
    network = load_trained(job.network.size, job.tile_size, job.weights)
    finder = build_finder(network, job.network.detection, job.inference.batch_size)
    for image in tqdm(job.images, desc="detect", unit="image"):
        found = finder.find(read_rgb(job.images_folder / f"{image}.png"))
        write_detections(job.output / f"{image}.npz", found)
