"""Settings of datasets: in which format they are and where their archives come from."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from nucleibench.bounds import LARGEST, SMALLEST
from nucleibench.data.formats import FORMATS
from nucleibench.data.splits import SplitRule
from nucleibench.settings import Count, Name, OneOf, Settings

Source = Literal["path", "synthetic", "url", "google_drive"]

SOURCES: tuple[Source, ...] = ("path", "synthetic", "url", "google_drive")
"""Where an archive can come from, the nearest first."""


class Synthetic(Settings):
    """Synthetic H&E images, drawn in the official layout of the dataset's format."""

    images: Count
    """Number of images."""
    size: Annotated[int, Field(ge=64)]
    """Side of an image in pixels."""


class Archive(Settings):
    """Where one part of a dataset comes from.

    It needs at least one source. Of several the nearest is taken: path, synthetic, url,
    google_drive.
    """

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": [s]} for s in SOURCES]})

    path: str | None = None
    """Local archive or its unpacked folder. Nothing is downloaded."""
    synthetic: Synthetic | None = None
    """Draw synthetic images. Nothing is downloaded."""
    url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    """Web address of the archive."""
    google_drive: str | None = None
    """Identifier of the archive on Google Drive."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")] | None = None
    """SHA-256 of the archive in hexadecimal digits. A download with another one is refused. A
    local archive is refused too, or accepted with a warning where it replaces a download."""
    md5: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{32}$")] | None = None
    """MD5 of the archive in hexadecimal digits, for where no SHA-256 is known."""

    @model_validator(mode="after")
    def _check_source(self) -> Self:
        if all(getattr(self, source) is None for source in SOURCES):
            raise ValueError(f"no source of the archive; give one of {', '.join(SOURCES)}")
        return self

    @property
    def source(self) -> Source:
        """The name of the source that is taken."""
        return next(source for source in SOURCES if getattr(self, source) is not None)

    @property
    def checksums(self) -> dict[str, str]:
        """The given checksums by algorithm, in lower case, the strongest first."""
        given = {"sha256": self.sha256, "md5": self.md5}
        return {name: digits.lower() for name, digits in given.items() if digits is not None}


class Dataset(Settings):
    """A dataset of annotated images."""

    format: Annotated[str, OneOf(FORMATS)]
    """Layout of the archives and kind of the annotations."""
    organs: str | None = None
    """CSV table with the columns image and organ, and patient if you like, for images that are not
    in the official datasets. An image is named by its id, in tnbc also by its slide (`Slide_12`),
    or several by a pattern (`12_*`)."""
    split: SplitRule | None = None
    """Which images test: `organ`, those of the test organ, while the others train; `test`, all of
    them; `sheet`, those that the column split of `images.csv` says, or all where there is none.
    Left out, it is `organ` in monuseg, `test` in tnbc and consep, `sheet` in folder."""
    pixel_size: Annotated[float, Field(ge=SMALLEST, le=LARGEST)] | None = None
    """Side of a pixel in micrometres, for images of which `images.csv` says none. Left out, it is
    0.25 in monuseg and tnbc, 0.275 in consep, and in folder what each file states. Images of other
    pixels than 0.25 are brought to these for networks and algorithms, and scored in their own."""
    licence: Annotated[str, Field(min_length=1)] | None = None
    """Licence of the images: a name of SPDX, such as `CC-BY-4.0`, or a sentence. The card of a
    network that saw them repeats it. Left out, it is `not stated`; that of `monuseg` is known."""
    archives: Annotated[dict[Name, Archive], Field(min_length=1)]
    """Where each part of the dataset comes from, by name of the part."""

    @property
    def split_rule(self) -> SplitRule:
        """The rule that says which images test."""
        return self.split or FORMATS[self.format].split
