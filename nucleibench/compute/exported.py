"""Trained networks in ONNX form, run without TensorFlow and Keras.

ONNX Runtime takes a third of OpenVINO's space on the disk and as much processor time.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime

from nucleibench.errors import DataError
from nucleibench.files import check_digest

# Turns the input of a network into its output.
ExportedNetwork = Callable[[np.ndarray], np.ndarray]

ERRORS = 3  # severity from which ONNX Runtime writes to the terminal


def load_exported(path: str | Path, threads: int, sha256: str) -> ExportedNetwork:
    """Load a network of one input and one output; it computes on processors.

    Args:
        path: of the ``.onnx`` file.
        threads: of the processor; each computes a tile of the batch.
        sha256: of the file, as its card says.

    Returns:
        From RGB uint8 (batch, height, width, 3) to the network's outputs, float32 (batch, height,
        width, channels).

    Raises:
        DataError: the file is another than the card describes, or no such network.
    """
    check_digest(path, sha256)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # its exceptions have no other common class
        raise DataError(f"{path}: not a network that ONNX Runtime reads ({error})") from error
    (image,) = session.get_inputs()
    pool = ThreadPoolExecutor(threads)

    def run(tile: np.ndarray) -> np.ndarray:
        return session.run(None, {image.name: tile[None]})[0]

    # Threads with a tile each need not wait for one another at every layer.
    return lambda tiles: np.concatenate(list(pool.map(run, tiles)))
