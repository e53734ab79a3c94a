"""The table of faults: every line names a test that exists, and the page shows every line."""

import ast

import pytest
from write_table import PAGE, ROOT, faults, page


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault["test"].partition("::")[2])
def test_a_fault_has_its_test(fault):
    path, _, name = fault["test"].partition("::")
    tree = ast.parse((ROOT / path).read_text())
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert all(fault[column] for column in ("kind", "what was done", "what a user sees"))


def test_no_fault_stands_twice():
    done = [fault["what was done"] for fault in faults()]
    assert len(set(done)) == len(done) >= 60


def test_the_page_shows_the_table():
    assert PAGE.read_text() == page(), "run python tests/faults/write_table.py"
