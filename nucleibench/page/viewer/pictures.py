"""Pictures as text that a page can hold."""

import base64
import io

from PIL import Image

QUALITY = 70
"""Of WebP: an image of 1000 pixels takes some 130 kB, 180 kB as text."""

LARGEST = 4096
"""Pixels of the longest side of a picture; WebP ends at 16,383."""


def encode_webp(picture: Image.Image, quality: int = QUALITY) -> str:
    """Return a picture as WebP in base64, made smaller where a side is longer than LARGEST."""
    picture.thumbnail((LARGEST, LARGEST))
    stream = io.BytesIO()
    picture.save(stream, "WEBP", quality=quality)
    return base64.b64encode(stream.getvalue()).decode()
