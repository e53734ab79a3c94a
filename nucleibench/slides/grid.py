"""Grid points: where the corners of four pixels meet."""

import numpy as np

UPPER_LEFT, UPPER_RIGHT, LOWER_LEFT, LOWER_RIGHT = range(4)


def changes(padded: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tell at each grid point whether values differ along its rows, and along its columns.

    Args:
        padded: values of pixels (height + 2, width + 2), with a border that is background.

    Returns:
        Two bool arrays (height + 1, width + 1).
    """
    along_rows, along_columns = padded[:, 1:] != padded[:, :-1], padded[1:] != padded[:-1]
    return along_rows[1:] | along_rows[:-1], along_columns[:, 1:] | along_columns[:, :-1]


def pixels_around(padded: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Return the values of the four pixels around grid points.

    Args:
        padded: as of :func:`changes`.
        row: of the grid points, 0 = upper edge of the first pixel; integers (n,).
        column: the same, 0 = left edge.

    Returns:
        Values (4, n), in the order upper left, upper right, lower left, lower right.
    """
    width = padded.shape[1]
    places, flat = row * width + column, padded.ravel()
    return np.stack([flat[places + step] for step in (0, 1, width, width + 1)])
