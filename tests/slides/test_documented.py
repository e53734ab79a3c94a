"""docs/segment.md beside what the command does."""

from pathlib import Path

import pytest

from nucleibench.cli import OUTPUTS, build_parser
from nucleibench.slides import record
from nucleibench.slides.record import SUMMARY_COLUMNS
from nucleibench.slides.tables import COLUMNS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "segment.md").read_text()


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_has_a_line_with_its_unit(column):
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{column}` |")]
    _, _, unit, meaning, _ = (cell.strip() for cell in line.split("|"))
    assert unit
    assert meaning
    if column.endswith(("_um", "_um2")):
        assert unit.startswith("µm")


def test_every_output_and_column_of_the_summary_is_named():
    for name in OUTPUTS:
        assert f"| `{name}` | `{record.OUTPUTS[name].suffix}` |" in PAGE
    for column in SUMMARY_COLUMNS:
        assert f"`{column}`" in PAGE


def test_every_option_is_named(capsys):
    with pytest.raises(SystemExit):
        build_parser().parse_args(["segment", "--help"])
    options = [word for word in capsys.readouterr().out.split() if word.startswith("--")]
    for option in {option.strip("[],.") for option in options} - {"--help"}:
        assert option in PAGE, option


def test_the_picture_is_small():
    assert (ROOT / "docs" / "images" / "segment_outlines.jpg").stat().st_size < 300_000
