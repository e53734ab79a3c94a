"""How many nuclei lie where on a slide."""

import base64
from dataclasses import dataclass

import cv2
import numpy as np

CELLS = 160
"""Along the longer side of a slide, at most."""

SMALLEST_UM = 50.0
"""Side of a cell in micrometres, at least: smaller ones hold too few nuclei to compare."""

OPAQUE = 255


@dataclass(frozen=True)
class Density:
    """Nuclei for each mm², in cells of one size that are nearly square.

    Attributes:
        values: float64 (rows, columns).
        side: about that of a cell in pixels of the slide.
        side_um: about that of a cell in micrometres.
    """

    values: np.ndarray
    side: float
    side_um: float

    @property
    def peak(self) -> float:
        """The largest value."""
        return float(self.values.max(initial=0))


def measure_density(places: np.ndarray, shape: tuple[int, int], pixel_size: float) -> Density:
    """Count nuclei in cells.

    Args:
        places: middles (x, y) in pixels of the slide, float64 (n, 2).
        shape: height and width of the slide in pixels.
        pixel_size: side of a pixel in micrometres.
    """
    side = max(SMALLEST_UM / pixel_size, max(shape) / CELLS)
    # Cells that are cut by the edge would be slivers, in which one nucleus is a peak.
    cells = [max(1, round(length / side)) for length in shape]
    bounds = [(0, length) for length in shape]
    counts, _, _ = np.histogram2d(places[:, 1], places[:, 0], bins=cells, range=bounds)
    area = shape[0] * shape[1] / (cells[0] * cells[1]) * (pixel_size / 1000) ** 2
    return Density(counts / area, side, side * pixel_size)


def draw_density(density: Density) -> str:
    """Return a picture of a pixel for each cell: PNG in base64, clear where there are no nuclei.

    Colours are those of viridis, from 0 to the peak; they also differ in lightness.
    """
    shares = np.rint(OPAQUE * density.values / max(density.peak, 1e-9)).astype(np.uint8)
    colors = cv2.cvtColor(cv2.applyColorMap(shares, cv2.COLORMAP_VIRIDIS), cv2.COLOR_BGR2BGRA)
    colors[..., 3] = np.where(density.values > 0, OPAQUE, 0)
    return base64.b64encode(cv2.imencode(".png", colors)[1].tobytes()).decode()
