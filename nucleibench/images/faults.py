"""The words in which an image is refused."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from nucleibench.errors import DataError

LARGEST_WHOLE = 400_000_000
"""Pixels of an image, or of a piece of it, that can only be decoded as a whole: 20,000 x 20,000."""

AS_RGB = "export it as 8-bit RGB"
"""What helps where colours cannot be told for certain."""


def damaged(where: str, detail: object = "") -> DataError:
    """Return the error for a file that holds less, or other, than it says."""
    reason = f" ({detail})" if str(detail) else ""
    return DataError(
        f"{where}: not a readable image: the file is cut short or damaged{reason}; restore it"
    )


def unknown(where: str, kinds: Sequence[str]) -> DataError:
    """Return the error for a file whose beginning is that of no kind."""
    return DataError(
        f"{where}: not a readable image: it is none of {', '.join(kinds)}, or the file is cut "
        "short or damaged; convert or restore it"
    )


@contextmanager
def telling_damage(where: str) -> Iterator[None]:
    """Turn whatever a decoder raises on damaged bytes into the error of :func:`damaged`."""
    try:
        yield
    except (DataError, MemoryError):
        raise
    except Exception as error:  # decoders raise whatever damaged bytes lead them to
        raise damaged(where, error) from error


def unsuitable(where: str, what: str, remedy: str) -> DataError:
    """Return the error for a sound file whose colours cannot be told for certain."""
    return DataError(f"{where}: {what}; {remedy}")


def grey(where: str) -> DataError:
    """Return the error for an image of one channel."""
    return unsuitable(
        where, "is grey-scale, but H&E needs colour", "give the image as it was scanned, in RGB"
    )


def black_and_white(where: str) -> DataError:
    """Return the error for an image of one bit a pixel."""
    return unsuitable(
        where, "has 1 bit a pixel, but H&E needs colour", "give the image as it was scanned, in RGB"
    )


def check_size(where: str, height: int, width: int, what: str) -> None:
    """Raise DataError where something that is decoded at once would not fit ordinary memory."""
    if height * width > LARGEST_WHOLE:
        raise unsuitable(
            where,
            f"{width} x {height} pixels are too many for {what}, which cannot be read by region "
            f"(at most {LARGEST_WHOLE:,})",
            "convert to a tiled TIFF: vips tiffsave INPUT OUTPUT.tif --tile --compression deflate "
            "--bigtiff",
        )
