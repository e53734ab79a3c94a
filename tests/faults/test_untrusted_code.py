"""Files bring data, never code."""

import ast
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = [*(ROOT / "nucleibench").rglob("*.py"), *(ROOT / "scripts").glob("*.py")]
CODE_LOADERS = {"pickle", "cPickle", "dill", "joblib", "cloudpickle", "marshal", "shelve"}


RESTRICTED = ROOT / "nucleibench" / "families" / "unet" / "torch_weights.py"
"""Reads pickles by unpicklers of its own, each of which says which names it knows."""


def calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def allows_pickle(call: ast.Call) -> bool:
    words = {word.arg: word.value for word in call.keywords}
    value = words.get("allow_pickle")
    return value is not None and not (isinstance(value, ast.Constant) and value.value is False)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_unpickled(path):
    tree = ast.parse(path.read_text())
    names = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {
        (node.module or "").split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
    }
    assert not names & CODE_LOADERS - ({"pickle"} if path == RESTRICTED else set())
    assert not [call.lineno for call in calls(tree) if allows_pickle(call)]


def test_what_reads_pickles_says_which_names_it_knows():
    tree = ast.parse(RESTRICTED.read_text())
    used = [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "pickle"
    ]
    assert set(used) == {"Unpickler", "UnpicklingError"}
    readers = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.bases]
    unpicklers = [node for node in readers if ast.unparse(node.bases[0]) == "pickle.Unpickler"]
    assert len(unpicklers) == used.count("Unpickler")
    for reader in unpicklers:
        assert "find_class" in {item.name for item in reader.body if hasattr(item, "name")}


def test_numpy_refuses_pickled_objects_by_default(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{}], object), allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle=False"):
        np.load(tmp_path / "a.npy")
