"""The figure of networks (Figure 1): each as it is built, GB U-Net beside its first stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch, Rectangle

from nucleibench.errors import DataError
from nucleibench.report.drawing import BLUE, GREEN, ORANGE, PURPLE, save_figure, styled

COLORS = {"input": "#9A9A9A", "encoder": BLUE, "decoder": ORANGE, "head": GREEN}
INK = "#333333"

# Inches
MARGIN = 0.3
LEGEND_HEIGHT = 0.5
TITLE_HEIGHT = 0.5
GAP = 1.0  # between the stages
SMALL = (5.2, 2.1)  # width and height of a first-stage network
LARGE = (6.4, 4.4)

Point = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """Where a network is drawn: its lower left corner and size in inches, its text in points."""

    left: float
    bottom: float
    width: float
    height: float
    font: float


@dataclass(frozen=True)
class Box:
    """Where a block was drawn: its middle and half its size, in inches."""

    x: float
    y: float
    half_width: float
    half_height: float

    @property
    def left(self) -> Point:
        """Return the middle of the left side."""
        return self.x - self.half_width, self.y

    @property
    def right(self) -> Point:
        """Return the middle of the right side."""
        return self.x + self.half_width, self.y


def plot_networks(
    blocks_csv: str | Path,
    names: Mapping[str, str],
    output_png: str | Path,
    output_pdf: str | Path,
) -> None:
    """Draw networks from their blocks: one that joins others' maps to the right of those.

    Args:
        blocks_csv: What :func:`nucleibench.families.unet.description.write_blocks` wrote.
        names: Network -> its name; the key itself where missing.
        output_png: The figure as picture.
        output_pdf: The figure for print.

    Raises:
        DataError: If there are no blocks to draw.
    """
    blocks = pd.read_csv(blocks_csv, keep_default_na=False)
    if blocks.empty:
        raise DataError(f"{blocks_csv}: holds no blocks; describe the networks again")
    with styled():
        save_figure(draw_networks(blocks, names), output_png, output_pdf)


def draw_networks(blocks: pd.DataFrame, names: Mapping[str, str]) -> Figure:
    """Return the figure of all networks in a table of blocks."""
    networks = dict(list(blocks.groupby("network", sort=False)))
    joined = {key: _first_stage(rows) for key, rows in networks.items()}
    frames = _place([n for n in networks if not joined[n]], [n for n in networks if joined[n]])
    figure, axes = _canvas(list(frames.values()))
    drawn = {key: _draw_network(axes, networks[key], frames[key]) for key in networks}
    for key, sources in joined.items():
        _draw_title(axes, networks[key], frames[key], names.get(key, key))
        for source in sources:
            _arrow(axes, _head(drawn[source]).right, drawn[key]["stage_one"].left, PURPLE)
    _draw_legend(axes, any(joined.values()))
    return figure


def _canvas(frames: Sequence[Frame]) -> tuple[Figure, Axes]:
    """Return a figure that holds these frames, and its axes, whose unit is the inch."""
    width = max(frame.left + frame.width for frame in frames) + MARGIN
    height = max(frame.bottom + frame.height for frame in frames) + TITLE_HEIGHT
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
    axes.set_axis_off()
    return figure, axes


def _head(boxes: Mapping[str, Box]) -> Box:
    """Return the last block of a network."""
    return list(boxes.values())[-1]


def _first_stage(rows: pd.DataFrame) -> list[str]:
    """Return the networks whose maps a network takes."""
    return " ".join(rows.loc[rows["part"] == "input", "joins"]).split()


def _place(first: list[str], second: list[str]) -> dict[str, Frame]:
    """Return where each network goes: a column of the first stage, beside it the second."""
    frames = {}
    (width, height), (large_width, large_height) = SMALL, LARGE
    tower = len(first) * (height + TITLE_HEIGHT)
    for line, name in enumerate(reversed(first)):
        bottom = LEGEND_HEIGHT + line * (height + TITLE_HEIGHT)
        frames[name] = Frame(MARGIN, bottom, width, height, font=6.5)
    lowest = LEGEND_HEIGHT + max(0, (tower - large_height) / 2)
    for line, name in enumerate(second):
        bottom = lowest + line * (large_height + TITLE_HEIGHT)
        frames[name] = Frame(MARGIN + width + GAP, bottom, large_width, large_height, font=8)
    return frames


def _draw_network(axes: Axes, rows: pd.DataFrame, frame: Frame) -> dict[str, Box]:
    """Draw a network's blocks and their connections; return where each block is, by layer."""
    boxes = {row.layer: _box(row, rows, frame) for row in rows.itertuples()}
    for row in rows.itertuples():
        _draw_block(axes, row, boxes[row.layer], frame.font)
        if row.joins in boxes:
            _arrow(axes, boxes[row.joins].right, boxes[row.layer].left, INK, dashed=True)
    path = rows[rows["part"] != "input"]["layer"].tolist()
    for one, two in pairwise(["image", *path]):
        _connect(axes, boxes[one], boxes[two])
    _draw_sizes(axes, rows, boxes, frame)
    return boxes


