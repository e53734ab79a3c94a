"""Weights trained on COCO: where they come from, and proof that a file holds them."""

from pathlib import Path

from nucleibench.data.download import download_file

COCO_URL = "https://github.com/matterport/Mask_RCNN/releases/download/v2.0/mask_rcnn_coco.h5"
# Its publisher gives no checksum; NVIDIA's TensorRT sample for this network and Alibaba's ai-matrix
# benchmark both do, the same.
COCO_MD5 = "e98aaff6f99e307b5e2a8a3ff741a518"


def fetch_coco_weights(path: str | Path) -> None:
    """Download the COCO checkpoint (matterport's Mask R-CNN, release 2.0) to ``path``, verified.

    Raises:
        DataError: the download fails, or the file is another one.
    """
    advice = (
        f"Copy the file to {path} from a machine with network, or set coco_weights: false "
        "for this network to start from random weights"
    )
    download_file(COCO_URL, Path(path), ("md5", COCO_MD5), advice)
