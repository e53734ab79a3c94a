"""A drawn slide and made-up results of it, as ``nucleibench segment`` leaves them."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from nucleibench.slides.record import Record, write_record

SHAPE = (900, 1200)
RADIUS = 10
PIXEL_SIZE = 0.5
# A grid of nuclei in the left half of the slide.
PLACES = [(x, y) for y in range(50, 900, 50) for x in range(50, 600, 50)]


def make_slide(folder: Path, outputs: tuple[str, ...] = ("geojson", "csv")) -> tuple[Path, Path]:
    """Write a slide and its results; return the paths of the slide and of the record."""
    folder.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGB", SHAPE[::-1], (235, 200, 220))
    pen = ImageDraw.Draw(picture)
    for x, y in PLACES:
        pen.ellipse([x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS], fill=(80, 50, 130))
    picture.save(folder / "drawn.tif")
    made = {"geojson": _write_outlines, "csv": _write_table}
    for kind in outputs:
        made[kind](folder / f"drawn.{kind}")
    record = Record(
        image="drawn.tif",
        fingerprint="0",
        outputs=(*outputs, "record"),
        version="0",
        network={"name": "made_up", "sha256": "0"},
        settings={},
        finished=True,
        pixel_size={"um": PIXEL_SIZE, "source": "given"},
        counts={"nuclei": len(PLACES), "mean_area_um2": area(), "tissue_mm2": 0.25},
        warnings=("a <warning>",),
    )
    write_record(folder / "drawn.json", record)
    return folder / "drawn.tif", folder / "drawn.json"


def area() -> float:
    """Return the area of a nucleus in µm²."""
    return math.pi * (RADIUS * PIXEL_SIZE) ** 2


def _write_outlines(path: Path) -> None:
    angles = np.linspace(0, 2 * math.pi, 25)
    circle = RADIUS * np.column_stack([np.cos(angles), np.sin(angles)])
    circle[-1] = circle[0]
    features = [
        {"type": "Feature", "properties": {"objectType": "detection"},
         "geometry": {"type": "Polygon", "coordinates": [(circle + place).tolist()]}}
        for place in PLACES
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def _write_table(path: Path) -> None:
    x, y = zip(*PLACES, strict=True)
    certainty = np.linspace(0.5, 1, len(PLACES))
    columns = {"nucleus": range(1, len(x) + 1), "x_px": x, "y_px": y, "area_um2": area()}
    pd.DataFrame({**columns, "certainty": certainty}).to_csv(path, index=False)
