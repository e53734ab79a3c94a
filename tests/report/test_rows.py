import pytest

from nucleibench.errors import ConfigurationError
from nucleibench.report.rows import RowTitle, in_groups, in_order, methods_of, read_titles

PLAIN = {
    "otsu": {"name": "Otsu", "short": "Otsu", "group": "Classical"},
    "mine_2": {"name": "Mine, seed 2", "short": "2", "group": "Own", "note": "a", "method": "mine"},
    "fiji": {"name": "Fiji", "short": "Fiji", "group": "Classical", "note": "", "method": ""},
}


def test_titles_are_read_in_the_order_of_the_tables():
    titles = read_titles(PLAIN)
    assert list(titles) == list(PLAIN)
    assert titles["mine_2"] == RowTitle("Mine, seed 2", "2", "Own", note="a", method="mine")
    assert titles["otsu"] == RowTitle("Otsu", "Otsu", "Classical", note="", method="")


def test_groups_come_in_order_of_first_appearance_with_all_their_rows():
    titles = read_titles(PLAIN)
    assert in_groups(titles) == [("Classical", ["otsu", "fiji"]), ("Own", ["mine_2"])]
    assert in_order(titles) == ["otsu", "fiji", "mine_2"]


def test_a_row_is_of_the_method_that_it_names_or_of_its_own_key():
    assert methods_of(read_titles(PLAIN)) == {"otsu": "otsu", "mine_2": "mine", "fiji": "fiji"}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({"name": "Otsu", "short": "Otsu"}, "group"), ({**PLAIN["otsu"], "nam": "x"}, "nam")],
)
def test_a_title_with_missing_or_unknown_fields_is_refused(fields, wrong):
    with pytest.raises(ConfigurationError, match=rf"title of the row 'otsu': .*'{wrong}'"):
        read_titles({"otsu": fields})
