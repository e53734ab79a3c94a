"""Tables 2 and 3: scores of every row, with what the paper prints and the difference."""

import pandas as pd

from nucleibench.evaluate.summary import MEASURES
from nucleibench.page.html import Cell, Table, number, read_frame, tables
from nucleibench.page.run import Run
from nucleibench.report.markup import EN_DASH, MINUS

TITLE = "Scores"
NOTE = (
    "mAP is the mean over IoU 0.5 to 0.95 of the precision TP / (TP + FP), mAP (DSB) that of "
    "TP / (TP + FP + FN). These, F1, recall (R) and precision (P) are pooled over the images. "
    "The interval is a bootstrap by patient."
)
PAPER_NOTE = (
    "In small print: the value that Lagree et al. (2021) print, and ours minus theirs. Their "
    "networks and machines were others, so a difference is not an error by itself."
)


def render(run: Run) -> str:
    """Return Table 2 of each dataset, and Table 3."""
    found = [
        _scores(run.on(dataset), dataset, read_frame(path))
        for dataset in run.datasets
        if (path := run.table(f"table2_{dataset}")).is_file()
    ]
    if (path := run.table("table3")).is_file():
        found.append(_images(run.on(run.training_dataset), read_frame(path)))
    return tables(found) if found else ""


def _scores(run: Run, dataset: str, table: pd.DataFrame) -> Table:
    first = table.iloc[0]
    caption = f"Table 2, {dataset}: {first['images']:.0f} images with {first['n_true']:,.0f} nuclei"
    measures = [name for name in MEASURES if name in table]
    header = ["Method", "AJI", "95% interval"]
    header += [MEASURES[name].heading for name in measures if name != "aji"] + ["Nuclei", "Saw"]
    rows = [_row(run, row, measures) for _, row in table.iterrows()]
    has_paper = any(cell.under for row in rows for cell in row[1:])
    return Table(
        caption, header, rows, [NOTE, *([PAPER_NOTE] if has_paper else []), *notes_of(run)]
    )


def _row(run: Run, row: pd.Series, measures: list[str]) -> list[Cell]:
    bounds = f"{row['aji_low']:.2f}{EN_DASH}{row['aji_high']:.2f}"
    interval = EN_DASH if pd.isna(row["aji_low"]) else bounds
    title = run.methods.get(row["method"])
    others = [_beside_paper(row, name) for name in measures if name != "aji"]
    return [
        name_of(run, row["method"]),
        _beside_paper(row, "aji", heat=row["aji"]),
        Cell(interval, None if pd.isna(row["aji_low"]) else float(row["aji_low"])),
        *others,
        number(int(row["n_predicted"])),
        Cell(title.saw if title else ""),
    ]


def name_of(run: Run, method: str) -> Cell:
    """Return the cell that names a row of the tables, with its group in small print."""
    title = run.methods.get(method)
    if title is None:
        return Cell(method)
    notes = list(dict.fromkeys(one.note for one in run.methods.values() if one.note))
    mark = f" [{notes.index(title.note) + 1}]" if title.note else ""
    return Cell(title.name + mark, under=title.group)


def notes_of(run: Run) -> list[str]:
    """Return what stands below a table whose cells are named by :func:`name_of`."""
    notes = dict.fromkeys(title.note for title in run.methods.values() if title.note)
    return [f"[{index}] {note}" for index, note in enumerate(notes, 1)]


def _beside_paper(row: pd.Series, name: str, heat: float | None = None) -> Cell:
    paper = row.get(f"paper_{name}")
    under = "" if pd.isna(paper) else f"{paper:.4f} ({_signed(row[name] - paper)})"
    return Cell(f"{row[name]:.4f}", float(row[name]), under, heat)


def _signed(value: float) -> str:
    return f"{value:+.4f}".replace("-", MINUS)


def _images(run: Run, table: pd.DataFrame) -> Table:
    methods = [name for name in run.methods if name in table]
    header = ["Image", *(run.methods[name].short or run.methods[name].name for name in methods)]
    rows = [_image_row(run, row, methods) for _, row in table.iterrows()]
    caption = f"Table 3, {run.training_dataset}: AJI of every test image"
    has_paper = any(cell.under for row in rows for cell in row)
    return Table(caption, header, rows, [PAPER_NOTE] if has_paper else [])


def _image_row(run: Run, row: pd.Series, methods: list[str]) -> list[Cell]:
    cells = [Cell(str(row["image"]))]
    for method in methods:
        paper, value = row.get(f"paper_{method}"), float(row[method])
        under = "" if pd.isna(paper) else f"{paper:.3f} ({_signed(value - paper)[:-1]})"
        data = {"dataset": run.training_dataset, "image": str(row["image"]), "method": method}
        cells.append(Cell(f"{value:.3f}", value, under, value, data))
    return cells
