import subprocess
import sys

import pytest
from pydantic import ValidationError

from nucleibench.stain.engines import ENGINES
from nucleibench.stain.settings import Normalization


def test_only_the_reference_must_be_given():
    settings = Normalization.read({"reference": "./mine.png"})
    assert settings.plain() == {"engine": "vahadane", "unit": "patient", "reference": "./mine.png"}
    with pytest.raises(ValidationError, match="reference"):
        Normalization.read({})


@pytest.mark.parametrize("section", [{"engine": "vahadan"}, {"unit": "slide"}, {"target": "one"}])
def test_what_is_unknown_is_refused(section):
    with pytest.raises(ValidationError):
        Normalization.read({"reference": "one", **section})


def test_every_engine_is_registered_by_its_name():
    assert [engine.name for engine in ENGINES.values()] == list(ENGINES)


def test_the_settings_are_read_without_numpy():
    heavy = "{'numpy', 'cv2', 'skimage', 'staintools'}"
    code = f"import sys, nucleibench.stain.settings; sys.exit(str({heavy} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stderr.strip() == "set()"
