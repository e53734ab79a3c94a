"""What the names of channels say of their colours."""

import re
from collections.abc import Sequence

from nucleibench.images.faults import AS_RGB, unsuitable

COLOURS = ("red", "green", "blue")

NUMBERED = re.compile(
    r"(channel|chan|ch|c|image|img|sample|band|plane|slice|page)?[\s_:=#./-]*[\d\s:/]*|c:\d+/\d+.*",
    re.IGNORECASE,
)
"""Names that programs give to channels of which they know nothing, such as ``Channel 1``."""


def order_channels(names: Sequence[str], where: str) -> list[int] | None:
    """Return the places of red, green and blue among three channels by their names.

    Args:
        names: of the channels, "" for those without one.
        where: what messages call the image.

    Returns:
        Three places, or None where the names say nothing.

    Raises:
        DataError: the names are others than of these colours, as in fluorescence.
    """
    if len(set(names)) == 1 or all(map(NUMBERED.fullmatch, names)):
        return None
    called = [name.lower() for name in names]
    for known in (COLOURS, tuple(colour[0] for colour in COLOURS)):
        if sorted(called) == sorted(known):
            return [called.index(colour) for colour in known]
    raise unsuitable(
        where,
        f"has channels called {', '.join(name or 'nothing' for name in names)}, where H&E has red, "
        "green and blue; fluorescence is not read",
        AS_RGB,
    )


def order_note(names: Sequence[str]) -> str:
    """Say that channels have been put into the order of their names."""
    return f"channels are taken by their names ({', '.join(names)})"