def _box(row: Any, rows: pd.DataFrame, frame: Frame) -> Box:
    """Return where a block goes: its row by its level, encoder on the left, decoder on the right.

    Width grows with the logarithm of the channels, height falls with the level. Several inputs
    touch, the image last.
    """
    depth = int(rows["level"].max())
    columns = {"input": -1, "encoder": row.level, "decoder": 2 * depth - row.level}
    column = columns.get(row.part, 2 * depth + 1)
    across, down = frame.width / (2 * depth + 3), frame.height / (depth + 1)
    half_width = _half_width(row.channels, across)
    shift = half_width + _half_width(3, across) if row.layer == "stage_one" else 0
    return Box(
        frame.left + (column + 1.5) * across - shift,
        frame.bottom + frame.height - (row.level + 0.5) * down,
        half_width,
        down * 0.3 * 0.85**row.level,
    )


def _half_width(channels: int, across: float) -> float:
    return across * (0.05 + 0.035 * log2(channels))


def _draw_block(axes: Axes, row: Any, box: Box, font: float) -> None:
    color = PURPLE if row.layer == "stage_one" else COLORS[row.part]
    corner = box.x - box.half_width, box.y - box.half_height
    axes.add_patch(
        Rectangle(corner, 2 * box.half_width, 2 * box.half_height, color=color, zorder=3)
    )
    above = box.y + box.half_height + 0.02
    axes.text(box.x, above, row.channels, ha="center", va="bottom", fontsize=font, color=INK)


def _draw_title(axes: Axes, rows: pd.DataFrame, frame: Frame, name: str) -> None:
    title = f"{name}, {rows['parameters'].sum() / 1e6:.1f} million weights"
    top = frame.bottom + frame.height + 0.12
    axes.text(frame.left, top, title, fontsize=frame.font + 2, fontweight="bold", va="bottom")


def _draw_sizes(axes: Axes, rows: pd.DataFrame, boxes: Mapping[str, Box], frame: Frame) -> None:
    """Write each level's height and width in the middle of its row, below the deepest block."""
    deepest = rows.loc[rows["level"].idxmax(), "layer"]
    style: dict[str, Any] = dict(ha="center", fontsize=frame.font, color=INK, fontstyle="italic")
    for _, row in rows.drop_duplicates("level").iterrows():
        text = f"{row['height']} \N{MULTIPLICATION SIGN} {row['width']}"
        box = boxes[row["layer"]]
        if row["layer"] == deepest:
            axes.text(box.x, box.y - box.half_height - 0.03, text, va="top", **style)
        else:
            axes.text(boxes[deepest].x, box.y + 0.02, text, va="bottom", **style)


def _connect(axes: Axes, one: Box, two: Box) -> None:
    """Draw the way from a block to the next: along a row, or from below to beside it."""
    if one.y == two.y:
        _arrow(axes, one.right, two.left, INK)
    elif one.y > two.y:
        _arrow(
            axes,
            (one.x, one.y - one.half_height),
            two.left,
            INK,
            bend="angle,angleA=-90,angleB=180",
        )
    else:
        _arrow(
            axes, one.right, (two.x, two.y - two.half_height), INK, bend="angle,angleA=0,angleB=90"
        )


def _arrow(
    axes: Axes, start: Point, end: Point, color: str, dashed: bool = False, bend: str = "arc3"
) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=7,
            linewidth=0.8,
            linestyle=(0, (4, 2)) if dashed else "-",
            color=color,
            connectionstyle=bend,
            shrinkA=1,
            shrinkB=1,
            zorder=2,
        )
    )


def _draw_legend(axes: Axes, two_stages: bool) -> None:
    names = {"input": "image", "encoder": "encoder", "decoder": "decoder", "head": "softmax head"}
    handles: list[Artist] = [Patch(color=COLORS[part], label=name) for part, name in names.items()]
    if two_stages:
        handles.append(Patch(color=PURPLE, label="maps from before the softmax, concatenated"))
    handles.append(
        Line2D([], [], color=INK, linestyle=(0, (4, 2)), linewidth=0.8, label="skip connection")
    )
    axes.legend(handles=handles, loc="lower center", ncols=len(handles), fontsize=8)
