import pytest
from latex import check_structure

from nucleibench.report.markup import Cell, Section, Table, write_tables

TABLE = Table(
    caption="5 % of a_b & c",
    header=[Cell("Method"), Cell("AJI", note="higher is better")],
    sections=[
        Section("First", [[Cell("x|y", note="a #1 note"), Cell("0.5", bold=True, aside="(0.4)")]]),
        Section("", [[Cell("z", note="a #1 note"), Cell("\N{MINUS SIGN}0.1")]]),
    ],
)


@pytest.fixture
def write(tmp_path):
    def write(suffix, *tables):
        path = tmp_path / f"table{suffix}"
        write_tables(path, tables)
        return path.read_text()

    return write


def test_markdown(write):
    assert write(".md", TABLE).splitlines() == [
        r"**5 % of a\_b & c**",
        "",
        "| Method | AJI<sup>a</sup> |",
        "| :-- | --: |",
        "| *First* | |",
        r"| x\|y<sup>b</sup> | **0.5** (0.4) |",
        "| z<sup>b</sup> | \N{MINUS SIGN}0.1 |",
        "",
        "<sup>a</sup> higher is better",
        "",
        "<sup>b</sup> a #1 note",
    ]


def test_latex(write):
    text = write(".tex", TABLE)
    check_structure(text)
    assert r"\caption{5 \% of a\_b \& c}" in text
    assert r"\multicolumn{2}{l}{\textit{First}} \\" in text
    assert r"x|y\textsuperscript{b} & \textbf{0.5} (0.4) \\" in text
    assert r"z\textsuperscript{b} & $-$0.1 \\" in text
    assert r"\par\textsuperscript{b} a \#1 note" in text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a\\b", r"a\textbackslash{}b"),
        ("{x}", r"\{x\}"),
        ("~^", r"\textasciitilde{}\textasciicircum{}"),
        ("<$>", r"\textless{}\$\textgreater{}"),
        ("two\nlines", "two lines"),
    ],
)
def test_latex_escapes(write, text, escaped):
    table = Table("", [Cell(text), Cell("")], [])
    assert f"{escaped} & \\\\" in write(".tex", table).replace("  ", " ")


def test_many_footnotes_have_marks_of_their_own(write):
    header = [Cell("x", note=f"note {number}") for number in range(60)]
    marks = list(Table("", header, []).marks().values())
    assert marks[0] == "a"
    assert marks[25:28] == ["z", "aa", "bb"]
    assert len(set(marks)) == 60


def test_several_tables_in_one_file(write):
    check_structure(write(".tex", TABLE, TABLE))
    assert write(".md", TABLE, TABLE).count("| Method |") == 2
