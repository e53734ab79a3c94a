"""What of a trained network is given away: small weights, and a form that needs no Keras."""

from importlib.util import find_spec
from pathlib import Path

import h5py
import numpy as np

from nucleibench.families.unet.settings import UNet
from nucleibench.files import atomic_path


def halve_weights(source: str | Path, output: str | Path) -> None:
    """Write a ``.weights.h5`` with its kernels as float16; Keras reads it as any other.

    Vectors (biases, batch normalisation) stay as they are: they are small, and the variances among
    them may be too small for half precision. The optimizer's state, which a training saves with
    the weights, is left out.
    """
    with (
        atomic_path(output) as temporary,
        h5py.File(source) as whole,
        h5py.File(temporary, "w") as halved,
    ):

        def write(name: str, item: h5py.Group | h5py.Dataset) -> None:
            if name.split("/")[0] == "optimizer":
                return
            if isinstance(item, h5py.Group):
                copy = halved.require_group(name)
            else:
                kind = np.float16 if item.ndim > 1 else item.dtype
                copy = halved.create_dataset(name, data=item[()].astype(kind))
            copy.attrs.update(item.attrs)

        whole.visititems(write)
        halved.attrs.update(whole.attrs)


def can_export() -> bool:
    """Tell whether what writes ONNX is installed."""
    return find_spec("tf2onnx") is not None


def export_network(settings: UNet, weights: str | Path, output: str | Path) -> None:
    """Write a trained network as ONNX: RGB uint8 (batch, height, width, 3) -> outputs float32.

    Batch normalisation goes into the kernels, which stay in float32: in half precision the outputs
    would differ by 0.001 from those of Keras, so they differ by 0.000002.
    """
    from nucleibench.families.unet.network import load_network

    network = load_network(settings, weights)
    with atomic_path(output) as temporary:
        network.export(temporary, format="onnx", verbose=False, input_signature=[network.input])
