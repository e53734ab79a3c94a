"""Small pictures of stained tissue, and files of them."""

import io

import numpy as np
import tifffile
from PIL import Image
from skimage.draw import disk


def draw_tissue(height=256, width=320):
    """RGB uint8: violet nuclei on pink ground, with noise."""
    generator = np.random.default_rng(0)
    image = np.full((height, width, 3), (230, 180, 210), np.float64)
    for _ in range(height * width // 1000):
        place = generator.integers(0, height), generator.integers(0, width)
        image[disk(place, 7, shape=(height, width))] = (110, 70, 150)
    image += generator.normal(0, 6, image.shape)
    return image.clip(0, 255).astype(np.uint8)


TISSUE = draw_tissue()
TRANSPARENT = (slice(None), slice(0, 100))
"""The part of the images with alpha that is not there."""


def on_glass(image=TISSUE):
    """The image with white where it is transparent."""
    image = image.copy()
    image[TRANSPARENT] = 255
    return image


def with_alpha(image=TISSUE):
    """The image with a channel of alpha, and black under its transparent part."""
    alpha = np.full(image.shape[:2], 255, np.uint8)
    alpha[TRANSPARENT] = 0
    return np.dstack([np.where(alpha[..., None] > 0, image, 0), alpha])


def picture(image, format, mode=None, **options):
    """Bytes of a picture that Pillow writes."""
    stream = io.BytesIO()
    drawn = Image.fromarray(image)
    (drawn.convert(mode) if mode else drawn).save(stream, format, **options)
    return stream.getvalue()


def tiff(image, **options):
    """Bytes of a TIFF that tifffile writes."""
    stream = io.BytesIO()
    tifffile.imwrite(stream, image, **options)
    return stream.getvalue()


def pyramid(image, tile=64, levels=3, **options):
    """Bytes of a TIFF with smaller levels of the image in SubIFDs."""
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        options = {"photometric": "rgb", "tile": (tile, tile), **options}
        writer.write(image, subifds=levels - 1, **options)
        for level in range(1, levels):
            step = 2**level
            writer.write(np.ascontiguousarray(image[::step, ::step]), subfiletype=1, **options)
    return stream.getvalue()
