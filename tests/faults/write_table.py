"""Writes the table of faults in docs/reliability.md from faults.csv; run it after a change."""

import csv
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- table of faults -->", "<!-- end of the table -->"


def faults() -> list[dict[str, str]]:
    with open(Path(__file__).with_name("faults.csv"), newline="") as stream:
        return list(csv.DictReader(stream))


def table() -> str:
    lines = ["| kind | what was done | what a user sees | test |", "|---|---|---|---|"]
    for fault in faults():
        path, _, name = fault["test"].partition("::")
        cells = fault["kind"], fault["what was done"], fault["what a user sees"]
        lines.append(f"| {' | '.join(cells)} | [{name}](../{path}) |")
    return "\n".join(lines)


def page() -> str:
    """Return the page with its table made anew."""
    text = PAGE.read_text()
    head, tail = text.split(BEGIN)[0], text.split(END)[1]
    return f"{head}{BEGIN}\n\n{table()}\n\n{END}{tail}"


if __name__ == "__main__":
    PAGE.write_text(page())
