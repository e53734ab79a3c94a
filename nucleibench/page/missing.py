"""What the page should show and the results do not have."""

from collections.abc import Iterator

from nucleibench.page.run import Run


def find_missing(run: Run) -> list[str]:
    """Return a sentence for each kind of result that is missing, none where all are there."""
    return [f"{what}: {', '.join(names)}." for what, names in _look(run) if names]


def _look(run: Run) -> Iterator[tuple[str, list[str]]]:
    for dataset in run.datasets:
        if not run.sheet(dataset).is_file():
            yield "Datasets without a sheet of images", [dataset]
        rows = [row for row in run.methods if not run.metrics(row, dataset).is_file()]
        yield f"Methods without scores on {dataset}", [run.methods[row].name for row in rows]
    models = run.results / "models"
    for file, what in (("card.json", "a card"), ("history.png", "learning curves")):
        names = [name for name in run.trainings if not (models / name / file).is_file()]
        yield f"Trainings without {what}", names
