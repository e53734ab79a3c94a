"""A small run of drawn images and made-up methods, laid out as the workflow leaves it."""

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from nucleibench.data.sheets import COLUMNS
from nucleibench.evaluate.scores import score_image
from nucleibench.files import write_json
from nucleibench.images import write_labels
from nucleibench.page.run import Run
from nucleibench.report.images import write_images
from nucleibench.report.mistakes import write_mistakes
from nucleibench.report.rows import RowTitle
from nucleibench.report.scores import write_scores

IMAGES = {"monuseg": ("TCGA-A7-A13E-01Z-00-DX1", "TCGA-A7-A13F-01Z-00-DX1"), "tnbc": ("01_1",)}
METHODS = {
    "otsu": RowTitle("Otsu", "Otsu", "Classical"),
    "unet_vgg16": RowTitle("U-Net <VGG-16>", "VGG-16", "U-Nets", note="a & b"),
    "fiji": RowTitle("Fiji", "Fiji", "Classical"),
}
SHIFTS = {"otsu": 5, "unet_vgg16": 0, "fiji": 3}  # pixels by which a method misses each nucleus
DEVIATIONS = """# Where this differs

| paper | here |
|---|---|
| a sum | a mean, [as measured](results.md), see [DOI](https://doi.org/10.1038/x) |
"""


def make_run(folder: Path) -> Run:
    """Lay out a run in a folder."""
    (folder / "deviations.md").write_text(DEVIATIONS)
    run = Run(
        results=folder / "results",
        title="made-up",
        datasets=tuple(IMAGES),
        methods=METHODS,
        training_dataset="monuseg",
        test_organ="breast",
        trainings=("unet_vgg16",),
        configuration={"seed": 7, "datasets": {}},
        deviations=folder / "deviations.md",
    )
    for dataset, images in IMAGES.items():
        _write_dataset(run, dataset, images)
    write_images(_metrics(run, "monuseg"), METHODS, "monuseg", *_outputs(run, "table3"),
                 paper_dataset="monuseg")  # fmt: skip
    _write_rest(run)
    return run


def _write_dataset(run: Run, dataset: str, images: tuple[str, ...]) -> None:
    lines = []
    for place, image in enumerate(images):
        true = drawn_nuclei(side=4 + place)
        _save(run, dataset, image, true)
        lines.append(
            {"image": image, "organ": "breast", "patient": image, "part": "all", "split": "test",
             "height": 64, "width": 64, "nuclei": 9, "sha256": "0" * 64, "pixel_size": 0.25}
        )  # fmt: skip
    pd.DataFrame(lines).reindex(columns=COLUMNS).to_csv(run.sheet(dataset), index=False)
    for method, shift in SHIFTS.items():
        _score(run, method, dataset, images, shift)
    titles, metrics = METHODS, _metrics(run, dataset)
    name = f"table2_{dataset}"
    sheet, outputs = run.sheet(dataset), _outputs(run, name)
    write_scores(metrics, titles, dataset, sheet, *outputs, seed=1, paper_dataset=dataset)
    write_mistakes(metrics, titles, dataset, *_outputs(run, f"mistakes_{dataset}"))


def drawn_nuclei(side: int) -> np.ndarray:
    """Return a label map of nine squares, int32, shape (64, 64)."""
    labels = np.zeros((64, 64), np.int32)
    for number in range(9):
        y, x = 5 + 20 * (number // 3), 5 + 20 * (number % 3)
        labels[y : y + 2 * side, x : x + 2 * side] = number + 1
    return labels


def _save(run: Run, dataset: str, image: str, true: np.ndarray) -> None:
    pixels = np.where(true[..., None] > 0, (90, 60, 140), (230, 190, 215)).astype(np.uint8)
    for path in (run.image(dataset, image), run.normalized(dataset, image)):
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
    run.labels(dataset, image).parent.mkdir(parents=True, exist_ok=True)
    write_labels(run.labels(dataset, image), true)


def _score(run: Run, method: str, dataset: str, images: tuple[str, ...], shift: int) -> None:
    scores = []
    for place, image in enumerate(images):
        true = drawn_nuclei(side=4 + place)
        predicted = np.roll(true, shift, axis=1)
        path = run.segmentation(method, dataset, image)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_labels(path, predicted)
        scores.append({"image": image, **score_image(true, predicted)})
    path = run.metrics(method, dataset)
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(scores).to_csv(path, index=False)


def _metrics(run: Run, dataset: str) -> dict[str, Path]:
    return {method: run.metrics(method, dataset) for method in METHODS}


def _outputs(run: Run, name: str) -> list[Path]:
    return [run.table(name).with_suffix(suffix) for suffix in (".csv", ".md", ".tex")]


def _write_rest(run: Run) -> None:
    organs = {"method": ["otsu", "fiji"], "organ": ["breast", "breast"], "aji": [0.5, 0.25]}
    pd.DataFrame(organs).to_csv(run.table("by_organ_monuseg"), index=False)
    pd.DataFrame({"patient": ["01"], "aji": [0.5]}).to_csv(
        run.table("by_patient_tnbc"), index=False
    )
    run.figure("figure2").parent.mkdir()
    Image.new("RGB", (400, 200), "white").save(run.figure("figure2"))
    model = run.results / "models" / "unet_vgg16"
    model.mkdir(parents=True)
    card = {"weights": 1000, "epochs": 3, "best_epoch": 2, "best_validation_loss": 0.5}
    write_json(model / "card.json", {**card, "seconds_per_epoch": 1.25})
    Image.new("RGB", (300, 200), "white").save(model / "history.png")
    record = run.results / "benchmarks" / "predict" / "probabilities"
    record.mkdir(parents=True)
    for number, seconds in enumerate((60, 120)):
        pd.DataFrame({"s": [seconds], "max_rss": [2048.0], "cpu_time": [30.0]}).to_csv(
            record / f"{number}.tsv", sep="\t", index=False
        )
