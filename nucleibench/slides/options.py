"""What can be chosen when images of one's own are segmented."""

from typing import Annotated

from pydantic import Field

from nucleibench.bounds import LARGEST, MOST_THREADS, SMALLEST
from nucleibench.slides.settings import Turns
from nucleibench.slides.whole_slide import SlideSettings

PixelSize = Annotated[float, Field(ge=SMALLEST, le=LARGEST)]


class Options(SlideSettings):
    """How images are segmented."""

    pixel_size: PixelSize | None = None
    """Side of a pixel in micrometres; null takes what the file states."""
    threads: Annotated[int, Field(ge=1, le=MOST_THREADS)] = 2
    """Processor threads."""
    turns: Turns | None = None
    """Ways to lay a tile before the network, averaged; null takes those of the network's scores."""
    one_slide: bool = False
    """The images are fields of one slide: its stains are measured in all of them together."""
    simplified: bool = False
    """Outlines in GeoJSON have fewer vertices, within half a pixel of the exact ones."""

    def deciding(self) -> dict[str, object]:
        """Return, as plain values, what decides the results: neither threads nor blocks do."""
        return self.plain("threads", "block")
