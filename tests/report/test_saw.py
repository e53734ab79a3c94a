"""What rows saw in training, and how it marks them."""

import pandas as pd
import pytest
from latex import check_structure

from nucleibench.errors import DataError
from nucleibench.report.markup import EN_DASH
from nucleibench.report.rows import RowTitle
from nucleibench.report.saw import OVERLAPS, find_overlap, mark_titles, write_saw

NOTHING = {"datasets": [], "organs": []}
ROWS = {
    "otsu": NOTHING,
    "ours": {**NOTHING, "trained": True},
    "given": {"datasets": ["PanNuke"], "organs": ["Breast"], "trained": False},
    "whole": {"datasets": ["TNBC"], "organs": []},
    "theirs": None,
}
TITLES = {row: RowTitle(row.title(), row, "Rows", note="a note" * (row == "ours")) for row in ROWS}


@pytest.fixture
def saw(tmp_path, write_sheet_of):
    organs = ["liver", "colon", "liver"]
    training = write_sheet_of(["a", "b", "c"], organs=organs, split="train", name="m")
    test = write_sheet_of(["d"], organs=["breast"], name="t")
    train = pd.concat([pd.read_csv(training), pd.read_csv(test).assign(image="e")])
    train.to_csv(training, index=False)
    other = write_sheet_of(["f"], organs=["colon"], name="c")
    sheets = {"monuseg": training, "tnbc": test, "consep": other}
    paths = [tmp_path / f"saw.{suffix}" for suffix in ("csv", "md", "tex")]
    write_saw(ROWS, TITLES, sheets, "monuseg", *paths)
    check_structure(paths[2].read_text())
    return paths


@pytest.mark.parametrize(
    ("saw", "overlap"),
    [
        ({"datasets": [], "organs": []}, ""),
        ({"datasets": ["here"], "organs": ["colon"]}, ""),
        ({"datasets": ["Here"], "organs": ["colon", "Breast"]}, "dataset"),
        ({"datasets": ["here"], "organs": []}, "dataset"),
        ({"datasets": ["there"], "organs": ["breast"]}, "organ"),
        ({"datasets": ["there"], "organs": []}, ""),
        (None, "unknown"),
    ],
)
def test_overlaps(saw, overlap):
    assert find_overlap(saw, "here", ["breast"]) == overlap


def test_a_line_says_what_a_row_saw_and_what_of_it_is_tested(saw):
    table = pd.read_csv(saw[0], keep_default_na=False)
    ours = table[table["method"] == "ours"].set_index("dataset")
    assert set(ours["organs"]) == {"colon, liver"}
    assert ours["overlap"].to_dict() == {"monuseg": "", "tnbc": "", "consep": "organ"}
    overlaps = table.pivot(index="method", columns="dataset", values="overlap")
    assert overlaps["tnbc"].to_dict() == {
        **{"otsu": "", "ours": "", "given": "organ", "whole": "dataset", "theirs": "unknown"}
    }
    text = saw[1].read_text()
    assert "| Theirs | not stated | not stated | ?" in text
    assert "| Otsu |" + f" {EN_DASH} |" * 5 in text


def test_titles_are_marked_on_the_dataset_that_a_row_saw(saw):
    assert mark_titles(TITLES, saw[0], "tnbc")["ours"].name == "Ours"
    marked = mark_titles(TITLES, saw[0], "consep")
    assert marked["ours"].name == "Ours \N{DOUBLE DAGGER}"
    assert marked["ours"].short == "ours \N{DOUBLE DAGGER}"
    assert marked["ours"].note == (
        "a note; \N{DOUBLE DAGGER} trained on an organ of these images, in other datasets"
        " (colon, liver)"
    )
    assert marked["ours"].saw == "monuseg"
    assert (marked["otsu"].name, marked["otsu"].saw) == ("Otsu", EN_DASH)
    assert marked["theirs"].name == "Theirs ?"
    assert marked["theirs"].saw == "not stated"


def test_a_row_of_which_nothing_is_said_is_refused(saw):
    titles = {**TITLES, "new": RowTitle("New", "new", "Rows")}
    with pytest.raises(DataError, match=r"saw.csv: says nothing of new on tnbc"):
        mark_titles(titles, saw[0], "tnbc")


@pytest.mark.parametrize(("dataset", "overlap"), [("mine", "dataset"), ("tnbc", "organ")])
def test_training_on_the_organ_that_is_tested_is_marked(tmp_path, write_sheet_of, dataset, overlap):
    """Breast is among the training organs: of the test images here, and of those elsewhere."""
    trained = write_sheet_of(["a", "b"], organs=["breast", "liver"], split="train", name="m")
    tested = write_sheet_of(["c"], organs=["breast"], name="t")
    mine = pd.concat([pd.read_csv(trained), pd.read_csv(tested)])
    mine.to_csv(trained, index=False)
    paths = [tmp_path / f"saw.{suffix}" for suffix in ("csv", "md", "tex")]
    sheets = {"mine": trained, "tnbc": tested}
    write_saw({"ours": ROWS["ours"]}, {"ours": TITLES["ours"]}, sheets, "mine", *paths)
    (title,) = mark_titles({"ours": TITLES["ours"]}, paths[0], dataset).values()
    mark, meaning = OVERLAPS[overlap]
    assert title.name == f"Ours {mark}"
    assert title.note.endswith(f"{mark} {meaning} (breast, liver)")
