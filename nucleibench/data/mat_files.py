"""MATLAB files: arrays of numbers and nothing else."""

from io import BytesIO

import numpy as np

from nucleibench.data.mat_elements import check_elements
from nucleibench.errors import DataError

LABELS = "inst_map"
"""The variable that holds the label map in CoNSeP and in what HoVer-Net writes."""

INTEGERS = tuple(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))

NUMERIC = frozenset(("double", "single", "logical", *INTEGERS))
"""Classes of MATLAB that are numbers."""

HDF5 = b"\x89HDF"

LARGEST = 400_000_000
"""Numbers of an array; what claims more would only fill the memory."""


def read_array(content: bytes, where: str) -> np.ndarray:
    """Read the variable ``inst_map``, or the only array of numbers (height, width) in the file.

    Nothing else in the file is read: neither objects, functions nor cells.

    Raises:
        DataError: the file is damaged or of version 7.3, or has no such variable.
    """
    from scipy.io import loadmat, whosmat

    if content.startswith(HDF5) or content[:20].startswith(b"MATLAB 7.3"):
        raise DataError(f"{where}: is a MATLAB file of version 7.3; save it with `-v7`")
    try:
        name = _choose(whosmat(BytesIO(check_elements(content))), where)
        values = loadmat(BytesIO(content), variable_names=[name])[name]
    except DataError:
        raise
    except Exception as error:  # the reader raises whatever damaged bytes lead it to
        raise DataError(f"{where}: not a readable MATLAB file ({error}); restore it") from error
    return np.asarray(values)


def _choose(variables: list[tuple[str, tuple[int, ...], str]], where: str) -> str:
    maps = [
        name
        for name, shape, kind in variables
        if kind in NUMERIC and len(shape) == 2 and min(shape) > 1 and shape[0] * shape[1] <= LARGEST
    ]
    if LABELS in maps:
        return LABELS
    if len(maps) == 1:
        return maps[0]
    found = ", ".join(f"{name} ({kind})" for name, _, kind in variables) or "nothing"
    raise DataError(
        f"{where}: holds {found}; a label map is the variable {LABELS}, or the "
        "only array of numbers"
    )


def encode_array(values: np.ndarray) -> bytes:
    """Return a MATLAB file with ``values`` as its variable ``inst_map``.

    The same values give the same bytes.
    """
    from scipy.io import savemat

    stream = BytesIO()
    savemat(stream, {LABELS: values}, do_compression=True)
    # The description at the head holds the time of writing.
    return b"MATLAB 5.0 MAT-file".ljust(116) + stream.getvalue()[116:]
