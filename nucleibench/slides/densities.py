"""Optical density of hematoxylin and eosin by colour deconvolution, as QuPath has it."""

import numpy as np

STAINS = np.array([[0.65, 0.70, 0.29], [0.2159, 0.8012, 0.5581]])
"""Density of hematoxylin and eosin in red, green and blue: QuPath's default for H&E.

Ruifrok and Johnston (2001) give the one, and the method; QuPath has the other from ImageJ's plugin.
"""

WHITE = (255.0, 255.0, 255.0)
"""RGB of glass where nothing else is known, as QuPath assumes."""

White = tuple[float, float, float]


def unmix(colors: np.ndarray, white: White = WHITE) -> np.ndarray:
    """Return the optical density of hematoxylin and eosin of RGB colours.

    Args:
        colors: uint8 (n, 3).
        white: RGB of glass, 0 to 255, at which a density is 0.

    Returns:
        float64 (2, n), to the base of 10; below 0 where a colour has less of a stain than none.
    """
    tables = _tables(white)
    red, green, blue = np.ascontiguousarray(colors.T)
    return np.stack([r.take(red) + g.take(green) + b.take(blue) for r, g, b in tables])


def _tables(white: White) -> np.ndarray:
    """Return what each value of each channel adds to each stain, float64 (2, 3, 256)."""
    values = np.maximum(np.arange(256), 1)[:, None]
    densities = np.maximum(-np.log10(values / np.array(white)), 0)
    unit = STAINS / np.linalg.norm(STAINS, axis=1, keepdims=True)
    residual = np.cross(*unit)
    mixing = np.stack([*unit, residual / np.linalg.norm(residual)])
    return (densities[:, :, None] * np.linalg.inv(mixing)[None, :, :2]).transpose(2, 1, 0)
