"""The parts that sections are made of: tables, pictures, and templates with everything escaped."""

import base64
import functools
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, FunctionLoader, StrictUndefined
from PIL import Image

PARTS = "parts.html"
QUALITY = 82  # of WebP pictures
WIDEST = 1600  # pixels of a figure


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: What it says, plain text.
        value: What the column is sorted by; None for its text.
        under: A second line in small print, plain text.
        heat: How strongly the cell is tinted, in [0, 1]; None for not at all.
        data: Names and values of data attributes, by which scripts know what the cell is of.
        link: Where the text leads, empty for nowhere.
    """

    text: str
    value: float | None = None
    under: str = ""
    heat: float | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    link: str = ""


@dataclass(frozen=True)
class Table:
    """A table whose columns sort; the first cell of a row names the row. Notes stand below it."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Picture:
    """A picture that enlarges: its data URI, what it shows in words, its caption and size."""

    source: str
    alt: str
    caption: str
    width: int
    height: int


def fill(template: str, **values: Any) -> str:
    """Return a template of this package, filled; whatever is not HTML already is escaped."""
    return _environment().get_template(template).render(**values)


def tables(found: Sequence[Table]) -> str:
    """Return the HTML of tables."""
    return fill(PARTS, tables=found, pictures=[], wide=False)


def pictures(found: Sequence[Picture], wide: bool = False) -> str:
    """Return the HTML of pictures: side by side where there is room, or one a line."""
    return fill(PARTS, tables=[], pictures=found, wide=wide)


def number(value: float, digits: int = 4) -> Cell:
    """Return the cell of a number, empty for not a number."""
    if pd.isna(value):
        return Cell("", None)
    whole = float(value).is_integer() and not isinstance(value, float)
    return Cell(f"{value:,}" if whole else f"{value:.{digits}f}", float(value))


def anything(value: Any) -> Cell:
    """Return the cell of a value of a table: a number, or text."""
    if isinstance(value, bool | np.bool_):
        return Cell("yes" if value else "no")
    if isinstance(value, int | float | np.number):
        return number(value.item() if isinstance(value, np.number) else value)
    return Cell(str(value))


def picture_of(path: Path, alt: str, caption: str) -> Picture:
    """Return a picture from a file, no wider than ``WIDEST``."""
    with Image.open(path) as image:
        return encode(image.convert("RGB"), alt, caption)


def encode(image: Image.Image, alt: str, caption: str) -> Picture:
    """Return a picture as WebP, no wider than ``WIDEST``."""
    image.thumbnail((WIDEST, 4 * WIDEST))
    stream = io.BytesIO()
    image.save(stream, "WEBP", quality=QUALITY)
    text = base64.b64encode(stream.getvalue()).decode()
    return Picture(f"data:image/webp;base64,{text}", alt, caption, *image.size)


def read_frame(path: Path) -> pd.DataFrame:
    """Read a table; names stay text, even where they look like numbers or are ``NA``."""
    names = dict.fromkeys(("image", "patient", "organ", "method", "sha256"), str)
    return pd.read_csv(path, dtype=names, keep_default_na=False, na_values=[""])


@functools.cache
def _environment() -> Environment:
    folder = files("nucleibench.page")
    return Environment(
        loader=FunctionLoader(lambda name: folder.joinpath(name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
