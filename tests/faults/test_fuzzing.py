"""Damaged files of every kind that is read: a clear error, or what can be read, and no other end.

A bounded number of files here. `make fuzz` goes on for as long as NUCLEIBENCH_FUZZ_SECONDS says.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HELPERS = [ROOT, ROOT / "tests/data", ROOT / "tests/images", ROOT / "tests/workflow"]
SECONDS = int(os.environ.get("NUCLEIBENCH_FUZZ_SECONDS", "0"))
FILES = 380
"""Of a bounded run: twenty of each kind."""


def read_damaged(folder: Path, seed: int, files: int, seconds: int) -> str:
    """Read damaged files in a process of its own; return what went wrong, "" where nothing did."""
    folder.mkdir(parents=True)
    arguments = [str(folder), str(seed), str(files), str(seconds)]
    result = subprocess.run(
        [sys.executable, Path(__file__).with_name("fuzzing.py"), *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, HELPERS))},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert (folder / "noise").exists(), "it did not start"
    if result.returncode == 0:
        return result.stdout
    noise = (folder / "noise").read_text(errors="replace").splitlines()[-3:]
    # 27, SIGPROF, is the end of one that took too long.
    return f"{result.stdout}ended by {-result.returncode} at {folder}/current: {noise}"


@pytest.mark.parametrize("seed", [1])
def test_damaged_files_give_clear_errors_alone(tmp_path, seed):
    assert read_damaged(tmp_path / "fuzz", seed, FILES, 600) == ""
    assert (tmp_path / "fuzz" / "read").read_text() == str(FILES)


@pytest.mark.faults_long
@pytest.mark.skipif(not SECONDS, reason="`make fuzz` says for how long")
def test_damaged_files_without_end(tmp_path_factory):
    folder, end, faults = tmp_path_factory.mktemp("fuzz"), time.time() + SECONDS, []
    while (left := int(end - time.time())) > 0:
        seed = time.time_ns()
        faults += read_damaged(folder / str(seed), seed, 10**9, min(left, 60)).splitlines()
    assert not faults, "\n".join(faults)


def test_what_fuzzing_would_notice(tmp_path):
    """The machinery sees a reader that raises anything else, takes all memory, or goes on."""
    code = (
        "import fuzzing, fuzz_targets\n"
        "from pathlib import Path\n"
        "fuzzing.limit_memory()\n"
        "def target(read): return fuzz_targets.Target([b'a'], read)\n"
        "print(fuzzing.fault_of(target(lambda path: 1 / 0), Path('a')))\n"
        "print(fuzzing.fault_of(target(lambda path: bytearray(3 * 2**30)), Path('a')))\n"
    )
    paths = os.pathsep.join(map(str, [*HELPERS, Path(__file__).parent]))
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == [
        "ZeroDivisionError",
        "MemoryError",
    ]
