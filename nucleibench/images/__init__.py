"""Reading and writing of RGB images (uint8) and instance label maps (integers, 0 = background)."""

from nucleibench.images.labels import read_labels, write_labels
from nucleibench.images.rgb import read_rgb, write_rgb

__all__ = ["PIXEL_SIZE", "read_labels", "read_rgb", "write_labels", "write_rgb"]

PIXEL_SIZE = 0.25
"""Side of a pixel in micrometres at 40x, the scale of all datasets and trained networks."""
