"""Files bring data, never code."""

import ast
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = [*(ROOT / "nucleibench").rglob("*.py"), *(ROOT / "scripts").glob("*.py")]
CODE_LOADERS = {"pickle", "cPickle", "dill", "joblib", "cloudpickle", "marshal", "shelve"}


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
    assert not names & CODE_LOADERS
    assert not [call.lineno for call in calls(tree) if allows_pickle(call)]


def test_numpy_refuses_pickled_objects_by_default(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{}], object), allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle=False"):
        np.load(tmp_path / "a.npy")
