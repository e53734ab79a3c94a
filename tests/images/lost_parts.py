"""Files that have lost blocks, and what is told of them."""

from nucleibench.images.decoding import open_content
from nucleibench.images.holes import BLOCK


def lose(content, first, blocks=1):
    """Return a file whose blocks are zeros."""
    lost = bytearray(content)
    lost[first * BLOCK : (first + blocks) * BLOCK] = bytes(
        len(content[first * BLOCK :][: blocks * BLOCK])
    )
    return bytes(lost)


def new_notes(content, sound):
    """Return what is told of a file, and not of the sound one."""
    with open_content(sound, "image") as raster:
        known = raster.notes
    with open_content(content, "image") as raster:
        return [note for note in raster.notes if note not in known]


def told(first, last):
    return [
        f"the bytes from {first:,} to {last:,} are zeros, as where a file has lost a part: look "
        "for a black stripe, and restore the file if it is there"
    ]
