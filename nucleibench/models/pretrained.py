"""Pretrained weights: where they come from, and proof that a file holds them."""

import csv
from pathlib import Path

from nucleibench.data.download import download_file
from nucleibench.errors import DataError
from nucleibench.files import file_digest

TABLE = Path(__file__).with_name("encoder_weights.csv")

COCO_URL = "https://github.com/matterport/Mask_RCNN/releases/download/v2.0/mask_rcnn_coco.h5"
# Its publisher gives no checksum; NVIDIA's TensorRT sample for this network and Alibaba's ai-matrix
# benchmark both do, the same.
COCO_MD5 = "e98aaff6f99e307b5e2a8a3ff741a518"


def fetch_encoder_weights(encoder: str, path: str | Path) -> None:
    """Download the ImageNet weights of an encoder to ``path`` and verify them."""
    source = _published(encoder)
    advice = (
        f"Copy the file to {path} from a machine with network, or set encoder_weights: null "
        "for this method to start from random weights"
    )
    download_file(source["url"], Path(path), ("md5", source["md5"]), advice)


def check_encoder_weights(encoder: str, path: str | Path) -> None:
    """Raise DataError unless ``path`` holds the published ImageNet weights of ``encoder``."""
    expected = _published(encoder)["md5"]
    if (found := file_digest(path, "md5")) != expected:
        raise DataError(
            f"{path}: md5 {found} is not that of the ImageNet weights of {encoder} "
            f"({expected}); remove the file to download it again"
        )


def fetch_coco_weights(path: str | Path) -> None:
    """Download the COCO checkpoint (matterport's Mask R-CNN, release 2.0) to ``path``, verified."""
    advice = (
        f"Copy the file to {path} from a machine with network, or set coco_weights: false "
        "for this method to start from random weights"
    )
    download_file(COCO_URL, Path(path), ("md5", COCO_MD5), advice)


def _published(encoder: str) -> dict[str, str]:
    with open(TABLE) as stream:
        return next(row for row in csv.DictReader(stream) if row["encoder"] == encoder)
