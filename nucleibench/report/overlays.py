"""The figure of overlays (Figure 3): right and wrong pixels on the easiest and hardest image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Patch

from nucleibench.files import atomic_path
from nucleibench.images import read_labels, read_rgb
from nucleibench.report.drawing import save_figure, styled
from nucleibench.report.results import aji_by_image, read_results
from nucleibench.report.rows import Titles, in_order

MOST_COLUMNS = 6
PANEL_INCHES = 2.0
TITLE_INCHES = 0.4
HEADING_INCHES = 0.3
LEGEND_INCHES = 0.3

# A pixel's class is 2 if it is in a true nucleus, plus 1 if it is in a predicted one.
PIXEL_CLASSES = ("background", "false positive", "false negative", "true positive")
# Light green recedes behind the errors; strong red and blue differ for colour-blind readers too.
PIXEL_COLORS = np.array(list(map(to_rgb, ("#FFFFFF", "#1F4FD8", "#D62718", "#8CCF8C"))))


@dataclass(frozen=True)
class Choice:
    """An image to show, why, and its AJI in each row of the tables."""

    image: str
    reason: str
    aji: pd.Series

    @property
    def combined(self) -> float:
        """The mean AJI of the rows."""
        return float(self.aji.mean())


@dataclass(frozen=True)
class Panel:
    """A picture, (height, width, 3), and what stands above it."""

    title: str
    picture: np.ndarray


def plot_overlays(
    images_folder: str | Path,
    labels_folder: str | Path,
    segmentations: Mapping[str, str | Path],
    metrics: Mapping[str, str | Path],
    titles: Titles,
    output_png: str | Path,
    output_pdf: str | Path,
    output_csv: str | Path,
) -> None:
    """Draw the images of lowest and highest AJI, combined over rows, and every segmentation.

    Args:
        images_folder: RGB images, ``{image}.png``.
        labels_folder: True instance label maps, ``{image}.tif``.
        segmentations: Row -> folder of its instance label maps, ``{image}.tif``.
        metrics: Row -> metrics file.
        titles: Titles of the rows to draw. The AJI is combined (averaged) over them.
        output_png: The figure as picture.
        output_pdf: The figure for print.
        output_csv: What is shown: image, reason, method, aji, combined_aji, and the number of
            pixels of each class.

    Raises:
        DataError: If a row has no metrics.
    """
    results = read_results(metrics, in_order(titles))
    records, blocks = [], {}
    for choice in choose_images(aji_by_image(results)):
        classes = _classify_by_row(choice, Path(labels_folder), segmentations)
        records += _records(choice, classes)
        image = Panel("H&E", read_rgb(Path(images_folder) / f"{choice.image}.png"))
        heading = f"{choice.image}: {choice.reason} combined AJI, {choice.combined:.3f}"
        blocks[heading] = [image, *_panels(choice, classes, titles)]
    with atomic_path(output_csv) as temporary:
        pd.DataFrame(records).to_csv(temporary, index=False)
    with styled():
        save_figure(_draw(blocks), output_png, output_pdf)


def choose_images(aji: pd.DataFrame) -> list[Choice]:
    """Return the images whose AJI, averaged over rows of the tables, is lowest and highest.

    Of equals the first is taken; of a single image there is one choice.

    Args:
        aji: A row per image, a column per row of the tables.
    """
    combined = aji.mean(axis=1)
    chosen = {combined.idxmin(): "lowest", combined.idxmax(): "highest"}
    return [Choice(image, reason, aji.loc[image]) for image, reason in chosen.items()]


def classify_pixels(labels_true: np.ndarray, labels_predicted: np.ndarray) -> np.ndarray:
    """Return each pixel's position in ``PIXEL_CLASSES``, uint8, shape (height, width)."""
    return 2 * (labels_true > 0).astype(np.uint8) + (labels_predicted > 0)


def _classify_by_row(
    choice: Choice, labels_folder: Path, segmentations: Mapping[str, str | Path]
) -> dict[str, np.ndarray]:
    """Return row -> the classes of the image's pixels, in the tables' order of rows."""
    name = f"{choice.image}.tif"
    labels_true = read_labels(labels_folder / name)
    return {
        row: classify_pixels(labels_true, read_labels(Path(segmentations[row]) / name))
        for row in choice.aji.index
    }


def _records(choice: Choice, classes: Mapping[str, np.ndarray]) -> list[dict[str, object]]:
    """Return a line of the data file for each row."""
    return [
        {
            "image": choice.image,
            "reason": choice.reason,
            "method": row,
            "aji": choice.aji[row],
            "combined_aji": choice.combined,
            **{name: np.count_nonzero(pixels == i) for i, name in enumerate(PIXEL_CLASSES)},
        }
        for row, pixels in classes.items()
    ]


def _panels(choice: Choice, classes: Mapping[str, np.ndarray], titles: Titles) -> list[Panel]:
    return [
        Panel(f"{titles[row].name}\nAJI {choice.aji[row]:.3f}", PIXEL_COLORS[pixels])
        for row, pixels in classes.items()
    ]


def _draw(blocks: Mapping[str, Sequence[Panel]]) -> Figure:
    """Return a figure with a block of panels for each image, one above the other."""
    number = max(map(len, blocks.values()))
    lines = ceil(number / MOST_COLUMNS)
    columns = ceil(number / lines)
    height = lines * (PANEL_INCHES + TITLE_INCHES) + HEADING_INCHES
    figure = Figure(
        figsize=(columns * PANEL_INCHES, len(blocks) * height + LEGEND_INCHES),
        layout="constrained",
    )
    legend_last = [*[height] * len(blocks), LEGEND_INCHES]
    grid = figure.subfigures(len(legend_last), 1, squeeze=False, height_ratios=legend_last)
    *parts, foot = grid[:, 0]
    for part, (heading, panels) in zip(parts, blocks.items(), strict=True):
        part.suptitle(heading, fontsize="medium", fontweight="bold")
        _draw_panels(part, panels, lines, columns)
    _draw_legend(foot)
    return figure


def _draw_panels(part: SubFigure, panels: Sequence[Panel], lines: int, columns: int) -> None:
    places = part.subplots(lines, columns, squeeze=False).ravel()
    for axes in places:
        axes.set_axis_off()
    for axes, panel in zip(places, panels, strict=False):
        axes.imshow(panel.picture)
        axes.set_title(panel.title, fontsize="small")


def _draw_legend(foot: SubFigure) -> None:
    pairs = list(zip(PIXEL_CLASSES, PIXEL_COLORS, strict=True))
    handles = [Patch(facecolor=color, label=name) for name, color in reversed(pairs[1:])]
    foot.legend(handles=handles, loc="center", ncols=len(handles))
