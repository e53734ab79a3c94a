"""Read weights that PyTorch saved, without PyTorch and without the powers of pickle.

PyTorch before 1.6 wrote a state dict as a row of pickles, and the numbers of each storage behind
them. Of the pickles' names only an ordered dictionary, tensors and their types are known here, so a
file can call nothing.
"""

import collections
import pickle
import struct
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from nucleibench.errors import DataError

MAGIC = 0x1950A86A20F9469CFC6C
DTYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class _Tensor(NamedTuple):
    storage: str
    offset: int
    shape: tuple[int, ...]
    steps: tuple[int, ...]


class _Entries(pickle.Unpickler):
    """Read names, shapes and places of tensors; refuse every other object."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream)
        self.dtypes: dict[str, np.dtype] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, steps, *_: _Tensor(storage, offset, shape, steps)
        if module == "torch" and name in DTYPES:
            return DTYPES[name]
        raise pickle.UnpicklingError(f"it names {module}.{name}, which no weights need")

    def persistent_load(self, identity: Any) -> str:
        _, dtype, storage, *_ = identity
        self.dtypes[storage] = dtype
        return storage


class _Plain(pickle.Unpickler):
    """Read numbers, text, lists and dictionaries."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"it names {module}.{name}, which no weights need")


def read_torch_weights(path: str | Path) -> dict[str, np.ndarray]:
    """Return the arrays of a state dict by name, each in the shape of PyTorch.

    Raises:
        DataError: the file is damaged, of another form, or holds more than weights.
    """
    try:
        with open(path, "rb") as stream:
            return _read(stream)
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, struct.error) as error:
        raise DataError(f"{path}: cannot be read as weights of PyTorch ({error})") from error


def _read(stream: BinaryIO) -> dict[str, np.ndarray]:
    if _Plain(stream).load() != MAGIC:
        raise ValueError("it does not begin as such a file does")
    for _ in ("version", "sizes of numbers"):
        _Plain(stream).load()
    reader = _Entries(stream)
    entries = reader.load()
    numbers = {key: _read_storage(stream, reader.dtypes[key]) for key in _Plain(stream).load()}
    return {name: _arrange(tensor, numbers[tensor.storage]) for name, tensor in entries.items()}


def _read_storage(stream: BinaryIO, dtype: np.dtype) -> np.ndarray:
    (count,) = struct.unpack("<q", stream.read(8))
    return np.frombuffer(stream.read(count * dtype.itemsize), dtype, count)


def _arrange(tensor: _Tensor, numbers: np.ndarray) -> np.ndarray:
    places = np.full(tensor.shape, tensor.offset)
    for axis, (size, step) in enumerate(zip(tensor.shape, tensor.steps, strict=True)):
        places += np.expand_dims(np.arange(size) * step, tuple(range(1, len(tensor.shape) - axis)))
    if places.size and not 0 <= places.min() <= places.max() < len(numbers):
        raise ValueError("a tensor lies outside its storage")
    return numbers[places]
