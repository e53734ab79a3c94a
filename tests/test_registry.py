import math
import os
import subprocess
import sys

import pytest

from nucleibench.errors import ConfigurationError
from nucleibench.registry import Registry, load

NUMBERS = Registry("number", {"pi": "math:pi", "e": "math:e"})
ABSENT = Registry("number", {"one": "no_such_package.numbers:ONE", "two": "math:no_such_number"})


def test_a_name_gives_the_thing_it_stands_for():
    assert NUMBERS["pi"] is math.pi
    assert dict(NUMBERS) == {"pi": math.pi, "e": math.e}


def test_an_unknown_name_is_told_with_those_to_choose_from():
    with pytest.raises(ConfigurationError, match=r"^no number 'phi'; choose one of pi, e$"):
        NUMBERS["phi"]


def test_names_come_in_their_order_and_import_nothing():
    assert list(ABSENT) == ["one", "two"]
    assert len(ABSENT) == 2
    assert "one" in ABSENT
    assert "three" not in ABSENT


def test_what_cannot_be_imported_is_an_error_on_first_use():
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        ABSENT["one"]
    with pytest.raises(AttributeError, match="no_such_number"):
        ABSENT["two"]


def test_a_place_is_a_module_and_an_attribute():
    assert load("os.path:join") is os.path.join


def test_the_names_of_encoders_are_known_without_a_network_library():
    code = """
import sys
from nucleibench.families.unet.encoders import ENCODERS
assert "compact" in list(ENCODERS)
assert not {"keras", "tensorflow", "jax", "segmentation_models"} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
