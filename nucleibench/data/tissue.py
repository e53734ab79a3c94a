"""Synthetic tissue: where nuclei lie, which outlines they have, and what lies between them.

Nothing here imitates a particular image. The look of an organ comes from a few numbers: size,
form and crowding of its nuclei, how much is epithelium, stroma and empty lumen, and how strongly
each takes the stains.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from nucleibench.data.polygons import rasterize_polygons


@dataclass(frozen=True)
class TissueType:
    """What makes an organ look as it does; lengths in pixels at 40x (0.25 micrometres).

    Attributes:
        radius: mean radius of epithelial nuclei.
        elongation: mean ratio of the axes of epithelial nuclei.
        spacing: least distance of epithelial nuclei, in sums of their radii; below 1 they overlap.
        epithelium: fraction of the area that is epithelium.
        lumen: fraction of the area that is empty.
        vesicular: 0 for evenly dark nuclei, 1 for pale ones with a dark rim.
        chromatin: hematoxylin in nuclei.
        basophilia: hematoxylin in cytoplasm.
        cytoplasm: eosin in cytoplasm.
        membrane: eosin in the borders of cells.
        fibres: eosin in stroma.
    """

    radius: float
    elongation: float
    spacing: float
    epithelium: float
    lumen: float
    vesicular: float
    chromatin: float
    basophilia: float
    cytoplasm: float
    membrane: float
    fibres: float


# radius, elongation, spacing, epithelium, lumen, vesicular, chromatin, basophilia, cytoplasm, ...
TISSUES = {
    "liver": TissueType(10.5, 1.25, 1.35, 0.70, 0.06, 0.45, 1.10, 0.18, 0.75, 0.15, 0.70),
    "kidney": TissueType(8.0, 1.15, 1.45, 0.70, 0.12, 0.10, 1.35, 0.06, 0.22, 0.60, 0.75),
    "prostate": TissueType(10.0, 1.10, 0.98, 0.55, 0.08, 0.90, 0.95, 0.15, 0.35, 0.15, 0.60),
    "bladder": TissueType(13.0, 1.35, 1.02, 0.72, 0.10, 0.25, 1.25, 0.35, 0.45, 0.10, 0.55),
    "colon": TissueType(10.5, 1.70, 0.92, 0.60, 0.12, 0.20, 1.20, 0.38, 0.45, 0.10, 0.60),
    "stomach": TissueType(8.0, 1.20, 0.95, 0.62, 0.10, 0.10, 1.50, 0.12, 0.35, 0.20, 0.60),
    "lung": TissueType(9.5, 1.25, 1.08, 0.48, 0.22, 0.35, 1.15, 0.15, 0.40, 0.20, 0.55),
    "brain": TissueType(8.0, 1.15, 1.90, 0.92, 0.02, 0.30, 1.30, 0.20, 0.70, 0.00, 0.70),
    "breast": TissueType(10.0, 1.30, 1.00, 0.45, 0.08, 0.50, 1.10, 0.20, 0.45, 0.15, 0.70),
}
"""By organ: the nine of MoNuSeg."""


@dataclass(frozen=True)
class NucleusKind:
    """How nuclei of one kind of cell differ from epithelial ones, each number as a factor."""

    scale: float
    elongation: float
    spacing: float
    chromatin: float
    vesicular: float


KINDS = (
    NucleusKind(scale=1.0, elongation=1.0, spacing=1.0, chromatin=1.0, vesicular=1.0),
    NucleusKind(scale=0.75, elongation=2.2, spacing=3.0, chromatin=1.15, vesicular=0.3),
    NucleusKind(scale=0.65, elongation=1.0, spacing=1.3, chromatin=1.35, vesicular=0.1),
)
"""Epithelial cells, fibroblasts and lymphocytes."""

EPITHELIAL, FIBROBLAST, LYMPHOCYTE = range(3)


@dataclass(frozen=True)
class Layout:
    """Compartments and nuclei of a piece of tissue.

    Attributes:
        depth: float (size, size), negative in stroma, 0 to 1 in epithelium, above 1 in lumen.
        flow: float (size, size), direction of fibres in radians.
        centres: float (nuclei, 2), (x, y).
        kinds: int (nuclei,), index into ``KINDS``.
        outlines: float (vertices, 2) of each nucleus, (x, y) within the image.
        labels: int32 (size, size), the outlines drawn, 0 = background.
    """

    depth: np.ndarray
    flow: np.ndarray
    centres: np.ndarray
    kinds: np.ndarray
    outlines: list[np.ndarray]
    labels: np.ndarray


def lay_out(tissue: TissueType, size: int, random: np.random.Generator) -> Layout:
    """Invent a piece of tissue of ``size`` x ``size`` pixels."""
    depth = _depth(tissue, size, random)
    flow = random.uniform(0, np.pi) + 0.8 * smooth_noise(size, 12 * tissue.radius, random)
    centres, kinds, radii = _place(tissue, depth, random)
    outlines = [
        _outline(tissue, KINDS[kind], centre, radius, flow, random)
        for centre, kind, radius in zip(centres, kinds, radii, strict=True)
    ]
    offsets = np.cumsum([0, *map(len, outlines)])
    vertices = np.concatenate([*outlines, np.empty((0, 2))])
    labels = rasterize_polygons(vertices, offsets, (size, size))
    return Layout(depth, flow, centres, kinds, outlines, labels)


def smooth_noise(size: int, scale: float, random: np.random.Generator) -> np.ndarray:
    """Return noise of zero mean and unit deviation that varies over ``scale`` pixels."""
    coarse = max(4, round(size / scale) + 3)
    grid = random.standard_normal((coarse, coarse)).astype(np.float32)
    side = round(coarse * max(scale, size / (coarse - 3)))
    noise = cv2.resize(grid, (side, side), interpolation=cv2.INTER_CUBIC)
    margin = (side - size) // 2
    noise = noise[margin : margin + size, margin : margin + size]
    return (noise - noise.mean()) / noise.std()


def _depth(tissue: TissueType, size: int, random: np.random.Generator) -> np.ndarray:
    """Cut a smooth landscape at the heights that give stroma, epithelium and lumen their areas."""
    landscape = smooth_noise(size, 7 * tissue.radius, random)
    landscape += 0.35 * smooth_noise(size, 2.5 * tissue.radius, random)
    shore, peak = np.quantile(landscape, [1 - tissue.epithelium - tissue.lumen, 1 - tissue.lumen])
    return (landscape - shore) / (peak - shore)


def _place(
    tissue: TissueType, depth: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Throw nuclei at random places outside the lumen and keep those that find room there.

    Returns:
        Centres (x, y), kinds and radii.
    """
    size = len(depth)
    tries = int(6 * (size / tissue.radius) ** 2)
    centres = random.uniform(0, size - 1, (tries, 2))
    column, row = centres.round().astype(int).T
    in_stroma = depth[row, column] <= 0
    stromal = random.choice([FIBROBLAST, LYMPHOCYTE], tries, p=[0.8, 0.2])
    kinds = np.where(in_stroma, stromal, EPITHELIAL)
    scale, spacing = np.array([(kind.scale, kind.spacing) for kind in KINDS])[kinds].T
    radii = tissue.radius * scale * np.clip(random.normal(1, 0.2, tries), 0.6, 1.6)
    reach = np.maximum(radii * tissue.spacing * spacing, np.where(in_stroma, radii, 0))
    free = np.flatnonzero(depth[row, column] < 0.92)
    kept = free[_find_room(centres[free], reach[free], size)]
    return centres[kept], kinds[kept], radii[kept]


