"""Instance label maps: integers, 0 = background."""

from pathlib import Path

import numpy as np
import tifffile

from nucleibench.errors import DataError
from nucleibench.files import atomic_path
from nucleibench.images.tiff_pixels import check_whole, open_pages


def read_labels(path: str | Path) -> np.ndarray:
    """Read an instance label map as int32 of shape (height, width)."""
    try:
        with open_pages(path) as tif:
            for page in tif.pages:
                check_whole(page)
            labels = tif.asarray()
    except MemoryError:
        raise
    except Exception as error:  # decoders raise whatever damaged bytes lead them to
        raise DataError(f"{path}: not a readable label map ({error}); make it again") from error
    if labels.ndim != 2 or not np.issubdtype(labels.dtype, np.integer):
        raise DataError(
            f"{path}: holds {labels.dtype} of shape {labels.shape}, but an instance label map is "
            "one integer per pixel"
        )
    return labels.astype(np.int32)


def write_labels(path: str | Path, labels: np.ndarray) -> None:
    """Write an instance label map as deflated TIFF, uint16 where it fits and uint32 else."""
    kind = np.uint16 if labels.max(initial=0) <= np.iinfo(np.uint16).max else np.uint32
    with atomic_path(path) as temporary:
        tifffile.imwrite(temporary, labels.astype(kind), compression="zlib")
