"""Figures 1 to 3."""

from nucleibench.page.html import picture_of, pictures
from nucleibench.page.run import Run

TITLE = "Figures"
CAPTIONS = {
    "figure1": (
        "Figure 1. The networks as they are built from the configuration. A block is what a "
        "network computes at one resolution, with its channels above it."
    ),
    "figure2": (
        "Figure 2. Average precision, TP / (TP + FP) with counts pooled over all test images, "
        "against the IoU threshold. The legend gives the mean over the ten thresholds."
    ),
    "figure3": (
        "Figure 3. The test images of lowest and highest AJI, averaged over the methods shown. "
        "Green pixels are in a true and a predicted nucleus, red ones only in a true, blue ones "
        "only in a predicted nucleus."
    ),
    "hold_out": "Mean AJI on each organ, by networks that were trained without it.",
}


def render(run: Run) -> str:
    """Return the figures that there are."""
    paths = {name: run.figure(name) for name in CAPTIONS}
    found = [
        picture_of(path, name.replace("figure", "Figure ").replace("_", " "), CAPTIONS[name])
        for name, path in paths.items()
        if path.is_file()
    ]
    return pictures(found, wide=True) if found else ""
