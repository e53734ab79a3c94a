"""What the trainings took, and their learning curves."""

from nucleibench.files import read_json
from nucleibench.page.html import Cell, Picture, Table, number, picture_of, pictures, tables
from nucleibench.page.run import Run

TITLE = "Trainings"
# Key of a network's card -> heading.
COLUMNS = {
    "weights": "Weights",
    "epochs": "Epochs",
    "best_epoch": "Kept epoch",
    "best_validation_loss": "Validation loss",
    "seconds_per_epoch": "Seconds an epoch",
}
TABLE_CAPTION = "The networks that were trained, with the loss of the kept weights"
CAPTION = (
    "{}: each measure on training and on validation images after every epoch. The dot marks the "
    "epoch whose weights are kept."
)


def render(run: Run) -> str:
    """Return a row and the learning curves of each training that is finished."""
    cards = {name: run.results / "models" / name / "card.json" for name in run.trainings}
    rows = [_row(name, read_json(path)) for name, path in cards.items() if path.is_file()]
    if not rows:
        return ""
    header = ["Training", *COLUMNS.values()]
    return tables([Table(TABLE_CAPTION, header, rows)]) + _curves(run)


def _row(name: str, card: dict) -> list[Cell]:
    values = [card.get(key) for key in COLUMNS]
    return [Cell(name), *(Cell("") if value is None else number(value) for value in values)]


def _curves(run: Run) -> str:
    found: list[Picture] = []
    for name in run.trainings:
        path = run.results / "models" / name / "history.png"
        if path.is_file():
            found.append(picture_of(path, f"Learning curves of {name}", CAPTION.format(name)))
    return pictures(found) if found else ""
