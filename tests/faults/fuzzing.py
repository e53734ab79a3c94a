"""Reads damaged files until some number or time is over: `fuzzing.py FOLDER SEED FILES SECONDS`.

Anything but a clear error is told in a line of standard output, and its file is kept in FOLDER.
The file that is being read is FOLDER/current, should this process die of it.
"""

import itertools
import os
import resource
import signal
import sys
import time
import traceback
import warnings
from pathlib import Path

import numpy as np
from fuzz_targets import Target, make_targets
from mutations import mutate

from nucleibench.errors import NucleiBenchError

LIMIT_SECONDS = 10
"""Of CPU, as a machine may have other work."""
LIMIT_BYTES = 2**30
CURRENT = "current"


def limit_memory() -> None:
    """Allow a gibibyte beyond what the libraries take, which are all loaded by now."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE") + LIMIT_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def fault_of(target: Target, path: Path) -> str:
    """Return what went wrong as nobody should see it, "" where nothing did."""
    try:
        target.read(path)
    except NucleiBenchError as error:
        return "" if str(error).strip() else "an error without words"
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {error} ({last.filename}:{last.lineno})"
    return ""


def check(name: str, target: Target, generator: np.random.Generator, number: int) -> None:
    """Read one damaged file; SIGPROF ends this process where that takes too long."""
    content = mutate(target.samples[generator.integers(len(target.samples))], generator)
    path = Path(CURRENT)
    path.write_bytes(content)
    Path("reading").write_text(name)
    signal.setitimer(signal.ITIMER_PROF, LIMIT_SECONDS)
    fault = fault_of(target, path)
    signal.setitimer(signal.ITIMER_PROF, 0)
    if fault:
        path.replace(f"{name}-{number}")
        print(f"{name}-{number}: {' '.join(fault.split())[:300]}", flush=True)


def main(folder: str, seed: str, files: str, seconds: str) -> None:
    """Read files of all kinds in turn."""
    os.chdir(folder)
    warnings.simplefilter("ignore")
    os.dup2(os.open("noise", os.O_WRONLY | os.O_CREAT), 2)
    targets = make_targets()
    for target in targets.values():  # whatever is imported at first use, and that they are sound
        for sample in target.samples:
            Path(CURRENT).write_bytes(sample)
            if fault := fault_of(target, Path(CURRENT)):
                raise SystemExit(f"a sound file: {fault}")
    limit_memory()
    generator = np.random.default_rng(int(seed))
    end = time.monotonic() + float(seconds)
    names = itertools.islice(itertools.cycle(targets), int(files))
    for number, name in enumerate(names, 1):
        if time.monotonic() > end:
            break
        check(name, targets[name], generator, number)
    Path("read").write_text(str(number))


if __name__ == "__main__":
    main(*sys.argv[1:])
