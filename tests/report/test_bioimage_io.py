"""The library of bioimage.io accepts the shipped networks and computes the same maps."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nucleibench.slides.planning import SHIPPED

ROOT = Path(__file__).parents[2]
# In an environment of its own: it does not work with the newest pydantic yet.
PACKAGES = ("--from", "bioimageio.core==0.11.0", "--with", "onnxruntime", "--with", "pydantic<2.14")
UNREACHABLE = ("Failed to fetch", "error sending request", "dns error", "Could not connect")
CODE = """
import json, sys
from bioimageio.core import test_model
summaries = [test_model(path) for path in sys.argv[1:]]
found = [[s.status, [d.name for d in s.details], [str(e) for e in s.errors]] for s in summaries]
print(json.dumps(found))
"""


@pytest.mark.slow
def test_the_library_of_bioimage_io_accepts_the_shipped_networks(tmp_path):
    uv = shutil.which("uv") or ROOT / ".venv" / "bin" / "uv"
    if not Path(uv).exists():
        pytest.skip("uv is not installed: THE DESCRIPTIONS WERE NOT TESTED")
    paths = [str(path) for path in sorted(SHIPPED.glob("*rdf.yaml"))]
    command = [uv, "tool", "run", "--python", sys.executable, *PACKAGES, "python", "-c", CODE]
    environment = {**os.environ, "BIOIMAGEIO_CACHE_PATH": str(tmp_path)}
    result = subprocess.run(
        [*map(str, command), *paths], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    if any(words in result.stderr for words in UNREACHABLE):
        pytest.skip("PyPI could not be reached: THE DESCRIPTIONS WERE NOT TESTED")
    assert result.returncode == 0, result.stderr
    summaries = json.loads(result.stdout.splitlines()[-1])
    assert len(summaries) == len(paths) > 0
    for status, checks, errors in summaries:
        assert status == "passed", errors
        assert "Reproduce test outputs from test inputs (onnx)" in checks