def _find_room(centres: np.ndarray, reach: np.ndarray, size: int) -> list[int]:
    """Return which centres, taken in order, keep the sum of both reaches from all before them."""
    kept = []
    room = np.full((size, size), np.inf)
    for index, (column, row) in enumerate(centres.round().astype(int)):
        if room[row, column] > reach[index]:
            kept.append(index)
            _claim(room, centres[index], reach[index], reach.max())
    return kept


def _claim(room: np.ndarray, centre: np.ndarray, reach: float, farthest: float) -> None:
    """Lower ``room``, the distance at each pixel to the nearest claim, around a new claim."""
    first = np.maximum(centre - reach - farthest, 0).astype(int)
    last = (centre + reach + farthest).astype(int) + 1
    near = room[first[1] : last[1], first[0] : last[0]]
    y, x = np.ogrid[: near.shape[0], : near.shape[1]]
    np.minimum(near, np.hypot(x + first[0] - centre[0], y + first[1] - centre[1]) - reach, out=near)


def _outline(
    tissue: TissueType,
    kind: NucleusKind,
    centre: np.ndarray,
    radius: float,
    flow: np.ndarray,
    random: np.random.Generator,
) -> np.ndarray:
    """Return a dented ellipse as vertices about two pixels apart, rounded as in a file."""
    angle = np.linspace(0, 2 * np.pi, max(16, round(np.pi * radius)), endpoint=False)
    dents = sum(
        random.normal(0, 0.07 / waves) * np.cos(waves * angle + random.uniform(0, 2 * np.pi))
        for waves in (2, 3, 4, 5)
    )
    ratio = max(1.0, random.normal(tissue.elongation * kind.elongation, 0.15)) ** 0.5
    along, across = radius * ratio * np.cos(angle), radius / ratio * np.sin(angle)
    column, row = centre.round().astype(int)
    turn = flow[row, column] + random.normal(0, 0.3 if kind.elongation > 1 else 0.6)
    x = along * np.cos(turn) - across * np.sin(turn)
    y = along * np.sin(turn) + across * np.cos(turn)
    outline = centre + np.column_stack([x, y]) * np.exp(dents)[:, None]
    return np.clip(outline, 0, len(flow) - 1).round(2)
