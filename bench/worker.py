"""A process that runs one candidate each time it is asked: ``python -m bench.worker``.

Arguments: module, position of the comparison, position of the candidate, folder of inputs, folder
for the numbers, distributions to tell the versions of. A line ``run`` on standard input runs the
work once; ``numbers`` writes what it last returned. Answers are JSON, a line each.
"""

import json
import os
import resource
import sys
import time
import traceback
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TextIO

import numpy as np


def read_inputs(folder: Path) -> dict[str, Any]:
    """Return arrays and bytes by name."""
    arrays = {path.stem: np.load(path) for path in folder.glob("*.npy")}
    return arrays | {path.stem: path.read_bytes() for path in folder.glob("*.bin")}


def flatten(numbers: Any) -> dict[str, np.ndarray]:
    """Return what a candidate returned as arrays by name."""
    named = numbers if isinstance(numbers, dict) else {"value": numbers}
    return {name: np.asarray(value) for name, value in named.items()}


def processor_seconds() -> float:
    """Return the CPU seconds of this process, its threads and its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak_megabytes() -> float:
    """Return the largest memory of this process so far. (getrusage tells its parent's, too.)"""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def tell_versions(distributions: list[str]) -> dict[str, str]:
    found = {}
    for name in distributions:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "of the source tree"
    return found


def serve(stream: TextIO, work: Any, output: Path) -> None:
    """Answer each line of standard input."""
    result = None
    for line in sys.stdin:
        if line.strip() == "numbers":
            np.savez(output, **flatten(result))
            answer: dict[str, Any] = {}
        else:
            wall, processor = time.perf_counter(), processor_seconds()
            result = work()
            answer = {
                "wall": time.perf_counter() - wall,
                "cpu": processor_seconds() - processor,
                "peak": peak_megabytes(),
            }
        print(json.dumps(answer), file=stream, flush=True)


def main(
    module: str, comparison: str, candidate: str, inputs: str, output: str, *tells: str
) -> None:
    # Packages print what they like to standard output; answers have a stream of their own.
    stream = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        row = import_module(module).COMPARISONS[int(comparison)]
        work = row.candidates[int(candidate)].prepare(read_inputs(Path(inputs)))
        print(json.dumps({"versions": tell_versions(list(tells))}), file=stream, flush=True)
        serve(stream, work, Path(output))
    except Exception as error:
        traceback.print_exc()
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        print(json.dumps({"failed": reason[:200]}), file=stream, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
