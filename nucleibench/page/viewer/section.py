"""The viewer: any test image with any row, what was right and what went wrong.

Any element of the page with ``data-dataset``, ``data-image`` and ``data-method``, such as a cell of
Table 3, opens that image and row. So does ``#view=dataset/image/method`` in the address.
"""

import json
from typing import Any

import pandas as pd
from jinja2.utils import htmlsafe_json_dumps

from nucleibench.evaluate.mistakes import MISTAKES, OUTCOMES
from nucleibench.page.html import fill
from nucleibench.page.run import Run
from nucleibench.page.viewer.gather import Metrics, View, gather_views, read_all_metrics

TITLE = "Viewer"
ASSETS = (
    "viewer.css",
    "unpack.js",
    "shapes.js",
    "camera.js",
    "gestures.js",
    "panels.js",
    "views.js",
    "viewer.js",
)
TEMPLATE = "viewer.html"
LIMIT = 38_000_000
"""Bytes that images and outlines may take; two million are left for the rest of the page."""

MEANINGS = {
    "found": "IoU of 0.5 or more with a true nucleus",
    "merged": "one prediction holds two or more true nuclei",
    "split": "two or more predictions lie in one true nucleus",
    "missed": "predictions cover less than half of it",
    "misdrawn": "detected, but its outline is too far off",
    "invented": "less than half of it is inside true nuclei",
}
COUNTS = (*MISTAKES, "invented")


def render(run: Run) -> str:
    """Return the viewer of all test images, or nothing where no row has scores."""
    metrics = read_all_metrics(run)
    views = list(gather_views(run, metrics, LIMIT))
    if not views:
        return ""
    total = sum(len(next(iter(rows.values()))) for rows in metrics.values() if rows)
    return fill(
        f"viewer/{TEMPLATE}",
        views=views,
        index=htmlsafe_json_dumps(_index(run, metrics, views)),
        mistakes=COUNTS,
        meanings=MEANINGS,
        key=_key,
        left_out=total - len(views),
    )


def _key(*parts: str) -> str:
    """Return the name of a text in the page, as ``views.js`` makes it."""
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def _index(run: Run, metrics: Metrics, views: list[View]) -> dict[str, Any]:
    """Return what the scripts know without unpacking anything."""
    return {
        "outcomes": OUTCOMES,
        "methods": {method: title.name for method, title in run.methods.items()},
        "datasets": {
            dataset: [_entry(view, metrics[dataset]) for view in _of(views, dataset, metrics)]
            for dataset in metrics
            if any(view.dataset == dataset for view in views)
        },
    }


def _of(views: list[View], dataset: str, metrics: Metrics) -> list[View]:
    """Return the views of a dataset in the order of its sheet."""
    order = list(next(iter(metrics[dataset].values())).index)
    own = [view for view in views if view.dataset == dataset]
    return sorted(own, key=lambda view: order.index(view.image))


def _entry(view: View, rows: dict[str, pd.DataFrame]) -> dict[str, Any]:
    scores = {method: _scores(frame.loc[view.image]) for method, frame in rows.items()}
    return {"image": view.image, "height": view.shape[0], "width": view.shape[1], "rows": scores}


def _scores(line: pd.Series) -> dict[str, float]:
    """Return what images are sorted by."""
    return {"aji": round(float(line["aji"]), 4), **{name: int(line[name]) for name in COUNTS}}
