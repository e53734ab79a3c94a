"""Trained networks in ONNX form, run without TensorFlow and Keras.

ONNX Runtime takes a third of OpenVINO's space on the disk and as much processor time.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime

from nucleibench.errors import DataError
from nucleibench.files import check_digest

# Turns the input of a network into its output.
ExportedNetwork = Callable[[np.ndarray], np.ndarray]

ERRORS = 3  # severity from which ONNX Runtime writes to the terminal


def _share_memory(options: onnxruntime.SessionOptions) -> None:
    """Let networks, which compute one after the other, use the same memory."""
    options.add_session_config_entry("session.use_env_allocators", "1")
    _register_memory()


@cache
def _register_memory() -> None:
    """Make the memory that networks share, once a process."""
    place = onnxruntime.OrtMemoryInfo(
        "Cpu",
        onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR,
        0,
        onnxruntime.OrtMemType.DEFAULT,
    )
    onnxruntime.create_and_register_allocator(place, None)


def load_exported(path: str | Path, sha256: str) -> ExportedNetwork:
    """Load a network of one input and one output; it computes on one processor.

    Args:
        path: of the ``.onnx`` file.
        sha256: of the file, as its card says.

    Returns:
        From RGB uint8 (batch, height, width, 3) to the network's outputs, float32 (batch, height,
        width, channels). Threads may call it at the same time.

    Raises:
        DataError: the file is another than the card describes, or no such network.
    """
    check_digest(path, sha256)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS
    _share_memory(options)
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # its exceptions have no other common class
        raise DataError(f"{path}: not a network that ONNX Runtime reads ({error})") from error
    (image,) = session.get_inputs()
    return lambda tiles: session.run(None, {image.name: tiles})[0]
