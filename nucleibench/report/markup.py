"""One description of a table, written as Markdown or as LaTeX."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase

from nucleibench.files import atomic_path

MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"


@dataclass(frozen=True)
class Cell:
    """Plain text, perhaps bold, perhaps with a footnote, perhaps with more plain text after it."""

    text: str
    bold: bool = False
    note: str = ""
    aside: str = ""


@dataclass(frozen=True)
class Section:
    """Rows under a heading; without a heading only a line parts them from what is above."""

    heading: str
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Table:
    """A caption, a header and sections of rows, all as long as the header."""

    caption: str
    header: Sequence[Cell]
    sections: Sequence[Section]

    def marks(self) -> dict[str, str]:
        """Return note -> mark (a, b, c ...) in the order of appearance; equal notes share one."""
        rows = [self.header, *(row for section in self.sections for row in section.rows)]
        notes = dict.fromkeys(cell.note for row in rows for cell in row if cell.note)
        return {note: _letters(index) for index, note in enumerate(notes)}


def _letters(index: int) -> str:
    """Return a ... z, aa ... zz for 0, 1, ..."""
    repeats, letter = divmod(index, len(ascii_lowercase))
    return ascii_lowercase[letter] * (repeats + 1)


def write_tables(path: str | Path, tables: Sequence[Table]) -> None:
    """Write tables one after the other, in the format that the suffix names (.md or .tex)."""
    text = "\n\n".join(RENDERERS[Path(path).suffix](table) for table in tables)
    with atomic_path(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


def to_markdown(table: Table) -> str:
    """Return the table in GitHub's Markdown, its caption above and its footnotes below."""
    marks = table.marks()
    blanks = [""] * (len(table.header) - 1)
    lines = [_markdown_row(table.header, marks), "| :-- |" + " --: |" * len(blanks)]
    for section in table.sections:
        if section.heading:
            lines.append(f"| *{_markdown(section.heading)}* |" + " |" * len(blanks))
        lines += [_markdown_row(row, marks) for row in section.rows]
    notes = [f"<sup>{mark}</sup> {_markdown(note)}" for note, mark in marks.items()]
    return "\n\n".join([f"**{_markdown(table.caption)}**", "\n".join(lines), *notes])


def _markdown_row(cells: Iterable[Cell], marks: dict[str, str]) -> str:
    return "| " + " | ".join(_markdown_cell(cell, marks) for cell in cells) + " |"


def _markdown_cell(cell: Cell, marks: dict[str, str]) -> str:
    text = f"**{_markdown(cell.text)}**" if cell.bold else _markdown(cell.text)
    mark = f"<sup>{marks[cell.note]}</sup>" if cell.note else ""
    return f"{text}{mark} {_markdown(cell.aside)}".rstrip()


def _markdown(text: str) -> str:
    return text.translate(_MARKDOWN_ESCAPES)


def to_latex(table: Table) -> str:
    """Return a table environment, to be included in a document that loads booktabs."""
    marks = table.marks()
    columns = len(table.header)
    lines = [_latex_row(table.header, marks)]
    for section in table.sections:
        lines.append(r"\midrule")
        if section.heading:
            heading = rf"\textit{{{_latex(section.heading)}}}"
            lines.append(rf"\multicolumn{{{columns}}}{{l}}{{{heading}}} \\")
        lines += [_latex_row(row, marks) for row in section.rows]
    notes = [rf"\par\textsuperscript{{{mark}}} {_latex(note)}" for note, mark in marks.items()]
    return "\n".join(
        [
            r"\begin{table}[htbp]  % needs \usepackage{booktabs}",
            r"\centering\scriptsize\setlength{\tabcolsep}{2pt}",
            rf"\caption{{{_latex(table.caption)}}}",
            rf"\begin{{tabular}}{{l{'r' * (columns - 1)}}}",
            *[r"\toprule", *lines, r"\bottomrule"],
            r"\end{tabular}",
            *notes,
            r"\end{table}",
        ]
    )


def _latex_row(cells: Iterable[Cell], marks: dict[str, str]) -> str:
    return " & ".join(_latex_cell(cell, marks) for cell in cells) + r" \\"


def _latex_cell(cell: Cell, marks: dict[str, str]) -> str:
    text = rf"\textbf{{{_latex(cell.text)}}}" if cell.bold else _latex(cell.text)
    mark = rf"\textsuperscript{{{marks[cell.note]}}}" if cell.note else ""
    return f"{text}{mark} {_latex(cell.aside)}".rstrip()


def _latex(text: str) -> str:
    return text.translate(_LATEX_ESCAPES)


_MARKDOWN_ESCAPES = str.maketrans(
    {character: "\\" + character for character in "\\`*_[]<>|~$"} | {"\n": " "}
)
_LATEX_ESCAPES = str.maketrans(
    {character: "\\" + character for character in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {"<": r"\textless{}", ">": r"\textgreater{}", MINUS: "$-$", EN_DASH: "--", "\n": " "}
)

RENDERERS: dict[str, Callable[[Table], str]] = {".md": to_markdown, ".tex": to_latex}
"""File suffix -> writer of one table."""
